"""The way to a human, the bot's side: one question for consent, a summary that may be changed, out at any time."""
