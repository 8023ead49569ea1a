"""A token for a program that uses the adviser API in the name of an account."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from desk.accounts.models import ApiToken, User


class Command(BaseCommand):
    """Prints the token once; only its hash is kept."""

    help = "Issue a token for the adviser API."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose, and what for."""
        parser.add_argument("name")
        parser.add_argument("--purpose", default="API")

    def handle(self, *args: Any, **options: Any) -> None:
        """Issue and print."""
        user = User.objects.filter(username=options["name"], is_active=True).first()
        if user is None:
            raise CommandError(f"No account named {options['name']}.")
        self.stdout.write(ApiToken.issue(user, options["purpose"]))
