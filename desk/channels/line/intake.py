"""Stores webhook events, and deals with them afterwards: one account's events one after the other, by timestamp."""

from __future__ import annotations

import heapq
import logging
import threading
import time
import unicodedata
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import DatabaseError, close_old_connections, transaction
from django.utils import timezone

from desk import texts as desk_texts
from desk import wakeups
from desk.channels.line import figures, limits, linking, side, texts
from desk.channels.line.models import LineEvent, LineMedia
from desk.channels.line.parse import Parsed
from desk.conversations import services
from desk.conversations.models import Consent, Conversation, Event, Identity, Inbound, Outbox

log = logging.getLogger("desk.line")
Json = dict[str, Any]
#: Events that overtake each other on the way come within moments: so long an event waits for an older one.
SETTLE_SECONDS = 0.15
MAX_ATTEMPTS = 6
KEEP_DAYS = 30
_LEASE_SECONDS = 60
#: The rich menu's fixed table of commands: what is shown as said, and what the engine is told.
MENU_PAYLOADS = {"jobs": "/ask_types", "analysis": "/start_self_analysis", "human": services.ASK_HUMAN_PAYLOAD}


# --- Storing ----------------------------------------------------------------------------------------------------


def store(events: list[Parsed]) -> None:
    """Keep the events; those that are there already are left alone. Afterwards LINE may be told 200."""
    now = timezone.now()
    rows = [
        LineEvent(
            event_id=event.event_id,
            lane=event.lane,
            kind=event.kind,
            happened_ms=event.happened_ms,
            received_at=now,
            message_id=event.message_id,
            body=event.body,
            reply_token=event.reply_token,
            reply_until=_until(event, now) if event.reply_token else None,
            read_token=event.read_token,
        )
        for event in events
    ]
    with transaction.atomic():
        LineEvent.objects.bulk_create(rows, ignore_conflicts=True)
        for event in events:
            if event.redelivered and event.reply_token:
                # A redelivered token lives another minute, unless it has been used.
                LineEvent.objects.filter(event_id=event.event_id, reply_used_at=None).update(
                    reply_until=_until(event, now)
                )
        for lane in {event.lane for event in events}:
            transaction.on_commit(partial(submit, lane))


def _until(event: Parsed, now: datetime) -> datetime:
    happened = datetime.fromtimestamp(event.happened_ms / 1000, UTC)
    return min(now + timedelta(seconds=limits.REPLY_SECONDS), happened + timedelta(seconds=limits.REPLY_OLDEST_SECONDS))


class _Worker:
    """One thread that deals with lanes a moment after their events came in. The sweeper finds what it loses."""

    def __init__(self) -> None:
        self._due: list[tuple[float, str]] = []
        self._waiting: set[str] = set()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def submit(self, lane: str, seconds: float = SETTLE_SECONDS) -> None:
        with self._changed:
            if lane in self._waiting:
                return
            self._waiting.add(lane)
            heapq.heappush(self._due, (time.monotonic() + seconds, lane))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="desk-line-intake", daemon=True)
                self._thread.start()
            self._changed.notify()

    def _next(self) -> str:
        with self._changed:
            while True:
                if not self._due:
                    self._changed.wait()
                    continue
                left = self._due[0][0] - time.monotonic()
                if left <= 0:
                    lane = heapq.heappop(self._due)[1]
                    self._waiting.discard(lane)
                    return lane
                self._changed.wait(left)

    def _work(self) -> None:
        while True:
            lane = self._next()
            close_old_connections()
            try:
                if not work_on(lane):
                    self.submit(lane, 0.5)
            except DatabaseError as error:
                log.warning("database unavailable", extra={"kind": type(error).__name__})
            except Exception:
                log.exception("LINE intake failed")
            close_old_connections()


_worker = _Worker()


def submit(lane: str) -> None:
    """Deal with a lane's events soon, in this process."""
    _worker.submit(lane)


def sweep() -> None:
    """Deal with what a crash left behind."""
    old = LineEvent.objects.filter(
        state=LineEvent.State.PENDING, received_at__lt=timezone.now() - timedelta(seconds=1.5)
    )
    for lane in old.order_by("id").values_list("lane", flat=True).distinct()[:200]:
        submit(lane)


def tidy() -> None:
    """Forget event ids that LINE will not send again."""
    LineEvent.objects.filter(received_at__lt=timezone.now() - timedelta(days=KEEP_DAYS)).delete()


def forget(*, person_id: UUID, **_: Any) -> None:
    """A person is erased: keep only the ids, so that a redelivery stays a repeat."""
    lanes = list(Identity.objects.filter(person_id=person_id, channel="line").values_list("external_id", flat=True))
    LineEvent.objects.filter(lane__in=lanes).exclude(state=LineEvent.State.PENDING).update(
        lane="", body={}, message_id="", reply_token="", read_token="", stored=None
    )


# --- Dealing with events ----------------------------------------------------------------------------------------


def work_on(lane: str) -> bool:
    """Deal with everything that waits in a lane; False when it has to be looked at again."""
    while True:
        done = _deal(lane)
        if done is not None:
            return done


def _deal(lane: str) -> bool | None:
    """Deal with the lane's next event, in one transaction with marking it done. None: there may be more.

    The lease is taken and given back in the same transaction: another process waits for its end, then sees what
    was done. A crash leaves nothing behind.
    """
    holder, name = uuid.uuid4(), f"line:{lane}"[:80]
    afterwards: list[Callable[[], None]] = []
    row: LineEvent | None = None
    try:
        with transaction.atomic():
            if not services.take_lease(name, holder, _LEASE_SECONDS):
                return False
            waiting = LineEvent.objects.filter(lane=lane, state=LineEvent.State.PENDING)
            row, *more = waiting.order_by("happened_ms", "id")[:2] or [None]
            if row is not None:
                event = _handle(row, afterwards)
                LineEvent.objects.filter(pk=row.pk).update(state=LineEvent.State.DONE, body={}, stored=event)
            services.drop_lease(name, holder)
    except DatabaseError:
        raise
    except Exception:
        if row is None:
            raise
        # One event that nobody foresaw must not stop the account's next ones.
        log.exception("LINE event failed", extra={"event": row.event_id, "kind": row.kind})
        lost = row.attempts + 1 >= MAX_ATTEMPTS
        LineEvent.objects.filter(pk=row.pk).update(
            attempts=row.attempts + 1, state=LineEvent.State.FAILED if lost else LineEvent.State.PENDING
        )
        return None if lost else False
    if row is None:
        return True
    figures.EVENTS.labels(row.kind if row.kind in _HANDLERS else "other").inc()
    for action in afterwards:
        action()
    return None if more else True


def _handle(row: LineEvent, afterwards: list[Callable[[], None]]) -> Event | None:
    if row.lane.startswith(("group:", "room:")):
        _leave(row, afterwards)
        return None
    handler = _HANDLERS.get(row.kind)
    # A failed accountLink has no source.
    if handler is None or not (row.lane or row.kind == "accountLink"):
        return None
    _note_mode(row)
    return handler(row, afterwards)


def _leave(row: LineEvent, afterwards: list[Callable[[], None]]) -> None:
    """This is a place for two: say so once, then go."""
    if row.kind not in {"join", "message", "memberJoined"} or row.body.get("mode") == "standby":
        return
    lane, token = row.lane, row.reply_token

    async def say_and_leave(api: Any) -> None:
        if token:
            await api.reply(token, [{"type": "text", "text": texts.GROUP}])
        await api.leave(lane)

    LineEvent.objects.filter(pk=row.pk).update(reply_used_at=timezone.now())
    afterwards.append(lambda: side.call(say_and_leave))


def _note_mode(row: LineEvent) -> None:
    """Whether this account may be written to: not in standby, not while blocked."""
    identity = Identity.objects.filter(channel="line", external_id=row.lane).first()
    if identity is None:
        return
    data = {key: value for key, value in identity.data.items() if key not in {"standby", "blocked"}}
    if row.body.get("mode") == "standby":
        data["standby"] = True
    # Who writes has not blocked us.
    if row.kind == "unfollow" or (row.kind == "unsend" and identity.data.get("blocked")):
        data["blocked"] = True
    if data != identity.data:
        Identity.objects.filter(pk=identity.pk).update(data=data)


def _standby(row: LineEvent) -> bool:
    return bool(row.body.get("mode") == "standby")


def _conversation(row: LineEvent) -> Conversation:
    """The account's open conversation; a new one begins with the notice and what is agreed to by going on."""
    conversation, new = services.conversation_of_identity("line", row.lane)
    if _standby(row):
        _note_mode(row)
        return conversation
    if new:
        services.say_notice(conversation.pk)
        if not _agreed(conversation, "chat"):
            consent = desk_texts.consent()
            parts = [consent["text"], consent.get("url", ""), texts.CONSENT_TAIL]
            services.append_event(
                conversation.pk,
                type="message",
                author=Event.Author.SYSTEM,
                text="\n".join(part for part in parts if part),
                data={"notice": True},
            )
    elif row.kind in {"message", "postback"} and not _agreed(conversation, "chat"):
        services.give_consent(conversation, kind="chat", version=desk_texts.consent()["version"])
    _wake_waiting(conversation)
    return conversation


def _agreed(conversation: Conversation, kind: str) -> bool:
    newest = Consent.objects.filter(person_id=conversation.person_id, kind=kind).order_by("-at", "-id").first()
    return newest is not None and bool(newest.given)


def _wake_waiting(conversation: Conversation) -> None:
    """A reply token has come: what waits for the month's end can go with it."""
    waiting = Outbox.objects.filter(
        conversation=conversation, state=Outbox.State.PENDING, next_try_at__gt=timezone.now(), data__told=True
    )
    if waiting.update(next_try_at=timezone.now()):
        wakeups.work(conversation.pk)


def _follow(row: LineEvent, _: list[Callable[[], None]]) -> Event | None:
    conversation = _conversation(row)
    if not _standby(row):
        services.tell_engine(conversation.pk, "EXTERNAL_session_opened", key="first")
    return None


def _unfollow(row: LineEvent, _: list[Callable[[], None]]) -> Event | None:
    if not Identity.objects.filter(channel="line", external_id=row.lane).exists():
        return None
    conversation, _new = services.conversation_of_identity("line", row.lane)
    return services.append_event(
        conversation.pk,
        type="note",
        author=Event.Author.SYSTEM,
        visibility=Event.Visibility.STAFF,
        text="LINE でブロックされました。これ以降のメッセージは届きません。",
        data={"blocked": True},
    )


def _unsend(row: LineEvent, _: list[Callable[[], None]]) -> Event | None:
    """Hide it on the screen and delete it from the database, as LINE asks."""
    if not row.message_id:
        return None
    for original in LineEvent.objects.filter(message_id=row.message_id, kind="message", lane=row.lane):
        event = original.stored
        LineEvent.objects.filter(pk=original.pk).update(body={}, state=LineEvent.State.DONE)
        if event is None:
            continue
        LineMedia.objects.filter(event=event).delete()
        services.unsay(event, texts.UNSENT)
        services.append_event(
            event.conversation_id,
            type="unsent",
            author=Event.Author.USER,
            visibility=Event.Visibility.STAFF,
            data={"about": event.seq},
        )
    return None


def _was_unsent(row: LineEvent) -> bool:
    """The unsend may have overtaken its message."""
    return (
        bool(row.message_id)
        and LineEvent.objects.filter(message_id=row.message_id, kind="unsend", lane=row.lane).exists()
    )


def _inbound_data(row: LineEvent) -> Json:
    later = LineEvent.objects.filter(lane=row.lane, state=LineEvent.State.DONE, happened_ms__gt=row.happened_ms)
    return {
        "happened_ms": row.happened_ms,
        **({"late": True} if later.exclude(kind__in=["unsend", "follow"]).exists() else {}),
    }


def _message(row: LineEvent, _: list[Callable[[], None]]) -> Event | None:
    if _was_unsent(row):
        return None
    conversation = _conversation(row)
    message = row.body.get("message")
    message = message if isinstance(message, dict) else {}
    kind, text = str(message.get("type", "")), message.get("text")
    if _standby(row):
        shown = text if isinstance(text, str) else f"[{texts.KINDS.get(kind, kind)}]"
        return services.append_event(
            conversation.pk, type="message", author=Event.Author.USER, text=shown, data={"standby": True}
        )
    if kind == "text" and isinstance(text, str) and text.strip():
        return _text(row, conversation, text)
    if kind in texts.KINDS:
        return _media(row, conversation, kind, message)
    return None


def _text(row: LineEvent, conversation: Conversation, text: str) -> Event | None:
    code, announced = linking.typed_code(text)
    if code:
        event = _link_code(row, conversation, text, code, announced=announced)
        if event is not None:
            return event
    chosen = _typed_choice(conversation, text)
    if chosen:
        return _choice(row, conversation, chosen)
    return _accept(row, conversation, text=text)


def _link_code(row: LineEvent, conversation: Conversation, text: str, code: str, *, announced: bool) -> Event | None:
    """A code of the website was sent: answer with the way to the page. None: it is an ordinary message."""
    answer: Json
    try:
        # Every try counts, so that nobody finds a code by guessing.
        services.spend("link", f"line:{row.lane}")
        linking.waiting(code)
    except services.TooFastError:
        answer = {"text": texts.LINK_BUSY}
    except linking.GoneError:
        answer = {"text": texts.LINK_GONE}
    else:
        answer, announced = {"text": texts.LINK_PAGE, "data": {"link": {"code": code}}}, True
    if not announced:
        return None
    event = _noted(row, conversation, text)
    services.append_event(conversation.pk, type="message", author=Event.Author.SYSTEM, cause=event, part=0, **answer)
    return event


def _account_link(row: LineEvent, _: list[Callable[[], None]]) -> Event | None:
    link = row.body.get("link")
    link = link if isinstance(link, dict) else {}
    nonce = link.get("nonce")
    if _standby(row) or not isinstance(nonce, str):
        return None
    linking.finish(row.lane, nonce[:64], good=link.get("result") == "ok")
    return None


def _accept(row: LineEvent, conversation: Conversation, **message: Any) -> Event | None:
    accepted = services.accept(
        conversation.pk, channel="line", external_id=row.event_id, data=_inbound_data(row), **message
    )
    return Event.objects.filter(conversation_id=accepted.conversation_id, seq=accepted.seq).first()


def _typed_choice(conversation: Conversation, text: str) -> str:
    """The id of the choice whose title was typed (a computer shows no quick replies), or ''."""
    newest = (
        Event.objects.filter(conversation=conversation, type="message", visibility=Event.Visibility.ALL)
        .exclude(author=Event.Author.USER)
        .order_by("-seq")[:5]
    )
    typed = unicodedata.normalize("NFKC", text).strip().lstrip("・")
    for event in newest:
        choices = event.data.get("choices")
        if choices:
            for index, choice in enumerate(choices):
                if unicodedata.normalize("NFKC", choice["title"]).strip() == typed:
                    return f"{event.seq}-{index}"
            return ""
    return ""


def _noted(row: LineEvent, conversation: Conversation, text: str, data: Json | None = None) -> Event:
    """Something that the person did and the engine is not asked about."""
    event = services.append_event(conversation.pk, type="message", author=Event.Author.USER, text=text, data=data or {})
    Inbound.objects.create(
        channel="line",
        external_id=row.event_id,
        conversation=conversation,
        event=event,
        engine_text="",
        diverted=conversation.diverted,
        epoch=conversation.epoch,
        data=_inbound_data(row),
    )
    wakeups.work(conversation.pk)
    return event


def _say(
    conversation: Conversation,
    cause: Event,
    text: str,
    choices: list[tuple[str, str]] | None = None,
    data: Json | None = None,
) -> None:
    data = data or {}
    if choices:
        data["choices"] = [{"title": title, "payload": payload, "question": ""} for title, payload in choices]
    services.append_event(
        conversation.pk,
        type="message",
        author=Event.Author.SYSTEM,
        text=text,
        data=data,
        cause=cause,
        part=0,
    )


def _media(row: LineEvent, conversation: Conversation, kind: str, message: Json) -> Event:
    attachment: Json = {"kind": kind}
    shown = f"[{texts.KINDS[kind]}]"
    name = message.get("fileName")
    if kind == "file" and isinstance(name, str):
        attachment["name"] = name[:255]
        shown += f" {name[:255]}"
    if kind == "location":
        place = [str(message[key])[:200] for key in ("title", "address") if message.get(key)]
        point = [message.get(key) for key in ("latitude", "longitude")]
        if all(isinstance(value, (int, float)) for value in point):
            attachment["point"] = point
        shown = " ".join([shown, *place])
    if kind == "sticker":
        words = message.get("keywords")
        if isinstance(message.get("text"), str):
            shown += f" {message['text'][:100]}"
        elif isinstance(words, list) and words:
            attachment["keywords"] = [str(word)[:40] for word in words[:10]]
    provider = message.get("contentProvider")
    provider = provider if isinstance(provider, dict) else {}
    event = _noted(row, conversation, shown, {"attachment": attachment})
    if kind in {"image", "video", "audio", "file"} and row.message_id and provider.get("type", "line") == "line":
        LineMedia.objects.create(
            event=event, message_id=row.message_id, kind=kind, name=str(attachment.get("name", ""))
        )
    if not conversation.diverted:
        _say(conversation, event, texts.KIND_ANSWERS.get(kind) or texts.KIND_ANSWER.format(kind=texts.KINDS[kind]))
    return event


def _postback(row: LineEvent, afterwards: list[Callable[[], None]]) -> Event | None:
    conversation = _conversation(row)
    postback = row.body.get("postback")
    data = postback.get("data") if isinstance(postback, dict) else None
    data = data if isinstance(data, str) else ""
    if _standby(row):
        return None
    if data.startswith("m="):
        return _menu(row, conversation, data[2:])
    if not data.startswith("c="):
        return None
    owner, _, chosen = data[2:].partition(":")
    if owner != str(conversation.pk):
        return _stale(row, conversation)
    return _choice(row, conversation, chosen, afterwards)


def _stale(row: LineEvent, conversation: Conversation) -> Event:
    event = _noted(row, conversation, "（前の選択肢を選びました）")
    if not conversation.diverted:
        _say(conversation, event, texts.STALE)
    return event


def _menu(row: LineEvent, conversation: Conversation, command: str) -> Event | None:
    title = texts.MENU.get(command)
    if title is None:
        return None
    if command == "settings":
        event = _noted(row, conversation, title)
        is_linked = services.linked("line", conversation.person_id)
        offered = [
            (texts.EXPORT, "line:export"),
            (texts.UNLINK, "line:unlink") if is_linked else (texts.LINK, "line:link"),
            (texts.NOTICE, "line:notice"),
            (texts.ERASE, "line:erase"),
        ]
        _say(conversation, event, texts.SETTINGS, offered)
        return event
    return _accept(row, conversation, text=title, payload=MENU_PAYLOADS[command])


def _choice(
    row: LineEvent, conversation: Conversation, choice_id: str, afterwards: list[Callable[[], None]] | None = None
) -> Event | None:
    try:
        choice = services.find_choice(conversation.pk, choice_id)
    except services.UnknownChoiceError:
        return _stale(row, conversation)
    if not choice.payload.startswith("line:"):
        return _accept(row, conversation, choice_id=choice_id)
    command = choice.payload.removeprefix("line:")
    if command == "erase_yes":
        _erase(row, conversation, afterwards)
        return None
    event = _noted(row, conversation, choice.title)
    if command == "erase":
        sure = texts.ERASE_SURE_LINKED if services.linked("line", conversation.person_id) else texts.ERASE_SURE
        _say(conversation, event, sure, [(texts.ERASE_YES, "line:erase_yes"), (texts.REFUSE, "line:no")])
    elif command == "export":
        _say(conversation, event, texts.EXPORT_PAGE, data={"link": {"export": True}})
    elif command == "notice":
        _say(conversation, event, _notice())
    elif command == "link":
        _say(conversation, event, texts.LINK_HOW)
    elif command == "unlink":
        if not linking.part(conversation.person_id):
            _say(conversation, event, texts.NOT_LINKED)
    else:
        _say(conversation, event, texts.REFUSED)
    return event


def _notice() -> str:
    """Who answers here, what is stored, whom to ask."""
    consent = desk_texts.consent()
    privacy = desk_texts.operator().get("privacy") or {}
    parts = [desk_texts.notice(), consent["text"], consent.get("url", ""), privacy.get("contact") or ""]
    return "\n\n".join(str(part) for part in parts if part)


def _erase(row: LineEvent, conversation: Conversation, afterwards: list[Callable[[], None]] | None) -> None:
    token = row.reply_token
    services.erase_person(conversation.person_id)
    LineEvent.objects.filter(pk=row.pk).update(
        lane="", message_id="", reply_token="", read_token="", reply_used_at=timezone.now()
    )

    async def confirm(api: Any) -> None:
        await api.reply(token, [{"type": "text", "text": texts.ERASED}])

    if token and afterwards is not None:
        afterwards.append(lambda: side.call(confirm))


_HANDLERS: dict[str, Callable[[LineEvent, list[Callable[[], None]]], Event | None]] = {
    "follow": _follow,
    "unfollow": _unfollow,
    "unsend": _unsend,
    "message": _message,
    "postback": _postback,
    "accountLink": _account_link,
}
