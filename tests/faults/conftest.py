"""Options and fixtures of the fault tests."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.desk.served import CLIENT


@pytest.fixture(scope="session")
def full() -> bool:
    """True for `make test-faults-full`."""
    return os.environ.get("FAULTS_FULL") == "1"


@pytest.fixture(scope="session", autouse=True)
def _connections() -> Iterator[None]:
    yield
    CLIENT.close()
