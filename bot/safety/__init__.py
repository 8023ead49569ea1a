"""Danger to life and trouble at work, found by rules and answered with the same words everywhere.

Usable in both environments; Rasa is imported in component.py only.
"""

from bot.safety.replies import crisis_reply
from bot.safety.rules import Finding, detect

check = detect

__all__ = ["Finding", "check", "crisis_reply", "detect"]
