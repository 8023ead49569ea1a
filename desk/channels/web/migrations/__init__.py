"""Database migrations of the website channel."""
