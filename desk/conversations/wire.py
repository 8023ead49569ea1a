"""Events as JSON: what a visitor's widget reads, and what the adviser console reads."""

from __future__ import annotations

from typing import Any

from desk.conversations.models import Event
from desk.self_analysis import drafts

#: How the payload of an answer to a guided question starts.
ANSWER = "/sa_answer"
#: Keys of an event's data that visitors see; everything else stays inside.
_PUBLIC = ("progress", "card", "image", "name", "state", "position", "notice", "crisis", "until")


def public(event: Event) -> dict[str, Any]:
    """The form for the visitor. Payloads, reasons and ids of the staff are not in it."""
    result = _common(event)
    for key in _PUBLIC:
        if key in event.data:
            result[key] = event.data[key]
    card = event.data.get("card")
    if card and card.get("kind") == "self_analysis" and "chart" in card and "card" in card:
        # Fetched with the session's token; LINE makes addresses of its own.
        path = f"/api/chat/self-analysis/{event.seq}"
        edit = drafts.link(event)
        result["card"] = {**card, "image": f"{path}/chart.png", "sheet": f"{path}/sheet.pdf", "edit": edit}
    return result


def staff(event: Event) -> dict[str, Any]:
    """The form for the adviser console: everything."""
    result = _common(event)
    result["visibility"] = event.visibility
    result["conversation"] = str(event.conversation_id)
    result["user"] = event.user_id
    result["data"] = {key: value for key, value in event.data.items() if key != "choices"}
    for key in _PUBLIC:
        if key in event.data:
            result[key] = event.data[key]
    return result


def _common(event: Event) -> dict[str, Any]:
    result: dict[str, Any] = {
        "seq": event.seq,
        "id": str(event.uid),
        "type": event.type,
        "from": event.author,
        "at": event.at.isoformat().replace("+00:00", "Z"),
    }
    if event.text:
        result["text"] = event.text
    choices = event.data.get("choices")
    if choices:
        result["choices"] = [_choice(event.seq, index, choice) for index, choice in enumerate(choices)]
    return result


def _choice(seq: int, index: int, choice: dict[str, Any]) -> dict[str, Any]:
    """A choice without its payload. `control`: it belongs to a guided question and steers it (skip, back, pause)."""
    shown: dict[str, Any] = {"id": f"{seq}-{index}", "title": choice["title"]}
    if choice.get("question") and not choice.get("payload", "").startswith(ANSWER):
        shown["control"] = True
    return shown
