"""What moves a conversation between the bot and people. Everything goes by desk.handoff.table.

Views, API, console, channels and the sweeper call these functions; each is one compare-and-swap in
`desk.conversations.services.set_owner`. The loser of a race gets `RefusedError`, which names the holder.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from desk import texts, wakeups
from desk.accounts.models import User
from desk.conversations import services
from desk.conversations.models import Conversation, Event
from desk.handoff import hours, package, table
from desk.handoff.models import Appointment, ExceptionDay, HandoffSettings, OpeningHours, Presence

State = Conversation.State

#: Whose console was open within this time is there; the console calls once a minute.
PRESENT_SECONDS = 150
_LINK_SALT = "desk.handoff.appointment"
LINK_DAYS = 14

TEXTS = {
    "queued_text": "アドバイザーへの相談を受け付けました。順番にご案内しますので、このままお待ちください。",
    "away_text": (
        "アドバイザーへの相談を受け付けました。ただいま席を外しているため、少しお時間をいただくことがあります。"
        "お急ぎでなければ、連絡先を残していただくこともできます。"
    ),
    "closed_text": "ただいまアドバイザーの受付時間外です。",
    "nobody_text": (
        "お待たせして申し訳ありません。ただいまアドバイザーがほかのご相談に対応していて、おつなぎできませんでした。"
    ),
    "cancelled_text": "順番待ちをやめました。ここからは自動応答がお答えします。いつでもまたご相談ください。",
    "declined_text": "わかりました。おつなぎはしません。必要になったら、いつでも「人と話したい」と書いてください。",
    "joined_text": "{name}が対応します。",
    "returned_text": "アドバイザーとの相談はここまでです。ここからは自動応答がお答えします。",
    "closed_by_adviser_text": "相談を終了しました。ご利用ありがとうございました。",
}


class RefusedError(Exception):
    """The table, or somebody who was first, stands against it. `conversation` is what it is now."""

    def __init__(self, conversation: Conversation, *, forbidden: bool = False) -> None:
        """Keep the conversation; `forbidden`: it is the person's role, not the state."""
        super().__init__(f"{conversation.pk} is {conversation.state}")
        self.conversation = conversation
        self.forbidden = forbidden

    @property
    def holder(self) -> str:
        """The name of who has it; empty when nobody."""
        adviser = self.conversation.adviser
        return adviser.desk_name if adviser else ""


def preferences() -> HandoffSettings:
    """The operator's settings, or the defaults before anybody has saved any."""
    return HandoffSettings.objects.filter(pk=1).first() or HandoffSettings(pk=1)


def sentence(name: str, own: HandoffSettings | None = None) -> str:
    """The operator's sentence, or the built-in one."""
    return getattr(own or preferences(), name) or TEXTS[name]


# --- Who is there ---------------------------------------------------------------------------------------------


def schedule(own: HandoffSettings | None = None) -> hours.Schedule:
    """The opening hours as they are set now."""
    own = own or preferences()
    exceptions = {
        row.day: (row.opens, row.closes) if row.opens and row.closes else None for row in ExceptionDay.objects.all()
    }
    return hours.schedule(
        OpeningHours.objects.values_list("weekday", "opens", "closes"),
        holidays_off=own.holidays_off,
        exceptions=exceptions,
        always=own.always_open or settings.DESK_ALWAYS_OPEN,
    )


def is_open(at: datetime | None = None) -> bool:
    """Whether a handover is taken now."""
    return schedule().is_open(at or timezone.now())


def present() -> QuerySet[User]:
    """Advisers whose console is open and who are not away."""
    since = timezone.now() - timedelta(seconds=PRESENT_SECONDS)
    return User.objects.filter(is_active=True, presence__seen_at__gte=since, presence__away=False)


def seen(user: User, *, away: bool | None = None) -> None:
    """Note that this adviser's console is open."""
    values: dict[str, Any] = {"seen_at": timezone.now()}
    if away is not None:
        values["away"] = away
    Presence.objects.update_or_create(user=user, defaults=values)


# --- The queue ------------------------------------------------------------------------------------------------


def queue() -> QuerySet[Conversation]:
    """Who waits, in the order in which they are served: urgent first, then by time."""
    return Conversation.objects.filter(state=State.QUEUED).order_by("-urgent", "state_since", "id")


def position(conversation: Conversation) -> int:
    """1 for who is next."""
    ahead = Q(state_since__lt=conversation.state_since) | Q(
        state_since=conversation.state_since, id__lt=conversation.pk
    )
    waiting = Conversation.objects.filter(state=State.QUEUED)
    if conversation.urgent:
        return waiting.filter(ahead, urgent=True).count() + 1
    return waiting.filter(Q(urgent=True) | ahead).exclude(pk=conversation.pk).count() + 1


#: So many are told their new position when the queue moves; whoever is farther back hears of it later.
_TOLD = 50


def tell_positions() -> None:
    """Tell those who wait on the website where they are now. Not stored and not pushed to LINE."""
    for number, (conversation_id, channel) in enumerate(queue().values_list("pk", "channel")[:_TOLD], start=1):
        if channel == "web":
            hint = {"to": "all", "type": "status", "from": "system", "state": State.QUEUED, "position": number}
            wakeups.hint(conversation_id, hint)


# --- Asked by the visitor, the bot, the desk ------------------------------------------------------------------


@transaction.atomic
def request(conversation_id: UUID, *, reason: str, summary: str = "", urgency: str = "normal") -> Conversation:
    """A human is wanted: into the queue while open, else the offer of an appointment. Asking again changes nothing."""
    conversation = services.lock(conversation_id)
    if conversation.state not in table.ACTIONS["request"].before:
        return conversation
    own = preferences()
    if urgency == "urgent" and not conversation.urgent:
        Conversation.objects.filter(pk=conversation_id).update(urgent=True)
        conversation.urgent = True
    note = package.build(conversation, reason=reason, summary=summary, urgency=urgency)
    services.append_event(
        conversation_id,
        type="note",
        author=Event.Author.SYSTEM,
        visibility=Event.Visibility.STAFF,
        text=package.as_text(note),
        data={"package": note},
    )
    plan = schedule(own)
    now = timezone.now()
    if not plan.is_open(now):
        _offer_appointment(conversation, sentence("closed_text", own), plan.next_opening(now), reason)
        return services.lock(conversation_id)
    here = present().exists()
    number = (
        Conversation.objects.filter(state=State.QUEUED).filter(Q(urgent=True) if conversation.urgent else Q()).count()
    )
    changed = services.set_owner(
        conversation_id,
        to=State.QUEUED,
        by=None,
        reason=reason,
        version=conversation.version,
        data={"position": number + 1, "urgency": urgency},
    )
    text = sentence("queued_text", own)
    if not here:
        text = f"{sentence('away_text', own)}\n{appointment_link(conversation_id)}"
    services.append_event(
        conversation_id,
        type="message",
        author=Event.Author.SYSTEM,
        text=text,
        data={"choices": [services.STOP_CHOICE]},
    )
    return changed


def _offer_appointment(
    conversation: Conversation, text: str, opening: datetime | None, reason: str, extra: str = ""
) -> None:
    lines = [text]
    if opening is not None and opening > timezone.now():
        lines.append(f"次の受付は{hours.spoken(opening)}からです。")
    lines.append(
        f"連絡先とご希望を残していただければ、アドバイザーからご連絡します。\n{appointment_link(conversation.pk)}"
    )
    lines.append(extra or "このまま自動応答での相談も続けられます。")
    services.append_event(
        conversation.pk,
        type="message",
        author=Event.Author.SYSTEM,
        text="\n".join(lines),
        data={"appointment": True, "reason": reason},
    )


def appointment_link(conversation_id: UUID) -> str:
    """The address of the page where the person leaves a contact; signed, so that nobody else can."""
    token = signing.dumps(str(conversation_id), salt=_LINK_SALT)
    base = settings.PUBLIC_URL or f"http://localhost:{settings.PORT}"
    return f"{base}/appointment/{token}/"


def conversation_of_link(token: str) -> Conversation | None:
    """Whose page this is; None when the link is wrong, too old, or the conversation gone or closed."""
    try:
        conversation_id = signing.loads(token, salt=_LINK_SALT, max_age=LINK_DAYS * 86_400)
    except signing.BadSignature:
        return None
    return Conversation.objects.filter(pk=UUID(conversation_id)).exclude(state=State.CLOSED).first()


@transaction.atomic
def book(
    conversation_id: UUID, *, way: str, contact: str, wish: str, name: str = "", consent_version: str
) -> Appointment:
    """Keep the wish to be contacted; from queue or bot the conversation becomes `scheduled` (the bot goes on).

    Raises `RefusedError` while an adviser is there anyway.
    """
    conversation = services.lock(conversation_id)
    if conversation.state not in table.ACTIONS["book"].before:
        raise RefusedError(conversation)
    Appointment.objects.filter(conversation=conversation, done_at__isnull=True).delete()
    appointment = Appointment.objects.create(
        conversation=conversation, way=way, contact=contact, wish=wish, name=name, consent_version=consent_version
    )
    services.give_consent(conversation, kind="contact", version=consent_version)
    text = "ご希望を受け付けました。アドバイザーからご連絡します。"
    before = conversation.state
    services.set_owner(
        conversation_id, to=State.SCHEDULED, by=None, reason="booked", version=conversation.version, text=text
    )
    if before == State.QUEUED:
        # The bot answers again.
        services.tell_engine(conversation_id, "EXTERNAL_returned_to_bot", reason="booked")
        transaction.on_commit(tell_positions)
    return appointment


@transaction.atomic
def cancel(conversation_id: UUID, text: str = "") -> Conversation:
    """The person would rather not wait, or not be called: back to the bot, and the wish with its contact goes."""
    Appointment.objects.filter(conversation_id=conversation_id, done_at__isnull=True).delete()
    return _by_the_table("cancel", conversation_id, None, reason="cancelled", text=text or sentence("cancelled_text"))


@transaction.atomic
def answered(conversation: Conversation, answer: str) -> None:
    """What the person says to a question of the desk itself: "yes" or "no" to being handed over, "stop" to waiting.

    A tap that comes too late (an adviser is there already, nobody waits any more) changes nothing.
    """
    if answer == "stop":
        if conversation.state == State.QUEUED:
            cancel(conversation.pk)
    elif conversation.state in table.ACTIONS["request"].before:
        services.give_consent(conversation, kind="handover", version=texts.consent()["version"], given=answer == "yes")
        if answer == "yes":
            request(conversation.pk, reason="engine_down")
        else:
            services.append_event(
                conversation.pk, type="message", author=Event.Author.SYSTEM, text=sentence("declined_text")
            )


@transaction.atomic
def abandon(conversation_id: UUID, reason: str = "left") -> Conversation:
    """The person is gone (blocked the account): nobody should wait for them."""
    return _by_the_table("abandon", conversation_id, None, reason=reason)


@transaction.atomic
def fail(conversation_id: UUID, reason: str) -> Conversation:
    """Nothing can be delivered to this person any more."""
    return _by_the_table("fail", conversation_id, None, reason=reason)


def lost(conversation_id: UUID, *, blocked: bool) -> None:
    """The channel tells that nothing reaches this person: they have left (blocked us), or it cannot be delivered.

    Who only waits is taken out of the queue. An adviser who is answering keeps the conversation: the channel's note
    tells them, and they decide.
    """
    conversation = services.lock_free_conversation(conversation_id)
    action = "abandon" if blocked else "fail"
    if conversation.state in {State.QUEUED, State.SCHEDULED}:
        _by_the_table(action, conversation_id, None, reason="blocked" if blocked else "undeliverable")


# --- Done by advisers -----------------------------------------------------------------------------------------


def claim(conversation_id: UUID, user: User, version: int | None = None) -> Conversation:
    """Take a conversation. Claiming what one has already changes nothing."""
    conversation = services.lock_free_conversation(conversation_id)
    if conversation.state == State.ACTIVE and conversation.adviser_id == user.pk:
        return conversation
    text = sentence("joined_text").replace("{name}", user.shown_name)
    return _by_the_table("claim", conversation_id, user, reason="claimed", version=version, adviser=user, text=text)


def take_over(conversation_id: UUID, user: User) -> Conversation:
    """A supervisor takes what a colleague holds; it is recorded, and the visitor sees the new name."""
    text = sentence("joined_text").replace("{name}", user.shown_name)
    return _by_the_table("take_over", conversation_id, user, reason="taken_over", adviser=user, text=text)


def transfer(conversation_id: UUID, user: User, to: User, note: str = "") -> Conversation:
    """Give it to a colleague."""
    text = sentence("joined_text").replace("{name}", to.shown_name)
    with transaction.atomic():
        if note:
            services.append_event(
                conversation_id,
                type="note",
                author=Event.Author.ADVISER,
                user=user,
                visibility=Event.Visibility.STAFF,
                text=note,
            )
        return _by_the_table("transfer", conversation_id, user, reason="transferred", adviser=to, text=text)


def wrap_up(conversation_id: UUID, user: User) -> Conversation:
    """The talk is over; the adviser still writes notes, the visitor may still say something."""
    conversation = services.lock_free_conversation(conversation_id)
    return _by_the_table("wrap_up", conversation_id, user, reason="wrap_up", adviser=conversation.adviser)


def resume(conversation_id: UUID, user: User) -> Conversation:
    """Back from wrapping up: there is more to say."""
    return _by_the_table("resume", conversation_id, user, reason="resumed", adviser=user)


def give_back(conversation_id: UUID, user: User, reason: str = "returned") -> Conversation:
    """Let the bot answer again. What was said to people is never replayed to it."""
    return _by_the_table("return", conversation_id, user, reason=reason, text=sentence("returned_text"))


def close(conversation_id: UUID, user: User, reason: str = "solved") -> Conversation:
    """End the conversation with one of `table.END_REASONS`; closing a closed one changes nothing."""
    conversation = services.lock_free_conversation(conversation_id)
    if conversation.state == State.CLOSED:
        return conversation
    return _by_the_table("close", conversation_id, user, reason=reason, text=sentence("closed_by_adviser_text"))


def _by_the_table(
    action: str,
    conversation_id: UUID,
    user: User | None,
    *,
    reason: str,
    version: int | None = None,
    adviser: User | None = None,
    text: str = "",
) -> Conversation:
    with transaction.atomic():
        conversation = services.lock(conversation_id)
        row = table.ACTIONS[action]
        if user is not None:
            holder = conversation.adviser_id == user.pk
            if not table.allowed(action, conversation.state, supervisor=user.supervises, holder=holder):
                raise RefusedError(conversation, forbidden=conversation.state in row.before)
        elif conversation.state not in row.before:
            raise RefusedError(conversation)
        before = conversation.state
        try:
            changed = services.set_owner(
                conversation_id,
                to=row.after,
                by=user,
                reason=reason,
                version=conversation.version if version is None else version,
                adviser=adviser,
                allowed_from=row.before,
                text=text,
            )
        except services.OwnerChanged as lost:
            raise RefusedError(lost.conversation) from lost
        if row.after != State.QUEUED and before == State.QUEUED:
            transaction.on_commit(tell_positions)
        if row.after in {State.ACTIVE, State.CLOSED} and before == State.SCHEDULED:
            Appointment.objects.filter(conversation_id=conversation_id, done_at__isnull=True).update(
                done_at=timezone.now(), done_by=user
            )
        # Who withdraws may still be in danger: the mark stays until people have seen to it.
        if row.after in {State.BOT, State.CLOSED} and conversation.urgent and action != "cancel":
            Conversation.objects.filter(pk=conversation_id).update(urgent=False)
        return changed


# --- Limits ---------------------------------------------------------------------------------------------------


def keep_limits(now: datetime | None = None) -> int:
    """Nobody came in time, nobody finished wrapping up, nobody says anything: end it kindly. Returns how many."""
    now = now or timezone.now()
    own = preferences()
    ended = 0
    late = Conversation.objects.filter(state=State.QUEUED, state_since__lte=now - timedelta(minutes=own.wait_minutes))
    for conversation in late[:200]:
        ended += _nobody_came(conversation, own)
    wrapped = Conversation.objects.filter(
        state=State.WRAP_UP, state_since__lte=now - timedelta(minutes=own.wrap_up_minutes)
    )
    for conversation in wrapped[:200]:
        ended += _end(conversation, "finish", "wrapped_up", sentence("closed_by_adviser_text", own))
    if own.idle_hours:
        idle = Conversation.objects.filter(state=State.ACTIVE, last_event_at__lte=now - timedelta(hours=own.idle_hours))
        for conversation in idle[:200]:
            ended += _idle(conversation, own)
    return ended


def _nobody_came(conversation: Conversation, own: HandoffSettings) -> bool:
    with transaction.atomic():
        try:
            services.set_owner(
                conversation.pk,
                to=State.BOT,
                by=None,
                reason="nobody_came",
                version=conversation.version,
                allowed_from=table.ACTIONS["expire"].before,
            )
        except (services.OwnerChanged, services.ConversationGoneError):
            return False
        _offer_appointment(conversation, sentence("nobody_text", own), None, "nobody_came")
        transaction.on_commit(tell_positions)
    return True


def _end(conversation: Conversation, action: str, reason: str, text: str) -> bool:
    try:
        _by_the_table(action, conversation.pk, None, reason=reason, version=conversation.version, text=text)
    except (RefusedError, services.ConversationGoneError):
        return False
    return True


def _idle(conversation: Conversation, own: HandoffSettings) -> bool:
    try:
        services.set_owner(
            conversation.pk,
            to=State.BOT,
            by=None,
            reason="idle",
            version=conversation.version,
            allowed_from=frozenset({State.ACTIVE}),
            text=sentence("returned_text", own),
        )
    except (services.OwnerChanged, services.ConversationGoneError):
        return False
    return True
