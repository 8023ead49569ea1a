"""What the readers are learned from, as one hash: what is only said to people changes none of it.

It is asked before every start and imports nothing that is slow.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Final

from actions.self_analysis.data import PATH
from actions.self_analysis.examples import ANSWERS, EPISODES
from bot.documents import read_yaml

# The parts of the data file that a reader sees: the options, the words of the tags and those that turn a text round.
PARTS: Final = ("questions", "tags", "polarity")
# The modules that read what people tell, and those that these import from this package.
READERS: Final = (
    "controls", "data", "direction", "evidence", "examples", "learning", "picks", "reading", "scale", "scoring",
    "steps", "wording",
)  # fmt: skip


def digest(data: Path = PATH) -> str:
    """One hash over the examples, the parts of `data` that are learned from, and the modules that learn."""
    raw = read_yaml(data)
    found = hashlib.sha256(json.dumps([raw[part] for part in PARTS], ensure_ascii=False).encode())
    for path in (ANSWERS, EPISODES, *(Path(__file__).with_name(f"{name}.py") for name in READERS)):
        found.update(path.read_bytes())
    return found.hexdigest()
