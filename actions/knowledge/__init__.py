"""What the bot knows (data/knowledge/*.yml): reading it, checking it, searching it."""
