"""Database changes of the LINE channel."""
