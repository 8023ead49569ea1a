"""Handover: who owns a conversation, when people can be reached, and what happens when nobody comes."""
