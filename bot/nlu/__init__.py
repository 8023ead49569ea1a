"""Japanese language understanding: what the engine adds to Rasa's pipeline."""
