"""Fetches what people sent (pictures, sound, films, files) before LINE deletes it."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from desk import wakeups
from desk.channels.line import side
from desk.channels.line.api import Api, LineError, RefusedError
from desk.channels.line.models import LineMedia

State = LineMedia.State
#: Nothing else is shown in the browser; the rest is downloaded.
SHOWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})


def fetch() -> None:
    """Fetch what is due; one process at a time does this."""
    due = list(LineMedia.objects.filter(state=State.PENDING, next_try_at__lte=timezone.now()).order_by("id")[:10])
    if due:
        side.ask(lambda api: _fetch(api, due))
    for item in due:
        fields = {"state": item.state, "content_type": item.content_type, "content": item.content}
        # An unsend may have removed it meanwhile: update, never insert.
        LineMedia.objects.filter(pk=item.pk).update(attempts=item.attempts, next_try_at=item.next_try_at, **fields)
        if item.state != State.PENDING:
            wakeups.changed(item.event.conversation_id)


async def _fetch(api: Api, due: list[LineMedia]) -> None:
    for item in due:
        await _one(api, item)


async def _one(api: Api, item: LineMedia) -> None:
    try:
        status, kind, content = await api.content(item.message_id)
    except RefusedError as error:
        if error.status in {404, 410}:
            item.state = State.GONE
            return
        _again(item)
    except LineError:
        _again(item)
    else:
        if status == 202:
            # A film that LINE still prepares.
            _again(item)
        elif len(content) > settings.LINE_MEDIA_BYTES:
            item.state = State.TOO_LARGE
        else:
            item.state, item.content_type, item.content = State.STORED, kind[:100], content


def _again(item: LineMedia) -> None:
    item.attempts += 1
    if item.attempts >= 12:
        item.state = State.FAILED
    item.next_try_at = timezone.now() + timedelta(seconds=min(600, 2**item.attempts))
