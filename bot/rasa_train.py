"""`rasa train` without what a forced training has no use for: `python -m bot.rasa_train train …`, arguments as Rasa's.

Rasa fingerprints and stores what every component hands on, so that a later training can take it up again; with 25,000
lines that takes longer than learning from them. `make train` forces a whole training anyway: it trains only when an
input changed (bot/train.py), and then all of it. Rasa also copies and hashes every example each time that two files
are put together, and packs the model as tightly as gzip can, which takes ten seconds for a twentieth of its size.
"""

from __future__ import annotations

from copy import copy
from typing import Any, Final

from rasa.__main__ import main
from rasa.engine.graph import ExecutionContext, GraphNodeHook
from rasa.engine.storage import local_model_storage
from rasa.engine.training import graph_trainer
from rasa.shared.nlu.constants import INTENT, RESPONSE
from rasa.shared.nlu.training_data import training_data
from rasa.shared.nlu.training_data.message import Message

# gzip's levels go from 1 (fast) to 9.
_LIGHTLY: Final = 1


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


class ShallowCopies:
    """Stands in for the module `copy` where Rasa merges training data: nobody changes the files' examples later."""

    copy = staticmethod(copy)
    deepcopy = staticmethod(copy)


def once_each(examples: list[Message]) -> list[Message]:
    """Stands in for Rasa's `sanitize_examples`, which sets every intent anew, and so has every example hashed anew."""
    for example in examples:
        for key in (INTENT, RESPONSE):
            name = example.get(key)
            if name and name != name.strip():
                example.set(key, name.strip())
    return list(dict.fromkeys(examples))


class QuicklyPacked(local_model_storage.TarSafe):
    """A model's archive, packed lightly."""

    @classmethod
    def gzopen(cls, *arguments: Any, **named: Any) -> Any:
        """As tarfile's, which asks for the tightest level."""
        return super().gzopen(*arguments, **{"compresslevel": _LIGHTLY, **named})


if __name__ == "__main__":
    graph_trainer.TrainingHook = NothingKept
    training_data.copy = ShallowCopies
    training_data.TrainingData.sanitize_examples = staticmethod(once_each)
    local_model_storage.TarSafe = QuicklyPacked
    main()
