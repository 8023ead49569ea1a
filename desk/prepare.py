"""First run without questions: `python -m desk.prepare` brings database, static files and a demo operator into place.

Safe to run at every start and by several processes at once.
"""

from __future__ import annotations

import os
import secrets
import sys
import time
from pathlib import Path

import django

from desk import environment

DEMO_NAME = "demo"


def main() -> int:
    """Prepare; what is insecure for production is said once a start, with the setting that cures it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")
    django.setup()
    from django.core.management import call_command

    _wait_for_database()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    lines = [*_demo_operator(), *warnings(), *_line()]
    for line in lines:
        sys.stderr.write(f"{line}\n")
    return 0


def _wait_for_database(seconds: float = 30) -> None:
    """A database that is starting beside us is waited for; one that does not come is an error."""
    from django.db import OperationalError, connection

    until = time.monotonic() + seconds
    while True:
        try:
            connection.ensure_connection()
        except OperationalError as error:
            if time.monotonic() > until:
                raise SystemExit(f"The database cannot be reached: {error}") from error
            time.sleep(0.5)
        else:
            return


def _line() -> list[str]:
    from desk.channels.line import config

    missing = config.missing()
    return [f"LINE is off: {', '.join(missing)} not set (docs/line.md)."] if missing else []


def _demo_operator() -> list[str]:
    """On an empty database one account, so that the console can be tried; its password is kept in DATA_DIR."""
    from desk.accounts.models import User
    from desk.accounts.services import make_account

    if User.objects.exists():
        return []
    path = environment.data_dir() / "secrets" / "demo_password"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    password = environment.text("DEMO_PASSWORD") or secrets.token_urlsafe(9)
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(password + "\n")
    make_account(DEMO_NAME, password, role="admin", display_name="デモ担当")
    return [
        f"Demo operator: name {DEMO_NAME}, password in {_shown(path)} (make adviser NAME=… PASSWORD=… for your own)"
    ]


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def warnings() -> list[str]:
    """What must not stay so in production."""
    from django.conf import settings

    from bot.operator_settings import unready
    from desk import texts
    from desk.accounts.models import User

    found = []
    if not settings.PUBLIC_URL.startswith("https://"):
        found.append("PUBLIC_URL is not set to an https:// address: cookies are sent without TLS.")
    if not environment.text("DESK_SECRET_KEY"):
        found.append("DESK_SECRET_KEY was generated in DATA_DIR/secrets: set it, the same for every desk process.")
    if not settings.ENGINE_TOKEN:
        found.append("ENGINE_TOKEN is not set: whoever has an account on this machine can talk to the engine.")
    if not settings.DATABASE_URL:
        found.append("DATABASE_URL is not set: SQLite serves one machine; set postgresql://… for more.")
    if left := unready(texts.operator()):
        found.append(f"data/operator.yml is still the sample, or empty, in {', '.join(left)}: write your own.")
    if User.objects.filter(username=DEMO_NAME, is_active=True).exists():
        found.append("The demo operator exists: make your own with `make adviser`, then deactivate it in /admin/.")
    if not found:
        return []
    return ["Not ready for production:", *(f"  - {line}" for line in found)]


if __name__ == "__main__":
    raise SystemExit(main())
