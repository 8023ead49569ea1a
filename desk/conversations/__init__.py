"""Conversations: people, the append-only event table, and the services that write it."""
