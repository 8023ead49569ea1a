"""Django's registration of the LINE channel: the sender, what runs now and then, and whether LINE is on."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class LineChannelConfig(AppConfig):
    """LINE accounts, their events and files."""

    name = "desk.channels.line"
    label = "line_channel"
    verbose_name = "LINE"

    def ready(self) -> None:
        """Without its settings LINE stays off: nothing is registered, and the webhook says so."""
        from desk import sweeper, wakeups
        from desk.channels import registry
        from desk.channels.line import config, intake, media, sender, side
        from desk.conversations import signals

        signals.person_erased.connect(intake.forget, weak=False, dispatch_uid="line")
        if config.missing():
            return
        # What the first call needs, so that nobody's first message waits for it.
        import_module("linebot.v3.messaging")
        registry.register(sender.LineSender())
        wakeups.listen(side.show_loading)
        sweeper.every(1.0, "line-intake", intake.sweep)
        sweeper.every(2.0, "line-media", media.fetch)
        sweeper.every(3600.0, "line-tidy", intake.tidy)
