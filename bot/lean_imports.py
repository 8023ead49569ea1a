"""Keeps out of the engine's process what Rasa imports and this bot never uses: cloud and chat clients, plotting, dask.

Rasa imports every channel, tracker store and trainer that it knows, whoever serves. `quicken_imports` answers those
imports with placeholders: classes can be defined with them; the first *use* is an `UnusedPackageError` that says how to
switch this off. Only `bot.server` calls it: `rasa train`, `rasa shell` and `rasa run` import everything as ever.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import sys
from abc import ABCMeta
from collections.abc import Sequence
from types import ModuleType
from typing import Any, Final

# What goes, and why nothing here needs it.
UNUSED: Final = {
    # clients of channels: the desk is the only channel
    "aiogram", "fbmessenger", "mattermostwrapper", "rocketchat_API", "slack_sdk", "socketio", "engineio", "twilio",
    "webexteamssdk", "google.oauth2", "google.auth", "cachecontrol",
    # tracker, lock and model stores and brokers of others: bot/tracker_store.py is the only one
    "boto3", "botocore", "pymongo", "redis", "aio_pika", "aiormq", "pamqp",
    "confluent_kafka",
    # training, plotting, asking on a terminal, reporting to Rasa
    "matplotlib", "questionary", "prompt_toolkit", "randomname", "sklearn", "skops", "sklearn_crfsuite", "networkx",
    "sentry_sdk", "structlog_sentry", "terminaltables", "colorclass",
    # replaced by bot/runner.py; reminders are the desk's
    "dask", "apscheduler",
    # Rasa's own HTTP server
    "sanic_jwt", "sanic_cors",
}  # fmt: skip
SWITCH: Final = "ENGINE_LEAN_IMPORTS"


class UnusedPackageError(RuntimeError):
    """Something used a package that the engine keeps out."""


class _PlaceholderMeta(ABCMeta):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _placeholder(f"{cls.__module__}.{cls.__qualname__}.{name}")

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        raise UnusedPackageError(
            f"{cls.__module__}.{cls.__qualname__} was used, but the engine keeps this package out to start faster; "
            f"set {SWITCH}=0 to import everything."
        )


_placeholders: dict[str, _PlaceholderMeta] = {}


def _placeholder(path: str) -> _PlaceholderMeta:
    if path not in _placeholders:
        module, _, name = path.rpartition(".")
        _placeholders[path] = _PlaceholderMeta(name, (), {"__module__": module})
    return _placeholders[path]


class _PlaceholderModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _placeholder(f"{self.__name__}.{name}")


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        parts = fullname.split(".")
        if any(".".join(parts[:length]) in self._names for length in range(1, len(parts) + 1)):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _PlaceholderModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run: a placeholder has no body."""


def quicken_imports(unused: set[str] = UNUSED) -> None:
    """Answers imports of `unused` packages with placeholders from now on; those imported already stay."""
    if os.environ.get(SWITCH, "1") == "0":
        return
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder(frozenset(unused)))
