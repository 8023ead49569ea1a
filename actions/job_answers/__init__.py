"""Answers to questions about jobs, applying and the service, composed from data/knowledge."""
