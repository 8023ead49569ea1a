"""Rasa actions: thin classes, a topic a module, over plain functions beside them."""
