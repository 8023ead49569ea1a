"""Accounts: the people who sign in to the desk, their roles, keys and tokens."""
