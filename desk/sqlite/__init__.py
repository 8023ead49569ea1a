"""SQLite for a server: writers of one process take turns."""
