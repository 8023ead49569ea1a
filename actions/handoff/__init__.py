"""The way to a human, the bot's side: one question for consent, a summary the person may change, and out at any time."""
