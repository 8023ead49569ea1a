"""The engine: serves the trained model over HTTP. `python -m bot.server`; the settings are environment variables.

ENGINE_HOST (127.0.0.1), ENGINE_PORT (5005), ENGINE_TOKEN (needed off loopback), TRACKER_URL (sqlite:///… in DATA_DIR),
WORKERS (1; of several each also has a port of its own, the next ones after ENGINE_PORT), ENGINE_MODEL, ENGINE_ACTIONS,
ENGINE_LEAN_IMPORTS (1), LOG_LEVEL.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from pathlib import Path

from bot.settings import Settings, SettingsError


def main() -> None:
    """Command line: reads the settings and serves until TERM or INT."""
    try:
        settings = Settings.from_environment()
    except SettingsError as error:
        sys.exit(f"engine: {error}")
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    # One turn runs on one core; threads of numpy's library only take memory and wait for each other.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr
    )
    logging.getLogger("bot").setLevel(settings.log_level)
    number = os.environ.get("ENGINE_WORKER")
    if settings.workers > 1 and number is None:
        from bot import workers

        sys.exit(workers.supervise(settings))
    from bot.lean_imports import quicken_imports

    quicken_imports()
    from bot import worker

    # Rasa's are about its own dependencies: nobody who runs the engine can act on them. Sanic asks for them on import.
    warnings.simplefilter("ignore")
    folder = os.environ.get("ENGINE_WORKER_FOLDER")
    sys.exit(worker.run(settings, int(number) if number else None, Path(folder) if folder else None))


if __name__ == "__main__":
    main()
