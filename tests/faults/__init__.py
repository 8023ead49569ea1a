"""Kills and outages during conversations."""
