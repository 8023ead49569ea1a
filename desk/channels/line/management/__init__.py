"""Commands of the LINE channel."""
