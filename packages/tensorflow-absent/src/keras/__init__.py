"""Placeholders for Keras, by the same rules as `tensorflow` beside it."""

from __future__ import annotations

from typing import Any

import tensorflow


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return tensorflow._placeholder(f"{__name__}.{name}")
