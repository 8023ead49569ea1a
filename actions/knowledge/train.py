"""`python -m actions.knowledge.train`: what is learned from the files that people edit, anew where they were edited."""

from __future__ import annotations

import sys

from actions.knowledge import asked, owners


def main() -> int:
    """Prints a line for each."""
    for part in (asked, owners):
        sys.stdout.write(f"knowledge: {part.renew()}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
