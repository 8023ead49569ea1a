"""Makes LINE messages of a conversation's events, within LINE's limits."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing

from desk.channels.line import limits, texts
from desk.conversations.models import Event
from desk.self_analysis import drafts

Json = dict[str, Any]
CHART_SALT = "desk.line.chart"
_CHART_DAYS = 30
_CHOOSE = "次からお選びください。"
_ALSO = "「{words}」も選べます。"
#: Ways out of a question, and help with it: said in one line below the answers.
_CONTROLS = ("/skip_question", "/go_back", "/pause", "/example")
#: What stands before an item of a list in a text.
_ITEM = re.compile(r"^(?:・|\d+[.．、)）]\s*)")
_ACCENT = "#23655B"
_QUIET = "#5E6B67"
_RESULT_TITLE = "自己分析の結果"
_RESULT = "自己分析の結果です。"
_EDIT = "自己PRを直す・PDF"


def bundle(events: list[Event]) -> list[Json]:
    """The messages of consecutive events; texts are joined only when there are more parts than one request takes."""
    groups = [(event, _messages(event)) for event in events]
    messages = [message for _, made in groups for message in made]
    if len(messages) > limits.MESSAGES:
        messages = _joined(messages)
    offered = [event for event, made in groups if made and event.data.get("choices")]
    if messages and offered:
        # LINE shows the quick replies of the last message only.
        messages[-1]["quickReply"] = {"items": _quick_replies(offered[-1])}
    return messages


def _joined(messages: list[Json]) -> list[Json]:
    result: list[Json] = []
    for message in messages:
        last = result[-1] if result else None
        if last and last["type"] == message["type"] == "text" and last.get("sender") == message.get("sender"):
            text = f"{last['text']}\n\n{message['text']}"
            if limits.utf16(text) <= limits.TEXT:
                last["text"] = text
                continue
        result.append(message)
    return result


def _messages(event: Event) -> list[Json]:
    made = _parts(event)[: limits.MESSAGES]
    sender = _sender(event)
    if sender:
        for message in made:
            message["sender"] = sender
    return made


def _parts(event: Event) -> list[Json]:
    made: list[Json] = []
    if event.data.get("link"):
        return [_page(event)]
    card = event.data.get("card")
    drawn = isinstance(card, dict) and card.get("kind") == "self_analysis" and card.get("card")
    # The text of a result says what its card says; it is there for whoever shows no card.
    text = "" if drawn else _text(event)
    if text:
        made += [{"type": "text", "text": piece} for piece in limits.split_utf16(text)]
    image = event.data.get("image")
    if isinstance(image, str) and image.startswith("https://"):
        made.append(_image(image, image))
    if isinstance(card, dict) and drawn:
        public = settings.PUBLIC_URL.startswith("https://")
        made.append(_result(card, drafts.link(event) if public else ""))
        if public and card.get("chart"):
            made.append(_image(chart_url(event, 1040), chart_url(event, 240)))
    return made


def _text(event: Event) -> str:
    text = str(event.text).strip()
    choices = event.data.get("choices") or []
    if not choices:
        return text
    # A computer shows no quick replies: whoever reads there must be able to type the answer.
    shown = {_ITEM.sub("", line).strip() for line in text.splitlines()}
    answers = [choice["title"] for choice in choices if not choice["payload"].startswith(_CONTROLS)]
    if len(choices) > limits.QUICK_REPLIES or not shown.issuperset(answers):
        unseen = [title for title in answers if len(shown & set(answers)) < 2 or title not in shown]
    else:
        unseen = []
    controls = [choice["title"] for choice in choices if choice["payload"].startswith(_CONTROLS)]
    parts = [text or _CHOOSE, "\n".join(f"・{title}" for title in unseen)]
    if controls:
        parts.append(_ALSO.format(words="」「".join(controls)))
    return "\n\n".join(part for part in parts if part)


def _sender(event: Event) -> Json:
    if event.author != Event.Author.ADVISER:
        return {}
    name = unicodedata.normalize("NFKC", str(event.data.get("name") or "")).strip()
    # LINE refuses its own name.
    if not name or "line" in name.casefold():
        return {}
    return {"name": limits.cut_utf16(name, limits.SENDER_NAME)}


def _image(url: str, preview: str) -> Json:
    return {"type": "image", "originalContentUrl": url, "previewImageUrl": preview}


def choice_data(event: Event, index: int) -> str:
    """The postback data of a choice: it names its conversation, since `seq` begins anew in the next one."""
    return f"c={event.conversation_id}:{event.seq}-{index}"


def _quick_replies(event: Event) -> list[Json]:
    return [
        {
            "type": "action",
            "action": {
                "type": "postback",
                "label": limits.cut_graphemes(choice["title"], limits.LABEL),
                "data": choice_data(event, index),
                "displayText": limits.cut_graphemes(choice["title"], limits.DISPLAY_TEXT),
            },
        }
        for index, choice in enumerate(event.data["choices"][: limits.QUICK_REPLIES])
    ]


def chart_url(event: Event, width: int) -> str:
    """A signed, expiring address of the picture; the same on every call, so that a retry has the same body."""
    until = int((event.at + timedelta(days=_CHART_DAYS)).timestamp())
    token = signing.Signer(salt=CHART_SALT).sign(f"{event.pk}-{width}-{until}")
    return f"{settings.PUBLIC_URL}/line/chart/{token}.png"


def _page(event: Event) -> Json:
    """A sentence with a button that leads to a page of ours; no preview of the address is fetched for a button."""
    link = event.data["link"]
    if not link.get("url"):
        return {"type": "text", "text": texts.LINK_UNREADY}
    label = texts.EXPORT_BUTTON if link.get("export") else texts.LINK_BUTTON
    button = {
        "type": "button",
        "style": "primary",
        "color": _ACCENT,
        "action": {"type": "uri", "label": label, "uri": link["url"]},
    }
    contents = {
        "type": "bubble",
        "body": {"type": "box", "layout": "vertical", "contents": [_line(event.text)]},
        "footer": {"type": "box", "layout": "vertical", "contents": [button]},
    }
    return {"type": "flex", "altText": limits.cut_utf16(event.text, limits.ALT_TEXT), "contents": contents}


def _line(text: str, **style: Any) -> Json:
    return {"type": "text", "text": limits.cut_graphemes(text, 300), "wrap": True, **style}


def _result(payload: Json, edit: str) -> Json:
    """The result as a Flex bubble; what does not fit goes from the end of the lists."""
    card = payload["card"]
    clues, cautions = list(card.get("clues") or []), list(card.get("cautions") or [])
    alternative = limits.cut_utf16(f"{_RESULT}{card.get('headline') or ''}", limits.ALT_TEXT)
    while True:
        contents = _bubble(payload, clues, cautions, edit)
        size = len(json.dumps(contents).encode())
        if size <= limits.FLEX_BUBBLE or not (clues or cautions):
            return {"type": "flex", "altText": alternative, "contents": contents}
        (clues if len(clues) >= len(cautions) else cautions).pop()


def _bubble(payload: Json, clues: list[str], cautions: list[str], edit: str) -> Json:
    card = payload["card"]
    head = [_line(_RESULT_TITLE, size="sm", color="#DCEBE6")]
    if card.get("headline"):
        head.append(_line(card["headline"], weight="bold", size="lg", color="#FFFFFF", margin="sm"))
    jobs = ["、".join(role["job"] for role in payload.get("roles") or []), card.get("jobs") or ""]
    sureness = [card.get("sureness") or "", *(card.get("more") or [])]
    body: list[Json] = []
    for title, items in (
        ("手がかり", [_item(clue) for clue in clues if clue]),
        ("合わないかもしれないこと", [_item(caution) for caution in cautions if caution]),
        ("どのくらい確かか", _lines(sureness)),
        ("読んでみてほしい仕事", _lines(jobs)),
        ("次の一歩", _lines([card.get("next") or ""])),
    ):
        if items:
            body += [_line(title, weight="bold", size="sm", color=_ACCENT, margin="xl" if body else "none"), *items]
    closing = [_line(text, size="xs", color=_QUIET, margin="sm") for text in card.get("closing") or []]
    if closing:
        body += [{"type": "separator", "margin": "xl"}, *closing]
    bubble: Json = {
        "type": "bubble",
        "header": {"type": "box", "layout": "vertical", "backgroundColor": _ACCENT, "contents": head},
    }
    if body:
        bubble["body"] = {"type": "box", "layout": "vertical", "contents": body}
    if edit:
        action = {"type": "uri", "label": _EDIT, "uri": edit}
        button = {"type": "button", "style": "primary", "color": _ACCENT, "action": action}
        bubble["footer"] = {"type": "box", "layout": "vertical", "contents": [button]}
    return bubble


def _lines(texts: list[str]) -> list[Json]:
    return [_line(text, size="sm", margin="sm") for text in texts if text]


def _item(text: str) -> Json:
    """One item of a list; its lines hang behind the dot."""
    dot = {"type": "text", "text": "・", "size": "sm", "flex": 0, "color": _ACCENT}
    return {"type": "box", "layout": "horizontal", "margin": "sm", "contents": [dot, _line(text, size="sm", flex=1)]}
