"""The handover: table, hours, queue, claim, limits, return."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

import tests.desk.django_env  # noqa: F401
from desk.handoff import hours, table

STATES = {"bot", "queued", "scheduled", "active", "wrap_up", "closed", "abandoned", "failed"}


def test_table_names_only_known_states() -> None:
    for row in table.TABLE:
        assert row.before <= STATES
        assert row.after in STATES
        assert "closed" not in row.before, "nothing leads out of closed"
    assert len(table.ACTIONS) == len(table.TABLE)


def test_who_may_what() -> None:
    assert table.allowed("claim", "queued", supervisor=False, holder=False)
    assert not table.allowed("claim", "active", supervisor=True, holder=False)
    assert table.allowed("take_over", "active", supervisor=True, holder=False)
    assert not table.allowed("take_over", "active", supervisor=False, holder=False)
    assert not table.allowed("return", "active", supervisor=False, holder=False)
    assert table.allowed("return", "active", supervisor=False, holder=True)


def _week() -> hours.Schedule:
    return hours.schedule(
        [(day, time(10), time(19)) for day in range(5)],
        holidays_off=True,
        exceptions={date(2026, 11, 25): None, date(2026, 11, 28): (time(10), time(12))},
        always=False,
    )


@pytest.mark.parametrize(
    ("at", "opened"),
    [
        (datetime(2026, 11, 24, 1, 0, tzinfo=UTC), True),  # Tuesday 10:00 in Tokyo
        (datetime(2026, 11, 24, 0, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 24, 10, 0, tzinfo=UTC), False),  # 19:00
        (datetime(2026, 11, 23, 3, 0, tzinfo=UTC), False),  # Labour Thanksgiving Day
        (datetime(2026, 11, 25, 3, 0, tzinfo=UTC), False),  # closed by exception
        (datetime(2026, 11, 28, 2, 0, tzinfo=UTC), True),  # Saturday, opened by exception
        (datetime(2026, 11, 22, 3, 0, tzinfo=UTC), False),  # Sunday
    ],
)
def test_hours(at: datetime, opened: bool) -> None:
    assert _week().is_open(at) is opened


def test_next_opening_skips_the_holiday() -> None:
    saturday = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
    opening = _week().next_opening(saturday)
    assert opening is not None
    assert hours.spoken(opening) == "11月24日（火）10時"


def _adviser(name: str, role: str = "adviser") -> Any:
    from desk.accounts.models import User

    return User.objects.create(username=name, display_name=name, role=role)


def _texts(conversation: Any) -> list[str]:
    from desk.conversations.models import Event

    return list(
        Event.objects.filter(conversation=conversation, visibility="all", type="message").values_list("text", flat=True)
    )


def test_a_request_queues_and_tells_the_adviser_why(conversation: Any) -> None:
    from desk.conversations import services
    from desk.conversations.models import Conversation, Event

    services.request_human(conversation, reason="asked", summary="経理に興味", urgency="soon")
    now = Conversation.objects.get(pk=conversation.pk)
    assert now.state == "queued"
    note = Event.objects.get(conversation=conversation, type="note")
    assert note.visibility == "staff"
    assert "経理に興味" in note.text
    assert note.data["package"]["urgency"] == "soon"
    status = Event.objects.filter(conversation=conversation, type="status").latest("seq")
    assert status.data["position"] == 1
    services.request_human(now, reason="asked")
    assert Event.objects.filter(conversation=conversation, type="note").count() == 1, "asking again changes nothing"


def test_urgent_is_served_first(transactional_db: None) -> None:
    from desk.conversations import services
    from desk.conversations.models import Conversation
    from desk.handoff import services as handoff

    first, second, third = (services.open_conversation(channel="web") for _ in range(3))
    for one in (first, second):
        services.request_human(one, reason="asked")
    services.request_human(third, reason="crisis", urgency="urgent")
    assert list(handoff.queue().values_list("pk", flat=True)) == [third.pk, first.pk, second.pk]
    assert [handoff.position(Conversation.objects.get(pk=one.pk)) for one in (third, first, second)] == [1, 2, 3]


def test_out_of_hours_offers_an_appointment_and_keeps_the_bot(conversation: Any) -> None:
    from desk.conversations import services
    from desk.conversations.models import Conversation
    from desk.handoff import services as handoff
    from desk.handoff.models import HandoffSettings, OpeningHours

    HandoffSettings.objects.create(pk=1, always_open=False)
    OpeningHours.objects.all().delete()
    services.request_human(conversation, reason="asked")
    assert Conversation.objects.get(pk=conversation.pk).state == "bot"
    text = _texts(conversation)[-1]
    assert "/appointment/" in text
    token = text.split("/appointment/")[1].split("/")[0]
    found = handoff.conversation_of_link(token)
    assert found is not None
    assert found.pk == conversation.pk
    handoff.book(conversation.pk, way="phone", contact="0312345678", wish="平日の夜", consent_version="1")
    assert Conversation.objects.get(pk=conversation.pk).state == "scheduled"


def test_appointment_page(conversation: Any, client: Any) -> None:
    from desk.handoff import services as handoff
    from desk.handoff.models import Appointment

    path = "/appointment/" + handoff.appointment_link(conversation.pk).split("/appointment/")[1]
    assert client.get(path).status_code == 200
    assert client.post(path, {"way": "phone", "contact": "0312345678"}).status_code == 422, "no consent"
    forgotten = client.post(path, {"way": "phone", "contact": "", "consent": "1"})
    assert forgotten.status_code == 422
    assert 'name="consent" value="1" checked' in forgotten.content.decode(), "what was given is not asked for again"
    assert client.post(path, {"way": "phone", "contact": "0312345678", "consent": "1"}).status_code == 200
    assert Appointment.objects.get().contact == "0312345678"
    assert client.get("/appointment/wrong/").status_code == 404


@pytest.mark.parametrize(
    ("way", "contact", "kept"),
    [
        ("phone", "０９０ー１２３４ー５６７８", "090-1234-5678"),
        ("phone", "+81 90-1234-5678", "+81 90-1234-5678"),
        ("phone", "あとで決めます", ""),
        ("phone", "1234", ""),
        ("phone", "hana@example.com", ""),
        ("mail", "ｈａｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "hana@example.com"),
        ("mail", "hana@example", ""),
        ("mail", "090-1234-5678", ""),
        ("chat", "", ""),
    ],
)
def test_a_contact_that_reaches_nobody_is_asked_for_again(
    conversation: Any, client: Any, way: str, contact: str, kept: str
) -> None:
    from desk.handoff import services as handoff
    from desk.handoff.models import Appointment

    path = "/appointment/" + handoff.appointment_link(conversation.pk).split("/appointment/")[1]
    page = client.post(path, {"way": way, "contact": contact, "wish": "平日の夜", "consent": "1"})
    if kept or way == "chat":
        assert page.status_code == 200
        assert Appointment.objects.get().contact == kept
        return
    assert page.status_code == 422
    asked = {"phone": "電話番号だけを", "mail": "メールアドレスをご確認"}[way]
    assert asked in page.content.decode()
    assert contact in page.content.decode(), "what was typed stays, to be mended"
    assert not Appointment.objects.exists()


def test_nobody_comes(conversation: Any) -> None:
    from desk.conversations import services
    from desk.conversations.models import Conversation, Event
    from desk.handoff import services as handoff

    services.request_human(conversation, reason="asked")
    now = Conversation.objects.get(pk=conversation.pk).state_since
    assert handoff.keep_limits(now + timedelta(minutes=9)) == 0
    assert handoff.keep_limits(now + timedelta(minutes=11)) == 1
    assert Conversation.objects.get(pk=conversation.pk).state == "bot"
    assert "申し訳ありません" in _texts(conversation)[-1]
    told = Event.objects.filter(conversation=conversation, type="engine_told")
    assert [event.data["intent"] for event in told] == ["EXTERNAL_returned_to_bot"]
    assert handoff.keep_limits(now + timedelta(minutes=30)) == 0


def test_claim_reply_return(conversation: Any) -> None:
    from desk.conversations import services
    from desk.conversations.models import Conversation, Event
    from desk.handoff import services as handoff

    one, other, boss = _adviser("佐藤"), _adviser("鈴木"), _adviser("部長", "supervisor")
    services.request_human(conversation, reason="asked")
    claimed = handoff.claim(conversation.pk, one)
    assert (claimed.state, claimed.adviser_id) == ("active", one.pk)
    with pytest.raises(handoff.RefusedError) as refused:
        handoff.claim(conversation.pk, other)
    assert refused.value.holder == "佐藤"
    with pytest.raises(handoff.RefusedError):
        handoff.take_over(conversation.pk, other)
    with pytest.raises(handoff.RefusedError):
        handoff.give_back(conversation.pk, other)
    epoch = claimed.epoch
    assert handoff.take_over(conversation.pk, boss).epoch == epoch + 1
    assert handoff.transfer(conversation.pk, boss, one, "お願いします").adviser_id == one.pk
    assert handoff.wrap_up(conversation.pk, one).state == "wrap_up"
    assert handoff.give_back(conversation.pk, one).state == "bot"
    assert Event.objects.filter(conversation=conversation, type="engine_told").count() == 1
    assert handoff.close(conversation.pk, one).state == "closed"
    assert handoff.close(conversation.pk, one).state == "closed"
    with pytest.raises(handoff.RefusedError):
        handoff.claim(conversation.pk, one)
    assert Conversation.objects.get(pk=conversation.pk).adviser_id is None


def test_a_hundred_claim_at_once(conversation: Any) -> None:
    from django.db import connection

    from desk.conversations import services
    from desk.handoff import services as handoff

    services.request_human(conversation, reason="asked")
    advisers = [_adviser(f"adviser-{number}") for number in range(100)]
    start = threading.Barrier(100)
    won: list[str] = []
    lost: list[str] = []

    def claim(user: Any) -> None:
        try:
            start.wait()
            handoff.claim(conversation.pk, user)
            won.append(user.desk_name)
        except handoff.RefusedError as refused:
            lost.append(refused.holder)
        finally:
            connection.close()

    threads = [threading.Thread(target=claim, args=[user]) for user in advisers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert lost == won * 99


def test_message_that_races_the_claim_is_never_lost(conversation: Any) -> None:
    from desk.conversations import services
    from desk.conversations.models import Inbound
    from desk.handoff import services as handoff

    services.accept(conversation.pk, channel="web", external_id="early", text="経理って何？")
    handoff.claim(conversation.pk, _adviser("佐藤"))
    assert services.next_turn(conversation.pk) is None, "the bot is not asked any more"
    assert Inbound.objects.get(external_id="early").outcome == "dropped"
    services.accept(conversation.pk, channel="web", external_id="late", text="こんにちは")
    turn = services.next_turn(conversation.pk)
    assert turn is not None
    assert turn.diverted


def test_who_has_blocked_us_is_not_waited_for(conversation: Any) -> None:
    from desk.conversations import services
    from desk.conversations.models import Conversation
    from desk.handoff import services as handoff

    def told(**data: Any) -> str:
        services.append_event(
            conversation.pk, type="note", author="system", visibility="staff", text="届きません。", data=data
        )
        return str(Conversation.objects.get(pk=conversation.pk).state)

    assert told(blocked=True) == "bot", "nobody waits: nothing changes"
    services.request_human(conversation, reason="asked")
    assert told(blocked=True) == "abandoned"
    assert handoff.queue().count() == 0
    services.request_human(conversation, reason="asked")
    assert told(delivery="failed") == "failed"
    handoff.claim(conversation.pk, _adviser("佐藤"))
    assert told(blocked=True) == "active", "an adviser who answers is told, and decides"


def test_a_message_of_somebody_who_had_left_is_answered_by_the_bot(conversation: Any) -> None:
    from desk.conversations import services
    from desk.handoff import services as handoff

    services.request_human(conversation, reason="asked")
    handoff.abandon(conversation.pk)
    services.accept(conversation.pk, channel="web", external_id="back", text="経理って何？")
    turn = services.next_turn(conversation.pk)
    while turn is not None and turn.internal:
        services.store_replies(turn, [])
        turn = services.next_turn(conversation.pk)
    assert turn is not None
    assert not turn.diverted


# --- Withdrawing, and the way to a human without the engine -----------------------------------------------------


def _say(conversation: Any, text: str = "", *, choice: str = "", payload: str = "") -> None:
    import uuid

    from desk.conversations import services

    services.accept(
        conversation.pk, channel="web", external_id=str(uuid.uuid4()), text=text, choice_id=choice, payload=payload
    )


def _state(conversation: Any) -> str:
    from desk.conversations.models import Conversation

    return str(Conversation.objects.get(pk=conversation.pk).state)


def _choice(conversation: Any, title: str) -> str:
    """The id of the newest choice with this title."""
    from desk.conversations.models import Event

    for event in Event.objects.filter(conversation=conversation, data__has_key="choices").order_by("-seq"):
        for number, choice in enumerate(event.data["choices"]):
            if choice["title"] == title:
                return f"{event.seq}-{number}"
    raise AssertionError(f"nobody offered {title}")


@pytest.mark.parametrize("way", ["やっぱりやめます。", "ｷｬﾝｾﾙ", "tap", "call"])
def test_who_waits_can_stop_waiting(conversation: Any, way: str) -> None:
    from desk.conversations import services
    from desk.conversations.models import Event, Inbound

    services.request_human(conversation, reason="asked")
    if way == "call":
        assert services.stop_waiting(conversation.pk).state == "bot"
    elif way == "tap":
        _say(conversation, choice=_choice(conversation, "待つのをやめる"))
    else:
        _say(conversation, way)
    assert _state(conversation) == "bot"
    status = Event.objects.filter(conversation=conversation, type="status").latest("seq")
    assert (status.data["reason"], status.visibility) == ("cancelled", "all")
    assert "順番待ちをやめました" in status.text
    told = Event.objects.filter(conversation=conversation, type="engine_told")
    assert [event.data["intent"] for event in told] == ["EXTERNAL_returned_to_bot"], "the bot answers again"
    assert not Inbound.objects.filter(engine_text__contains="やめ").exists(), "the engine is not asked about it"
    assert services.stop_waiting(conversation.pk).state == "bot", "again changes nothing"


@pytest.mark.parametrize("words", ["もういいです", "転職はやめるべきですか", "やめたい"])
def test_other_words_do_not_leave_the_queue(conversation: Any, words: str) -> None:
    from desk.conversations import services

    services.request_human(conversation, reason="asked")
    _say(conversation, words)
    assert _state(conversation) == "queued"


def test_a_tap_to_stop_waiting_that_comes_too_late_changes_nothing(conversation: Any) -> None:
    from desk.conversations import services
    from desk.handoff import services as handoff

    services.request_human(conversation, reason="asked")
    handoff.claim(conversation.pk, _adviser("佐藤"))
    _say(conversation, choice=_choice(conversation, "待つのをやめる"))
    assert _state(conversation) == "active"


def test_who_withdraws_in_danger_stays_marked(conversation: Any) -> None:
    from desk.conversations import services
    from desk.conversations.models import Conversation

    services.request_human(conversation, reason="crisis", urgency="urgent")
    services.stop_waiting(conversation.pk)
    assert Conversation.objects.get(pk=conversation.pk).urgent


def _engine_is_down(conversation: Any) -> None:
    """Ask for a human while the engine does not answer."""
    from desk.conversations import services

    _say(conversation, "相談する", payload=services.ASK_HUMAN_PAYLOAD)
    turn = services.next_turn(conversation.pk)
    assert turn is not None
    assert services.apologise(turn)


@pytest.mark.parametrize("agrees", [True, False])
def test_without_the_engine_the_desk_asks_before_an_adviser_reads(conversation: Any, agrees: bool) -> None:
    from desk.conversations.models import Consent
    from desk.handoff import package

    _engine_is_down(conversation)
    assert _state(conversation) == "bot", "nobody is handed over before agreeing"
    assert "会話をアドバイザーが読みます" in _texts(conversation)[-1]
    _say(conversation, choice=_choice(conversation, "つないでください" if agrees else "やめる"))
    assert _state(conversation) == ("queued" if agrees else "bot")
    assert Consent.objects.get(person=conversation.person, kind="handover").given is agrees
    assert package.may_see_self_analysis(conversation) is agrees
    if not agrees:
        assert "おつなぎはしません" in _texts(conversation)[-1]


def test_without_the_engine_who_is_in_danger_is_not_asked_first(conversation: Any) -> None:
    from desk.conversations import services

    services.raise_alert(conversation.pk, kind="crisis", urgency="urgent", cause=None)
    _engine_is_down(conversation)
    assert _state(conversation) == "queued"


def test_a_wish_to_be_contacted_can_be_withdrawn_with_its_contact(conversation: Any, client: Any) -> None:
    from desk.handoff import services as handoff
    from desk.handoff.models import Appointment

    path = "/appointment/" + handoff.appointment_link(conversation.pk).split("/appointment/")[1]
    client.post(path, {"way": "phone", "contact": "0312345678", "consent": "1"})
    assert "ご希望を取り消す" in client.get(path).content.decode()
    assert "0312345678" not in client.get(path).content.decode(), "the page shows nobody's contact"
    assert "取り消し" in client.post(path, {"withdraw": "1"}).content.decode()
    assert _state(conversation) == "bot"
    assert not Appointment.objects.exists()
    assert client.post(path, {"withdraw": "1"}).status_code == 200, "again changes nothing"
    assert "取り消す" not in client.get(path).content.decode()


# --- What the limits and the hours do ----------------------------------------------------------------------------


@pytest.mark.parametrize(("there", "says"), [(False, "席を外している"), (True, "順番にご案内します")])
def test_who_waits_is_told_whether_anybody_is_there(conversation: Any, there: bool, says: str) -> None:
    from desk.conversations import services
    from desk.handoff import services as handoff

    adviser = _adviser("佐藤")
    handoff.seen(adviser)
    if not there:
        handoff.seen(adviser, away=True)
    services.request_human(conversation, reason="asked")
    text = _texts(conversation)[-1]
    assert says in text
    assert ("/appointment/" in text) is not there, "nobody there: a contact may be left at once"


def test_on_a_holiday_nobody_is_waited_for(conversation: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.utils import timezone

    from desk.conversations import services
    from desk.handoff.models import HandoffSettings, OpeningHours

    HandoffSettings.objects.create(pk=1, always_open=False)
    for weekday in (0, 1):
        OpeningHours.objects.get_or_create(weekday=weekday, opens=time(10), closes=time(19))
    # 勤労感謝の日, a Monday, at noon in Tokyo.
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 23, 3, 0, tzinfo=UTC))
    services.request_human(conversation, reason="asked")
    assert _state(conversation) == "bot"
    assert "次の受付は11月24日（火）10時からです。" in _texts(conversation)[-1]


@pytest.mark.parametrize(("limit", "after", "ends"), [("wrap_up", 15, "closed"), ("idle", 48 * 60, "bot")])
def test_what_nobody_finishes_ends_by_itself(conversation: Any, limit: str, after: int, ends: str) -> None:
    from django.utils import timezone

    from desk.handoff import services as handoff

    adviser = _adviser("佐藤")
    handoff.claim(conversation.pk, adviser)
    if limit == "wrap_up":
        handoff.wrap_up(conversation.pk, adviser)
    before = _state(conversation)
    now = timezone.now()
    handoff.keep_limits(now + timedelta(minutes=after - 1))
    assert _state(conversation) == before
    handoff.keep_limits(now + timedelta(minutes=after + 1))
    assert _state(conversation) == ends
