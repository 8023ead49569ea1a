"""`make adviser NAME=… PASSWORD=… [ROLE=…]`: an account, or a new password for the one of that name."""

from __future__ import annotations

import os
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from desk import environment
from desk.accounts.models import User
from desk.accounts.services import make_account, weaknesses

_EXAMPLE = "例：make adviser NAME=sato PASSWORD='長いパスワード' ROLE=adviser"


class Command(BaseCommand):
    """Works while the desk runs; asks nothing."""

    help = "Make an account for the desk, or reset its password."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name, password, role, and the name that visitors see."""
        # `make adviser` hands them over in the environment, which no list of processes shows.
        parser.add_argument("--name", default=environment.text("ADVISER_NAME"))
        parser.add_argument("--password", default=os.environ.get("ADVISER_PASSWORD", ""))
        parser.add_argument("--role", default="", help="empty: as it is, or adviser")
        parser.add_argument("--display-name", default=environment.text("ADVISER_DISPLAY_NAME"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it and say what was done."""
        name = options["name"].strip()
        if not name:
            raise CommandError(f"NAME=… でログイン名を付けてください。{_EXAMPLE}")
        if not options["password"]:
            raise CommandError(f"PASSWORD=… でパスワードを付けてください。{_EXAMPLE}")
        if options["role"] not in ("", *User.Role.values):
            raise CommandError(f"ROLE に書けるのは {'、'.join(User.Role.values)} のどれかです。{_EXAMPLE}")
        # Whoever may run this may do anything: a weak password is their decision, said aloud.
        for sentence in weaknesses(options["password"], name):
            self.stderr.write(f"注意: {sentence}")
        # It may be the first thing that is done after the installation.
        call_command("migrate", verbosity=0, interactive=False)
        user, made = make_account(name, options["password"], options["role"], options["display_name"])
        done = "作成しました" if made else "パスワードを再設定しました"
        self.stdout.write(f"{user.username}（{user.get_role_display()}）: {done}。/desk/login/ からログインできます。")
