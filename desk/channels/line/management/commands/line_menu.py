"""Makes or renews the rich menu: `make line-menu`."""

from __future__ import annotations

import asyncio
import io
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from PIL import Image, ImageDraw, ImageFont
from pylopdf_fonts_jp import sans_path

from desk.channels.line import config, texts
from desk.channels.line.api import Api, LineError

NAME: Final = "michishirube"
WIDTH, HEIGHT = 2500, 843
COLOURS: Final = ("#00696E", "#2F6F4E", "#7A5A00", "#54636A")


def menu() -> dict[str, Any]:
    """The menu's description: four areas, each a command of the fixed table."""
    step = WIDTH // len(texts.MENU)
    return {
        "size": {"width": WIDTH, "height": HEIGHT},
        "selected": True,
        "name": NAME,
        "chatBarText": "メニュー",
        "areas": [
            {
                "bounds": {"x": index * step, "y": 0, "width": step, "height": HEIGHT},
                "action": {"type": "postback", "label": title, "data": f"m={command}", "displayText": title},
            }
            for index, (command, title) in enumerate(texts.MENU.items())
        ],
    }


def picture() -> bytes:
    """The menu's picture (PNG, far below 1 MB)."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(sans_path()), 96)
    step = WIDTH // len(texts.MENU)
    for index, title in enumerate(texts.MENU.values()):
        draw.rectangle((index * step + 8, 8, (index + 1) * step - 8, HEIGHT - 8), fill=COLOURS[index])
        draw.text((index * step + step / 2, HEIGHT / 2), title, font=font, fill="white", anchor="mm")
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


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
            identifier = await api.make_menu(menu(), picture())
            for old in former:
                await api.delete_menu(old)
        finally:
            await api.close()
        return identifier
