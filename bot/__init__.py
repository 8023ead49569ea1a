"""What the engine adds to Rasa: Japanese NLU, safety rules, serving; and the payload schemas it shares with the desk."""
