"""Makes or renews the rich menu: `make line-menu`."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from desk.channels.line import config, picture, texts
from desk.channels.line.api import Api, LineError

NAME: Final = "michishirube"


def menu() -> dict[str, Any]:
    """The menu's description: four areas, each a command of the fixed table."""
    return {
        "size": {"width": picture.WIDTH, "height": picture.HEIGHT},
        "selected": True,
        "name": NAME,
        "chatBarText": "メニュー",
        "areas": [
            {
                "bounds": {"x": x, "y": y, "width": width, "height": height},
                "action": {
                    "type": "postback",
                    "label": texts.MENU[command],
                    "data": f"m={command}",
                    "displayText": texts.MENU[command],
                },
            }
            for command, (x, y, width, height) in picture.fields(list(texts.MENU)).items()
        ],
    }


def drawn() -> bytes:
    """The menu's picture."""
    return picture.draw({command: (title, texts.MENU_WORDS[command]) for command, title in texts.MENU.items()})


class Command(BaseCommand):
    """Make the new menu first, then delete the former ones: nobody is without a menu."""

    help = "Make or renew the rich menu of the LINE account."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Talk to LINE once."""
        missing = config.missing()
        if missing:
            raise CommandError(f"LINE is off: set {', '.join(missing)} (docs/line.md).")
        try:
            identifier = asyncio.run(self._renew())
        except LineError as error:
            raise CommandError(f"LINE refused: {error}") from error
        self.stdout.write(f"rich menu {identifier}")

    async def _renew(self) -> str:
        api = Api()
        try:
            former = [item["richMenuId"] for item in await api.menus() if item.get("name") == NAME]
            identifier = await api.make_menu(menu(), drawn())
            for old in former:
                await api.delete_menu(old)
        finally:
            await api.close()
        return identifier
