"""What our trainable components share: they learn once, and the model keeps what they learnt in a folder of its own."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any, Final

from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from typing_extensions import Self

MODEL: Final = Path(__file__).resolve().parents[2] / "models" / "michishirube.tar.gz"


def kept_in_model(*names: str) -> list[bytes]:
    """What components left in the model on disk under these names.

    Raises:
        FileNotFoundError: there is no model, or it lacks one of them; `make train` makes it.
    """
    found: dict[str, bytes] = {}
    with tarfile.open(MODEL) as archive:
        for member in archive:
            name = Path(member.name).name
            content = archive.extractfile(member) if name in names else None
            if content is not None:
                found[name] = content.read()
            if len(found) == len(names):
                return [found[name] for name in names]
    raise FileNotFoundError(f"{MODEL} holds no {', '.join(sorted({*names} - {*found}))}: make train")


class Kept:
    """Rasa's `create` and `load` for a component that says in `read` how it comes back from its folder."""

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Self:
        """A component about to be trained."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Self:
        """The component as the model holds it."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component.read(folder)
        return component

    def read(self, folder: Path) -> None:
        """Takes back what training left in the folder."""
        raise NotImplementedError
