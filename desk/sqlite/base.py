"""Django's SQLite backend, whose writers wait at `desk.sqlite.gate`."""

from __future__ import annotations

from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

from desk.sqlite.gate import GATE

_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class _Cursor(base.SQLiteCursorWrapper):
    """A single statement outside a transaction is a transaction as well."""

    owner: DatabaseWrapper

    def execute(self, query: str, params: Any = None) -> Any:
        """Run the statement, in turn when it writes."""
        if self.connection.in_transaction or not query.lstrip()[:7].upper().startswith(_WRITES):
            return super().execute(query, params)
        with self.owner.turn():
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        """Run the statements, in turn."""
        if self.connection.in_transaction:
            return super().executemany(query, param_list)
        with self.owner.turn():
            return super().executemany(query, param_list)


class _Turn:
    """The gate for one statement."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        if not GATE.acquire(self._seconds):
            raise OperationalError("database is locked")

    def __exit__(self, *error: object) -> None:
        GATE.release()


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that holds the gate from BEGIN to the end of its transaction."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Hold nothing."""
        super().__init__(*arguments, **named)
        self._holds = False

    def turn(self) -> _Turn:
        """The gate, waited for as long as SQLite's lock would be."""
        return _Turn(float(self.settings_dict["OPTIONS"].get("timeout", 5)))

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor that waits its turn."""
        cursor = self.connection.cursor(factory=_Cursor)
        cursor.owner = self
        return cursor

    def _start_transaction_under_autocommit(self) -> None:
        if self._holds:
            super()._start_transaction_under_autocommit()  # type: ignore[misc] # Django's own, not in its stubs
            return
        self.turn().__enter__()
        self._holds = True
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc] # Django's own, not in its stubs
        except BaseException:
            self._let_go()
            raise

    def _let_go(self) -> None:
        if self._holds:
            self._holds = False
            GATE.release()

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc] # Django's own, not in its stubs
        self._let_go()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc] # Django's own, not in its stubs
        finally:
            self._let_go()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc] # Django's own, not in its stubs
        finally:
            self._let_go()
