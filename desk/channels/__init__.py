"""Channels: where people write from."""
