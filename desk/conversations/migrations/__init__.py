"""Database migrations of the conversations."""
