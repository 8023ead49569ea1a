"""What the desk stores about conversations. The invariants stand here as database constraints.

Person, conversation and engine sender are three things:

* A **Person** is whoever writes. A website visitor is an anonymous person; a LINE account is an `Identity`
  of a person, so that one person may be reached on both after linking.
* A **Conversation** is one transcript on one channel, with its own `seq`. It has at most one owner at a time.
* An **EngineSender** is the name under which the engine keeps its tracker (what the bot remembers).

What follows `closed`: on the website the session has ended, and a new one is a new person, conversation and
sender. On LINE there are no sessions: the next message opens a new conversation of the same person with the
same sender, so that the bot still knows the result of the self-analysis.
Linking a website visitor to a LINE account: the LINE identity and its conversations move to the visitor's person,
and go on with the *website's* sender (there the person has just talked), so that both channels speak with one
tracker. The former LINE sender is erased in the engine, unless an earlier website conversation still uses it: a
LINE account that is linked anew leaves the earlier visitor as it was. A person has one LINE account at most.
Unlinking, from either side and at any time, gives the LINE identity, with its conversations and consents, a new
person and a new sender; the tracker stays with the website. Erasing a person erases both channels while they are
linked, and only the one that asks afterwards.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Person(models.Model):
    """Whoever writes to us; anonymous unless a channel tells more."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    display_name = models.CharField(max_length=100, blank=True)

    class Meta:
        # The search looks through names; few people have one.
        indexes: ClassVar = [
            models.Index(fields=["display_name"], condition=~Q(display_name=""), name="person_with_name")
        ]

    def __str__(self) -> str:
        return f"person {self.id}"


class Identity(models.Model):
    """A person's account on a channel that has accounts (LINE user id)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="identities")
    channel = models.CharField(max_length=20)
    external_id = models.CharField(max_length=200)
    data = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "identities"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "external_id"], name="identity_once_per_channel"),
            models.UniqueConstraint(fields=["person", "channel"], name="identity_one_account_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} identity of {self.person_id}"


class EngineSender(models.Model):
    """The name under which the engine keeps a tracker. Opaque, never shown outside, never guessable."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="senders")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.id)


class Conversation(models.Model):
    """One transcript on one channel and who owns it now."""

    class State(models.TextChoices):
        BOT = "bot", "自動応答"
        QUEUED = "queued", "順番待ち"
        SCHEDULED = "scheduled", "予約済み"
        ACTIVE = "active", "対応中"
        WRAP_UP = "wrap_up", "終了処理中"
        CLOSED = "closed", "終了"
        ABANDONED = "abandoned", "離脱"
        FAILED = "failed", "不成立"

    #: Here nobody but the people concerned sees what is written; the engine is not asked.
    DIVERTED: ClassVar[frozenset[str]] = frozenset({State.QUEUED, State.ACTIVE, State.WRAP_UP})

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="conversations")
    sender = models.ForeignKey(EngineSender, on_delete=models.PROTECT, related_name="conversations")
    channel = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State.choices, default=State.BOT)
    adviser = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="conversations"
    )
    #: Rises with every change of state or adviser; the compare-and-swap of a claim names it.
    version = models.PositiveIntegerField(default=0)
    #: Rises when the owner changes; a bot reply that carries an older one is dropped.
    epoch = models.PositiveIntegerField(default=0)
    #: The seq given to the newest event.
    last_seq = models.PositiveBigIntegerField(default=0)
    urgent = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    last_event_at = models.DateTimeField(default=timezone.now)
    state_since = models.DateTimeField(default=timezone.now)
    #: When the automatic-service notice was said (once in a conversation).
    notice_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    state__in=["bot", "queued", "scheduled", "active", "wrap_up", "closed", "abandoned", "failed"]
                ),
                name="conversation_state_known",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=["active", "wrap_up"], adviser__isnull=False)
                    | (~Q(state__in=["active", "wrap_up"]) & Q(adviser__isnull=True))
                ),
                name="conversation_adviser_iff_active",
            ),
            # LINE has no sessions: one open conversation a person.
            models.UniqueConstraint(
                fields=["person", "channel"],
                condition=Q(channel="line") & ~Q(state="closed"),
                name="conversation_one_open_on_line",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "state_since"], name="conversation_by_state"),
            models.Index(fields=["adviser", "state"], name="conversation_by_adviser"),
            models.Index(fields=["last_event_at"], name="conversation_by_activity"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def diverted(self) -> bool:
        """True while what is written goes to people, not to the engine."""
        return self.state in self.DIVERTED


class Event(models.Model):
    """One thing that happened in a conversation, in the order of `seq`. Rows are added, never changed.

    This table is the transcript, the audit trail, the replay of the event stream and the source of figures.
    """

    class Author(models.TextChoices):
        USER = "user"
        BOT = "bot"
        ADVISER = "adviser"
        SYSTEM = "system"

    class Visibility(models.TextChoices):
        ALL = "all", "visitor and staff"
        STAFF = "staff", "staff only"

    id = models.BigAutoField(primary_key=True)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveBigIntegerField()
    #: The client's UUID of a message, the adviser's `id` of a reply or note; ours otherwise.
    uid = models.UUIDField(default=uuid.uuid4)
    type = models.CharField(max_length=20)
    author = models.CharField(max_length=10, choices=Author.choices)
    #: The adviser (or whoever of the staff) who caused it.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    visibility = models.CharField(max_length=10, choices=Visibility.choices, default=Visibility.ALL)
    at = models.DateTimeField(default=timezone.now)
    text = models.TextField(blank=True)
    #: `text` in NFKC and lower case, for the search.
    search = models.TextField(blank=True, editable=False)
    data = models.JSONField(default=dict, blank=True)
    #: The user's event that a bot reply answers, and which part of the answer this is.
    cause = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="replies")
    part = models.PositiveSmallIntegerField(null=True, blank=True)
    epoch = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="event_seq_once"),
            models.UniqueConstraint(fields=["conversation", "uid"], name="event_uid_once"),
            # However often a turn is tried, a part of its answer is stored once.
            models.UniqueConstraint(fields=["cause", "part"], name="event_part_once"),
            models.CheckConstraint(
                condition=Q(author__in=["user", "bot", "adviser", "system"]), name="event_author_known"
            ),
            models.CheckConstraint(condition=Q(visibility__in=["all", "staff"]), name="event_visibility_known"),
            models.CheckConstraint(
                condition=Q(cause__isnull=True, part__isnull=True) | Q(cause__isnull=False, part__isnull=False),
                name="event_part_with_cause",
            ),
            models.CheckConstraint(condition=Q(seq__gt=0), name="event_seq_positive"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["type", "at"], name="event_by_type"),
            models.Index(fields=["at"], name="event_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} #{self.seq} {self.type}"


class Inbound(models.Model):
    """Something a channel brought in. `outcome` is empty until its one terminal reply (or diversion) is stored."""

    class Outcome(models.TextChoices):
        PENDING = "", "pending"
        ANSWERED = "answered", "the engine's replies are stored"
        APOLOGISED = "apologised", "the engine did not answer in time"
        DIVERTED = "diverted", "it went to people"
        DROPPED = "dropped", "the owner changed while the engine was asked"
        NOTED = "noted", "nothing was to be answered"

    id = models.BigAutoField(primary_key=True)
    channel = models.CharField(max_length=20)
    #: Client-made UUID (website), webhookEventId (LINE), or a name of ours for what the desk tells the engine.
    external_id = models.CharField(max_length=100)
    #: The id of the message for the engine; the same on every retry.
    message_id = models.UUIDField(default=uuid.uuid4, unique=True)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="inbound")
    event = models.OneToOneField(Event, on_delete=models.CASCADE, null=True, blank=True, related_name="inbound")
    #: What the engine is to be told; a slash at the start is ours, never the visitor's.
    engine_text = models.TextField(blank=True)
    #: True: diverted to people; only the crisis check is still to be done.
    diverted = models.BooleanField(default=False)
    epoch = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.PENDING, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    #: What the channel needs later (LINE: reply token and its time).
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name_plural = "inbound"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "external_id"], name="inbound_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=["", "answered", "apologised", "diverted", "dropped", "noted"]),
                name="inbound_outcome_known",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", finished_at__isnull=True) | (~Q(outcome="") & Q(finished_at__isnull=False)),
                name="inbound_finished_iff_outcome",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["conversation", "id"], condition=Q(outcome=""), name="inbound_pending"),
            models.Index(fields=["next_try_at"], condition=Q(outcome=""), name="inbound_due"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.external_id}"


class Outbox(models.Model):
    """One event to be pushed to one channel. The website has no rows here: it reads events by seq."""

    class State(models.TextChoices):
        PENDING = "pending"
        SENT = "sent"
        FAILED = "failed"
        SKIPPED = "skipped"

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="outbox")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="outbox")
    channel = models.CharField(max_length=20)
    #: The same on every try, so that the platform can drop a repeat.
    retry_key = models.UUIDField(default=uuid.uuid4, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name_plural = "outbox"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "channel"], name="outbox_once"),
            models.CheckConstraint(
                condition=Q(state="pending", finished_at__isnull=True)
                | (Q(state__in=["sent", "failed", "skipped"]) & Q(finished_at__isnull=False)),
                name="outbox_finished_iff_done",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_try_at"], condition=Q(state="pending"), name="outbox_due"),
            models.Index(fields=["conversation", "id"], condition=Q(state="pending"), name="outbox_pending"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.event_id} {self.state}"


class Consent(models.Model):
    """What a person agreed to (or refused), which wording, and when. Kept as the record of consent."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    conversation = models.ForeignKey(
        Conversation, on_delete=models.SET_NULL, null=True, blank=True, related_name="consents"
    )
    #: "chat", "self_analysis", "handover", "summary", "contact" …
    kind = models.CharField(max_length=30)
    version = models.CharField(max_length=100)
    given = models.BooleanField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(version=""), name="consent_names_its_version"),
        ]
        indexes: ClassVar = [models.Index(fields=["person", "kind", "at"], name="consent_by_person")]

    def __str__(self) -> str:
        return f"{self.kind} {self.version} {'given' if self.given else 'refused'}"


class Lease(models.Model):
    """Who may do a piece of work now; taken by compare-and-swap, lost by expiry when its holder dies."""

    name = models.CharField(primary_key=True, max_length=80)
    holder = models.UUIDField()
    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class RateLimit(models.Model):
    """The state of one limit for one caller (generic cell rate algorithm): when the next call would be on time."""

    key = models.CharField(primary_key=True, max_length=100)
    #: Seconds since the epoch.
    due = models.FloatField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["due"], name="rate_limit_by_due")]

    def __str__(self) -> str:
        return self.key


class Tombstone(models.Model):
    """An engine sender that was erased: the engine must forget it, and nothing may be written under it again."""

    sender = models.UUIDField(primary_key=True)
    erased_at = models.DateTimeField(default=timezone.now)
    #: When the engine confirmed; the sweeper asks until then.
    engine_done_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["next_try_at"], condition=Q(engine_done_at__isnull=True), name="tombstone_due")
        ]

    def __str__(self) -> str:
        return str(self.sender)
