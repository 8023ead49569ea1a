"""The engine: serves the trained model over HTTP. `python -m bot.server`; the settings are environment variables."""

from __future__ import annotations

import logging
import os
import sys

from bot.settings import Settings, SettingsError


def main() -> None:
    """Command line: reads the settings and serves until TERM or INT."""
    try:
        settings = Settings.from_environment()
    except SettingsError as error:
        sys.exit(f"engine: {error}")
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr
    )
    logging.getLogger("bot").setLevel(settings.log_level)
    from bot import worker

    sys.exit(worker.run(settings))


if __name__ == "__main__":
    main()
