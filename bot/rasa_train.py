"""`rasa train` without what a forced training has no use for: `python -m bot.rasa_train train …`, arguments as Rasa's.

Rasa fingerprints and stores what every component hands on, so that a later training can take it up again; with 25,000
lines that takes longer than learning from them. `make train` forces a whole training anyway: it trains only when an
input changed (bot/train.py), and then all of it.
"""

from __future__ import annotations

from typing import Any

from rasa.__main__ import main
from rasa.engine.graph import ExecutionContext, GraphNodeHook
from rasa.engine.training import graph_trainer


class NothingKept(GraphNodeHook):
    """Stands in for Rasa's TrainingHook: no fingerprint is taken, nothing goes into Rasa's cache."""

    def __init__(self, **_: Any) -> None:
        """Takes what the hook that it replaces takes."""

    def on_before_node(
        self,
        node_name: str,
        execution_context: ExecutionContext,
        config: dict[str, Any],
        received_inputs: dict[str, Any],
    ) -> dict[str, Any]:
        """Nothing is to be handed on to `on_after_node`."""
        return {}

    def on_after_node(
        self,
        node_name: str,
        execution_context: ExecutionContext,
        config: dict[str, Any],
        output: Any,
        input_hook_data: dict[str, Any],
    ) -> None:
        """Keeps nothing."""


if __name__ == "__main__":
    graph_trainer.TrainingHook = NothingKept
    main()
