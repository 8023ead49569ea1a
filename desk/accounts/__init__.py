"""Accounts: the advisers who sign in to the desk."""
