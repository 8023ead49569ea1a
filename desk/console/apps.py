"""Django's registration of the console."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """List, thread, person."""

    name = "desk.console"
    label = "console"
    verbose_name = "相談デスク"

    def ready(self) -> None:
        """Give SQLite its function for the search; record changes of labels and canned replies."""
        from auditlog.registry import auditlog
        from django.db.backends.signals import connection_created

        from desk.console import models, search

        def connected(*, connection: Any, **_: Any) -> None:
            search.prepare(connection)

        connection_created.connect(connected, weak=False, dispatch_uid="console-search")
        auditlog.register(models.Label)
        auditlog.register(models.CannedReply)
