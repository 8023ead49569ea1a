"""Learns the readers' models and keeps them in models/self_analysis: `python -m actions.self_analysis.train`."""

from __future__ import annotations

import sys
import time

from bot.lean_imports import quicken_imports


def main() -> int:
    """Command line: learns what is not current."""
    # It runs before every start, and needs of Rasa only what its own components are made of.
    quicken_imports()
    from actions.self_analysis import data, evidence, learning, reading

    analysis = data.load()
    if learning.is_current("evidence", *(question.id for question in analysis.questions if reading.learns(question))):
        sys.stdout.write("self-analysis: the models are current\n")
        return 0
    started = time.monotonic()
    learning.keep("evidence", evidence.learn(analysis))
    for question in analysis.questions:
        if reading.learns(question):
            learning.keep(question.id, reading.learn(question))
    sys.stdout.write(f"self-analysis: learned in {time.monotonic() - started:.0f} s\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
