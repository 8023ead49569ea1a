"""What the engine adds to Rasa (NLU, safety rules, serving), and the payload schemas it shares with the desk."""
