"""One engine with the trained model for all conversations here; each test says its own as somebody else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.serving import Engine, served_engine


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The engine as it is served."""
    with served_engine(tmp_path_factory.mktemp("stories")) as running:
        yield running
