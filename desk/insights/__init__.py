"""Figures: what was asked for, who answered, how long it took."""
