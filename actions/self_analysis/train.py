"""Learns the readers' models and keeps them in models/self_analysis: `python -m actions.self_analysis.train`."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from actions.self_analysis import learned_from
from actions.self_analysis.data import KEPT
from bot import train as engine

# Written when every model was current: from which files, and the names of the models.
SEEN: Final = KEPT / "seen"


def unchanged(seen: Path = SEEN) -> bool:
    """Whether the models and all that they come from are as when they were last found current.

    It runs before every start, so it only reads files: to ask `learning` takes three seconds of imports.
    """
    if not seen.exists() or not engine.is_current():
        return False
    fingerprint, *names = seen.read_text(encoding="utf-8").split()
    return fingerprint == _inputs() and all((seen.parent / name / "inputs").exists() for name in names)


def remember(names: Sequence[str], seen: Path = SEEN) -> None:
    """Writes what `unchanged` reads: these models are current."""
    seen.write_text(" ".join([_inputs(), *names]) + "\n", encoding="utf-8")


def _inputs() -> str:
    """One hash over what the models come from: the engine's model, the examples, the code."""
    return learned_from.digest() + engine.digest([engine.STAMP, engine.ROOT / "bot/kernel.py"])


def main() -> int:
    """Command line: learns what is not current."""
    if not unchanged():
        learned = _learn()
        if learned is not None:
            sys.stdout.write(f"self-analysis: learned in {learned:.0f} s\n")
            return 0
    sys.stdout.write("self-analysis: the models are current\n")
    return 0


def _learn() -> float | None:
    """Learns all models anew where one is not current; the seconds it took, None where all are current."""
    from actions.self_analysis import data, evidence, learning, reading

    analysis = data.load()
    typed = [question for question in analysis.questions if reading.learns(question)]
    names = ["evidence", *(question.id for question in typed)]
    started = time.monotonic()
    current = learning.is_current(*names)
    if not current:
        learning.keep("evidence", evidence.learn(analysis))
        for question in typed:
            learning.keep(question.id, reading.learn(question))
    remember(names)
    return None if current else time.monotonic() - started


if __name__ == "__main__":
    raise SystemExit(main())
