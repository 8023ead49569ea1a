"""Danger, worry, trouble at work, discrimination, privacy, insults and attacks: care first, in few words."""

from actions.safety.talk import privacy, still_worried, still_worried_buttons

__all__ = ["privacy", "still_worried", "still_worried_buttons"]
