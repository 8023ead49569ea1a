"""Runs the project's actions in this process, behind the interface by which Rasa calls an action server.

Saves the second server, two HTTP hops and the JSON of the whole conversation for every action. What an action sees and
may return stays as `rasa run actions` has it.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Sequence
from typing import Any, overload

from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException


class EventDicts(Sequence[dict[str, Any]]):
    """The conversation's events as an action sees them, each made only when it is looked at: few actions ever do."""

    def __init__(self, events: Sequence[Any]) -> None:
        self._events = events
        self._made: dict[int, dict[str, Any]] = {}

    def _at(self, place: int) -> dict[str, Any]:
        if place not in self._made:
            self._made[place] = self._events[place].as_dict()
        return self._made[place]

    @overload
    def __getitem__(self, index: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, index: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        places = range(len(self._events))[index]
        return self._at(places) if isinstance(places, int) else [self._at(place) for place in places]

    def __len__(self) -> int:
        return len(self._events)

    def __deepcopy__(self, memo: dict[int, Any]) -> list[dict[str, Any]]:
        return [dict(event) for event in self]


class InProcessActions(EndpointConfig):
    """An action endpoint whose `request` is a function call."""

    def __init__(self, package: str) -> None:
        """Imports the package and registers every action in it.

        Raises:
            ImportError: the package or one of its modules cannot be imported.
        """
        super().__init__(url="in-process://actions")
        self._package = package
        self.executor = ActionExecutor()
        try:
            self.executor.register_package(package)
        except SystemExit as error:  # rasa-sdk ends the process; its log holds the traceback
            raise ImportError(f"The actions in '{package}' could not be imported.") from error

    def preload(self) -> None:
        """Lets the package read what it reads once, where it has something like that: a function `preload`.

        Raises:
            ValueError: a file cannot be used; its text says why.
        """
        read = getattr(importlib.import_module(self._package), "preload", None)
        if read is not None:
            read()

    @property
    def names(self) -> list[str]:
        """Names of the actions that can be run."""
        return sorted(self.executor.actions)

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> dict[str, Any] | None:
        """Runs the action of an action call (`json=`) and returns what an action server would.

        Raises:
            ClientResponseError: 400 when the action rejects its execution, 404 when there is no such action,
                as the HTTP server of rasa-sdk says it.
        """
        call: dict[str, Any] = kwargs["json"]
        try:
            result: dict[str, Any] | None = await self.executor.run(call)
        except ActionExecutionRejection as rejected:
            body = json.dumps({"error": str(rejected), "action_name": rejected.action_name})
            raise ClientResponseError(400, "Bad Request", body) from rejected
        except ActionNotFoundException as missing:
            body = json.dumps({"error": str(missing), "action_name": missing.action_name})
            raise ClientResponseError(404, "Not Found", body) from missing
        return result
