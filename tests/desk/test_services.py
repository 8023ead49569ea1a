"""The functions that write conversations: order, ownership, diversion, crisis, erasure. No process, no HTTP."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from desk.accounts.models import User
from desk.channels import registry
from desk.conversations import crisis, services, wire
from desk.conversations.models import Conversation, Event, Inbound, Outbox, RateLimit, Tombstone

pytestmark = pytest.mark.django_db(transaction=True)
State = Conversation.State


@pytest.fixture
def adviser(transactional_db: None) -> User:
    return User.objects.create(username="mori", display_name="森")


def say(conversation: Conversation, text: str, **more: Any) -> services.Accepted:
    return services.accept(
        conversation.pk, channel="web", external_id=more.pop("external_id", str(uuid.uuid4())), text=text, **more
    )


def in_threads(functions: list[Any]) -> list[Any]:
    """Run functions at the same time; what each returned or raised."""
    results: list[Any] = [None] * len(functions)
    barrier = threading.Barrier(len(functions))

    def run(index: int) -> None:
        barrier.wait()
        try:
            results[index] = functions[index]()
        except Exception as error:  # noqa: BLE001 - handed to the test
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(functions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_seq_rises_by_one_whoever_writes_at_once(conversation: Conversation) -> None:
    writes = [lambda: services.append_event(conversation.pk, type="message", author="bot", text="x") for _ in range(16)]
    stored = in_threads(writes)
    first = min(event.seq for event in stored)
    assert sorted(event.seq for event in stored) == list(range(first, first + 16))


def test_the_same_webhook_at_once_is_one_message(conversation: Conversation) -> None:
    results = in_threads([lambda: say(conversation, "a", external_id="same") for _ in range(8)])
    assert len({result.seq for result in results}) == 1
    assert [result.repeated for result in results].count(False) == 1
    assert Event.objects.filter(conversation=conversation, author="user").count() == 1


def test_a_hundred_claims_at_once_have_one_winner(conversation: Conversation) -> None:
    services.set_owner(conversation.pk, to=State.QUEUED, by=None, reason="asked")
    version = Conversation.objects.get(pk=conversation.pk).version
    advisers = [User.objects.create(username=f"a{number}") for number in range(25)]

    def claim(user: User) -> Any:
        return lambda: services.set_owner(
            conversation.pk, to=State.ACTIVE, by=user, reason="claimed", version=version, adviser=user
        )

    results = in_threads([claim(user) for user in advisers])
    winners = [result for result in results if isinstance(result, Conversation)]
    losers = [result for result in results if isinstance(result, services.OwnerChanged)]
    assert (len(winners), len(losers)) == (1, 24)
    assert {loser.conversation.adviser_id for loser in losers} == {winners[0].adviser_id}


def test_the_engine_is_not_asked_while_people_have_the_conversation(conversation: Conversation, adviser: User) -> None:
    for to, holder in ((State.QUEUED, None), (State.ACTIVE, adviser), (State.WRAP_UP, adviser)):
        services.set_owner(conversation.pk, to=to, by=None, reason="test", adviser=holder)
        say(conversation, "人に")
        turn = services.next_turn(conversation.pk)
        assert turn is not None
        assert turn.diverted
        services.store_diverted(turn, None)
    assert set(Inbound.objects.filter(channel="web").values_list("outcome", flat=True)) == {"diverted"}


def test_a_diverted_choice_reaches_nobody_but_people(conversation: Conversation) -> None:
    services.append_event(
        conversation.pk,
        type="message",
        author="bot",
        data={"choices": [{"title": "はい", "payload": "/affirm", "question": ""}]},
    )
    services.set_owner(conversation.pk, to=State.QUEUED, by=None, reason="asked")
    seq = Event.objects.filter(author="bot").get().seq
    services.accept(conversation.pk, channel="web", external_id="c", choice_id=f"{seq}-0")
    assert services.next_turn(conversation.pk) is None
    assert Inbound.objects.get(external_id="c").outcome == "diverted"


def test_a_reply_after_a_takeover_is_dropped(conversation: Conversation, adviser: User) -> None:
    say(conversation, "質問")
    turn = services.next_turn(conversation.pk)
    assert turn is not None
    services.set_owner(conversation.pk, to=State.ACTIVE, by=adviser, reason="takeover", adviser=adviser)
    assert services.store_replies(turn, [{"text": "late"}]) == "dropped"
    assert not Event.objects.filter(text="late").exists()
    assert services.store_replies(turn, [{"text": "late"}]) == "dropped"


def test_there_is_one_terminal_reply_whatever_comes_first(conversation: Conversation) -> None:
    for first, second in (("apology", "answer"), ("answer", "apology")):
        say(conversation, first)
        turn = services.next_turn(conversation.pk)
        assert turn is not None
        for step in (first, second):
            if step == "apology":
                services.apologise(turn)
            else:
                services.store_replies(turn, [{"text": "answered"}])
        assert Event.objects.filter(cause__inbound=turn.inbound_id).count() == 1


def test_the_database_refuses_a_second_part_zero(conversation: Conversation) -> None:
    cause = services.append_event(conversation.pk, type="message", author="user", text="q")
    services.append_event(conversation.pk, type="message", author="bot", text="a", cause=cause, part=0)
    with pytest.raises(IntegrityError):
        services.append_event(conversation.pk, type="message", author="bot", text="b", cause=cause, part=0)


def test_the_database_refuses_an_active_conversation_without_an_adviser(conversation: Conversation) -> None:
    with pytest.raises(IntegrityError):
        Conversation.objects.filter(pk=conversation.pk).update(state=State.ACTIVE)


def test_giving_back_tells_the_engine_once_and_replays_nothing(conversation: Conversation, adviser: User) -> None:
    services.set_owner(conversation.pk, to=State.ACTIVE, by=adviser, reason="x", adviser=adviser)
    say(conversation, "人への話")
    services.set_owner(conversation.pk, to=State.BOT, by=adviser, reason="returned")
    told = []
    while (turn := services.next_turn(conversation.pk)) is not None:
        if turn.diverted:
            services.store_diverted(turn, None)
        else:
            told.append((turn.text, turn.metadata.get("reason")))
            services.store_replies(turn, [{"text": "back"}])
    assert told == [("/EXTERNAL_returned_to_bot", "returned")]


CRISIS = "もう死にたいです"


def test_a_crisis_while_waiting_alerts_and_is_answered_at_once(conversation: Conversation) -> None:
    services.set_owner(conversation.pk, to=State.QUEUED, by=None, reason="asked")
    seq = say(conversation, CRISIS).seq
    conversation.refresh_from_db()
    assert conversation.urgent
    alert = Event.objects.get(type="alert")
    assert (alert.visibility, alert.data["about"], alert.text) == ("staff", seq, "")
    said = Event.objects.get(author="bot")
    assert "119" in said.text
    turn = services.next_turn(conversation.pk)
    assert turn is not None
    services.store_diverted(turn, crisis.Finding("crisis", "urgent", crisis.reply_for("crisis")))
    assert Event.objects.filter(author="bot").count() == 1
    assert Event.objects.filter(type="alert").count() == 1


def test_a_crisis_before_an_adviser_alerts_only(conversation: Conversation, adviser: User) -> None:
    services.set_owner(conversation.pk, to=State.ACTIVE, by=adviser, reason="x", adviser=adviser)
    say(conversation, CRISIS)
    assert Event.objects.filter(type="alert").count() == 1
    assert not Event.objects.filter(author="bot").exists()


def test_what_only_the_classifier_finds_is_answered_too(conversation: Conversation) -> None:
    services.set_owner(conversation.pk, to=State.QUEUED, by=None, reason="asked")
    say(conversation, "ぜんぶ おわりに")
    turn = services.next_turn(conversation.pk)
    assert turn is not None
    finding = crisis.from_parse({"intent": {"name": "crisis", "confidence": 0.9}})
    services.store_diverted(turn, finding)
    assert "119" in Event.objects.get(author="bot").text


def test_with_the_engine_down_a_crisis_gets_the_crisis_text_not_an_apology(conversation: Conversation) -> None:
    say(conversation, CRISIS)
    turn = services.next_turn(conversation.pk)
    assert turn is not None
    assert services.apologise(turn)
    answer = Event.objects.get(cause__isnull=False)
    assert "119" in answer.text
    assert Event.objects.filter(type="alert").count() == 1


def test_a_reply_or_note_with_an_id_is_stored_once(conversation: Conversation, adviser: User) -> None:
    uid = uuid.uuid4()
    write = {"type": "message", "author": "adviser", "user": adviser, "text": "はい"}
    results = in_threads([lambda: services.append_once(conversation.pk, uid, **write) for _ in range(6)])
    assert [created for _, created in results].count(True) == 1
    assert len({event.pk for event, _ in results}) == 1


def test_visitors_never_see_notes_payloads_or_reasons(conversation: Conversation, adviser: User) -> None:
    event = services.append_event(
        conversation.pk,
        type="status",
        author="system",
        data={
            "state": "active",
            "reason": "secret",
            "choices": [{"title": "t", "payload": "/secret", "question": "q"}],
        },
    )
    shown = str(wire.public(event))
    assert "secret" not in shown
    assert "active" in shown


class _Sender:
    channel = "postcard"

    async def deliver(self, rows: list[Outbox]) -> list[registry.Delivery]:
        return []


def test_only_push_channels_have_an_outbox_and_only_for_what_visitors_see(transactional_db: None) -> None:
    registry.register(_Sender())
    try:
        conversation = services.open_conversation(channel="postcard")
        services.append_event(conversation.pk, type="note", author="adviser", text="n", visibility="staff")
        services.append_event(conversation.pk, type="message", author="user", text="u")
        shown = services.append_event(conversation.pk, type="message", author="bot", text="b")
    finally:
        registry.unregister("postcard")
    assert list(Outbox.objects.values_list("event_id", flat=True)) == [shown.pk]
    web = services.open_conversation(channel="web")
    services.append_event(web.pk, type="message", author="bot", text="b")
    assert Outbox.objects.count() == 1


def test_limits_are_kept_and_told(transactional_db: None, settings: Any) -> None:
    settings.RATE_LIMITS = {"message": (3, 60)}
    for _ in range(3):
        services.spend("message", "x")
    with pytest.raises(services.TooFastError) as refused:
        services.spend("message", "x")
    assert 1 <= refused.value.wait <= 21
    services.spend("message", "y")
    RateLimit.objects.filter(key="message:x").update(due=0)
    services.spend("message", "x")


def test_a_refused_message_leaves_nothing(conversation: Conversation, settings: Any) -> None:
    settings.RATE_LIMITS = {"message": (1, 60)}
    say(conversation, "1", limits=(("message", "x"),))
    before = Event.objects.count()
    with pytest.raises(services.TooFastError):
        say(conversation, "2", limits=(("message", "x"),))
    assert Event.objects.count() == before


def test_a_lease_is_held_by_one_and_lost_by_expiry(transactional_db: None) -> None:
    me, other = uuid.uuid4(), uuid.uuid4()
    assert services.take_lease("x", me, 30)
    assert not services.take_lease("x", other, 30)
    assert services.take_lease("x", me, -1)
    assert services.take_lease("x", other, 30)
    services.drop_lease("x", me)
    assert not services.take_lease("x", me, 30)


def test_line_has_one_open_conversation_and_keeps_its_sender(transactional_db: None) -> None:
    results = in_threads([lambda: services.conversation_of_identity("line", "U1") for _ in range(6)])
    assert len({conversation.pk for conversation, _ in results}) == 1
    first = results[0][0]
    services.close(first.pk, by=None, reason="adviser")
    with pytest.raises(services.ConversationClosedError):
        say(first, "まだ")
    second, new = services.conversation_of_identity("line", "U1")
    assert new
    assert (second.person_id, second.sender_id) == (first.person_id, first.sender_id)


def test_erasing_leaves_a_tombstone_and_nothing_else(conversation: Conversation) -> None:
    say(conversation, "消す")
    turn = services.next_turn(conversation.pk)
    assert turn is not None
    assert services.erase_person(conversation.person_id) == 1
    assert not Conversation.objects.filter(pk=conversation.pk).exists()
    assert Event.objects.count() == Inbound.objects.count() == 0
    assert list(Tombstone.objects.values_list("sender", flat=True)) == [conversation.sender_id]
    with pytest.raises(services.ConversationGoneError):
        services.store_replies(turn, [{"text": "late"}])


@pytest.mark.parametrize(
    ("typed", "given"),
    [
        ("/restart", "restart"),
        ("／ｇｒｅｅｔ", "greet"),
        ("  //a{}", "a{}"),
        ("///", "・"),
        ("1/2", "1/2"),
        ("ｱｲｳ", "アイウ"),
        ("\u3000/x", "x"),
    ],
)
def test_the_engines_copy_of_typed_text(typed: str, given: str) -> None:
    assert services.for_engine(typed) == given


def test_what_is_in_a_transaction_is_undone_with_it(conversation: Conversation) -> None:
    before = Conversation.objects.get(pk=conversation.pk).last_seq

    def fail() -> None:
        with transaction.atomic():
            services.append_event(conversation.pk, type="message", author="bot", text="x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert Conversation.objects.get(pk=conversation.pk).last_seq == before
