"""Placeholders for TensorFlow: Rasa's classes can be defined with them, using one is an error."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from abc import ABCMeta
from collections.abc import Sequence
from types import ModuleType
from typing import Any, NoReturn

__version__ = "0.0.0+absent"

# Top-level packages whose submodules are answered (`tensorflow.python.eager`, `keras.utils`, ...).
ROOTS = ("tensorflow", "keras")


class TensorFlowAbsentError(RuntimeError):
    """Something tried to use TensorFlow, which this installation leaves out on purpose."""


def _refuse(name: str) -> NoReturn:
    raise TensorFlowAbsentError(
        f"{name} was used, but TensorFlow is not installed here (tensorflow-absent stands in for it). "
        "Remove the component that needs it from config.yml (DIETClassifier, TEDPolicy, ResponseSelector, ...), "
        "or uninstall tensorflow-absent and install tensorflow."
    )


class _PlaceholderMeta(ABCMeta):
    """Attributes of a placeholder are placeholders; calling one, or a class made from one, is refused."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _placeholder(f"{cls.__module__}.{cls.__qualname__}.{name}")

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        _refuse(f"{cls.__module__}.{cls.__qualname__}")


_placeholders: dict[str, _PlaceholderMeta] = {}


def _placeholder(path: str) -> Any:
    """Returns the one placeholder class for a dotted path (the same object each time: it is hashed in types)."""
    if path not in _placeholders:
        module, _, name = path.rpartition(".")
        _placeholders[path] = _PlaceholderMeta(name, (), {"__module__": module})
    return _placeholders[path]


class _PlaceholderModule(ModuleType):
    """A module below `tensorflow` or `keras`: every attribute is a placeholder."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _placeholder(f"{self.__name__}.{name}")


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Answers the import of any module below the roots."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] in ROOTS and "." in fullname:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _PlaceholderModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run: a placeholder has no body."""


class _Config(_PlaceholderModule):
    """`tensorflow.config`: asked by thinc at import whether there is a device, and there is none."""

    def get_visible_devices(self, device_type: str | None = None) -> list[Any]:
        return []

    def list_physical_devices(self, device_type: str | None = None) -> list[Any]:
        return []

    list_logical_devices = list_physical_devices


sys.meta_path.append(_Finder())
config = sys.modules[f"{__name__}.config"] = _Config(f"{__name__}.config")


def function(func: Any = None, **_options: Any) -> Any:
    """`@tf.function` decorates methods when a class is defined; the method itself is refused when it runs."""
    if func is None:
        return lambda decorated: decorated
    return func


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    if f"{__name__}.{name}" in sys.modules:
        return sys.modules[f"{__name__}.{name}"]
    return _placeholder(f"{__name__}.{name}")
