"""Django's registration of the self-analysis, and its hook into what a person can ask for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.apps import AppConfig


class SelfAnalysisConfig(AppConfig):
    """The person's own wording of 自己PR, the sheet, the picture."""

    name = "desk.self_analysis"
    label = "self_analysis"
    verbose_name = "自己分析"

    def ready(self) -> None:
        """What is kept here belongs to what a person may have told to them."""
        from desk.conversations import signals
        from desk.self_analysis import drafts

        def requested(*, person_id: UUID, **_: Any) -> dict[str, Any]:
            return {"self_analysis_drafts": drafts.stored_about(person_id)}

        signals.data_requested.connect(requested, weak=False, dispatch_uid="self_analysis")
