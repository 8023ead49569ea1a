"""Greetings, thanks, who are you, what can you do, and the desk's own turns: a short word, then back to the subject."""
