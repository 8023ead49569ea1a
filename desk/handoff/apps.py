"""Django's registration of the handover, and its hooks into conversations."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig


class HandoffConfig(AppConfig):
    """Hours, queue, appointments."""

    name = "desk.handoff"
    label = "handoff"
    verbose_name = "有人対応"

    def ready(self) -> None:
        """Take what the conversations ask for, keep the limits, record changes of settings."""
        from auditlog.registry import auditlog

        from desk import sweeper
        from desk.conversations import signals
        from desk.handoff import models, services

        def requested(*, conversation: Any, reason: str, summary: str, urgency: str, **_: Any) -> bool:
            services.request(conversation.pk, reason=reason, summary=summary, urgency=urgency)
            return True

        def available(**_: Any) -> bool:
            return services.is_open()

        def answered(*, conversation: Any, answer: str, **_: Any) -> None:
            services.answered(conversation, answer)

        def appended(*, event: Any, **_: Any) -> None:
            # Channels that push say so in a note of the system: LINE's account was blocked, a message was refused.
            if event.type == "note" and event.author == "system":
                if event.data.get("blocked"):
                    services.lost(event.conversation_id, blocked=True)
                elif event.data.get("delivery") == "failed":
                    services.lost(event.conversation_id, blocked=False)

        signals.event_appended.connect(appended, weak=False, dispatch_uid="handoff")
        signals.handoff_requested.connect(requested, weak=False, dispatch_uid="handoff")
        signals.human_answered.connect(answered, weak=False, dispatch_uid="handoff")
        signals.human_available.connect(available, weak=False, dispatch_uid="handoff")
        sweeper.every(5, "handoff-limits", services.keep_limits)
        for model in (models.OpeningHours, models.ExceptionDay, models.HandoffSettings):
            auditlog.register(model)
