"""The adviser API and the pages: who may, what they say, 409 with the holder's name."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client

import tests.desk.django_env  # noqa: F401

PASSWORD = "correct horse battery"


def _account(name: str, role: str = "adviser") -> Any:
    from desk.accounts.services import make_account

    return make_account(name, PASSWORD, role)[0]


def _inside(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _post(client: Client, pk: Any, act: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(f"/api/desk/conversations/{pk}/{act}", body or {}, content_type="application/json")


@pytest.fixture
def queued(conversation: Any) -> Any:
    from desk.conversations import services

    services.accept(conversation.pk, channel="web", external_id="1", text="経理と財務の違いは？")
    services.request_human(conversation, reason="asked", summary="")
    return conversation


def test_a_result_is_shown_only_once_the_person_has_agreed(queued: Any) -> None:
    from desk.conversations import services
    from tests.desk.test_self_analysis import PAYLOAD

    card = {"kind": "self_analysis", **PAYLOAD}
    services.append_event(queued.pk, type="message", author="bot", data={"card": card})
    one = _inside(_account("sato"))

    def seen() -> tuple[bool, bool]:
        shown = one.get(f"/api/desk/conversations/{queued.pk}").json()["self_analysis"]
        page = one.get(f"/desk/c/{queued.pk}/").content.decode()
        return shown is not None, "ご本人の言葉" in page and "まだ共有に同意していません" not in page

    assert seen() == (False, False)
    services.give_consent(queued, kind="summary", version="1")
    assert seen() == (True, True)
    services.give_consent(queued, kind="handover", version="1", given=False)
    assert seen() == (False, False)


def test_a_wrong_password_is_said_in_the_words_of_the_form(queued: Any) -> None:
    _account("sato")
    page = Client().post("/desk/login/", {"login": "sato", "password": "wrong"}).content.decode()
    assert "ログイン名かパスワードが正しくありません。" in page


def test_story(queued: Any) -> None:
    from desk.console.models import Label

    one, other = _inside(_account("sato")), _inside(_account("suzuki"))
    row = one.get("/api/desk/conversations?box=waiting").json()["conversations"][0]
    assert (row["id"], row["state"]) == (str(queued.pk), "queued")
    assert _post(one, queued.pk, "reply", {"text": "まだです"}).status_code == 409
    assert _post(one, queued.pk, "claim").json()["state"] == "active"
    lost = _post(other, queued.pk, "claim")
    assert lost.status_code == 409
    assert lost.json()["holder"] == "sato"
    uid = str(uuid.uuid4())
    said = _post(one, queued.pk, "reply", {"text": "こんにちは", "id": uid})
    again = _post(one, queued.pk, "reply", {"text": "こんにちは", "id": uid})
    assert said.status_code == again.status_code == 200
    assert said.json()["seq"] == again.json()["seq"]
    assert _post(other, queued.pk, "reply", {"text": "割りこみ"}).status_code == 409
    assert _post(other, queued.pk, "note", {"text": "メモ"}).status_code == 200
    thread = one.get(f"/api/desk/conversations/{queued.pk}").json()
    assert [
        event["text"] for event in thread["events"] if event["from"] == "adviser" and event["type"] == "message"
    ] == ["こんにちは"]
    assert thread["summary"]["reason"] == "asked"
    Label.objects.get_or_create(name="要フォロー")
    assert _post(one, queued.pk, "labels", {"labels": ["なし"]}).status_code == 422
    assert _post(one, queued.pk, "labels", {"labels": ["要フォロー"]}).json()["state"] == "active"
    assert one.get("/api/desk/conversations?label=要フォロー").json()["conversations"][0]["labels"] == ["要フォロー"]
    assert one.get("/api/desk/conversations?box=mine").json()["conversations"][0]["id"] == str(queued.pk)
    assert _post(one, queued.pk, "return").json()["state"] == "bot"
    assert _post(one, queued.pk, "close").json()["state"] == "closed"


def test_only_what_was_said_to_people_is_unread(queued: Any) -> None:
    from desk.conversations import services

    one = _inside(_account("sato"))

    def unread() -> int:
        return int(one.get("/api/desk/conversations?box=all").json()["conversations"][0]["unread"])

    assert unread() == 0, "said to the bot"
    services.accept(queued.pk, channel="web", external_id="2", text="まだでしょうか")
    assert unread() == 1
    one.get(f"/desk/c/{queued.pk}/")
    assert unread() == 0
    services.accept(queued.pk, channel="web", external_id="3", text="お待ちしています")
    _post(one, queued.pk, "claim")
    _post(one, queued.pk, "return")
    services.accept(queued.pk, channel="web", external_id="4", text="人事の仕事は？")
    assert unread() == 1, "back with the bot, what nobody read of the wait is still to be read"


def test_the_list_shows_what_somebody_said_rather_than_tapped(queued: Any) -> None:
    from desk.conversations import services

    client = _inside(_account("sato"))

    def shown(text: str) -> bool:
        return f'<span class="last">{text}</span>' in client.get("/desk/list/?box=all").content.decode()

    def tap(text: str) -> None:
        data = {"choice": {"id": "1-0", "question": ""}}
        services.append_event(queued.pk, type="message", author="user", text=text, data=data)

    tap("この内容でつなぐ")
    assert shown("経理と財務の違いは？")
    queued.events.filter(author="user").exclude(data__has_key="choice").delete()
    assert shown("この内容でつなぐ"), "who only taps is no stranger to the list"


def test_the_list_shows_what_those_who_wait_want_to_talk_about(conversation: Any) -> None:
    from desk.conversations import services

    client = _inside(_account("sato"))

    def shown(text: str) -> bool:
        return f'<span class="last">{text}</span>' in client.get("/desk/list/?box=all").content.decode()

    services.accept(conversation.pk, channel="web", external_id="1", text="人に相談したい")
    services.request_human(conversation, reason="asked", summary="・気になっている仕事：経理\n・聞いたこと：資格")
    assert shown("気になっている仕事：経理 聞いたこと：資格")
    services.accept(conversation.pk, channel="web", external_id="2", text="まだでしょうか")
    assert shown("まだでしょうか"), "what nobody has read comes first"
    client.get(f"/desk/c/{conversation.pk}/")
    _post(client, conversation.pk, "claim")
    assert shown("まだでしょうか"), "a talk shows its last words"


@pytest.mark.parametrize("word", ["経理", "財", "違いは？", "ケイリ"])
def test_search_from_one_character_up(queued: Any, word: str) -> None:
    client = _inside(_account("sato"))
    found = client.get("/api/desk/conversations", {"q": word}).json()["conversations"]
    assert [row["id"] for row in found] == ([] if word == "ケイリ" else [str(queued.pk)])


def test_search_asks_the_index_beyond_the_window(queued: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from desk.console import search
    from desk.conversations import services

    monkeypatch.setattr(search, "WINDOW", 1)
    for number in range(3):
        services.append_event(queued.pk, type="message", author="bot", text=f"答え{number}")
    assert search.conversations_with("経理") == [queued.pk]
    assert search.conversations_with("理") == [queued.pk]
    assert search.conversations_with("経%") == []
    services.erase_person(queued.person_id)
    assert search.conversations_with("経理") == []


def test_errors_are_said(queued: Any) -> None:
    client = _inside(_account("sato"))
    assert _post(client, uuid.uuid4(), "claim").status_code == 404
    assert _post(client, queued.pk, "note", {"text": ""}).status_code == 422
    assert _post(client, queued.pk, "note", {"text": "x" * 4001}).status_code == 422
    assert _post(client, queued.pk, "note", {"text": "a", "id": "no"}).status_code == 422
    assert (
        client.post(f"/api/desk/conversations/{queued.pk}/note", "{", content_type="application/json").status_code
        == 400
    )
    assert client.get("/api/desk/conversations?box=none").status_code == 422
    assert client.get(f"/api/desk/conversations/{queued.pk}/claim").status_code == 405


def test_csrf_for_the_session_and_none_for_the_token(queued: Any) -> None:
    from desk.accounts.models import ApiToken

    user = _account("sato")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    path = f"/api/desk/conversations/{queued.pk}/claim"
    assert strict.post(path, {}, content_type="application/json").status_code == 403
    form = strict.post("/desk/login/", {"login": "sato"})
    assert (form.status_code, "Cookie" in form.content.decode()) == (403, True)
    assert '<html lang="ja">' in form.content.decode()
    strict.get("/desk/")
    token = strict.cookies["csrftoken"].value
    assert strict.post(path, {}, content_type="application/json", headers={"X-CSRFToken": token}).status_code == 200
    program = Client(enforce_csrf_checks=True)
    bearer = {"Authorization": f"Bearer {ApiToken.issue(user, 'test')}"}
    assert program.get("/api/desk/conversations", headers=bearer).status_code == 200
    assert program.post(path, {}, content_type="application/json", headers=bearer).status_code == 200
    ApiToken.objects.update(revoked_at="2026-01-01T00:00:00Z")
    assert program.get("/api/desk/conversations", headers=bearer).status_code == 401


def test_nobody_without_the_role_reads(queued: Any) -> None:
    pk = queued.pk
    pages = ["/desk/", "/desk/list/", *(f"/desk/c/{pk}/{part}" for part in ("", "new/", "head/", "person/", "print/"))]
    high = ["/desk/transcripts/", "/desk/figures/", f"/desk/c/{pk}/erase/"]
    calls = ["/api/desk/conversations", f"/api/desk/conversations/{pk}", f"/api/desk/conversations/{pk}/export"]
    nobody = Client()
    for path in pages + high:
        answer = nobody.get(path)
        assert (answer.status_code, answer.headers["Location"][:12]) == (302, "/desk/login/"), path
    for path in calls:
        assert nobody.get(path).status_code == 401, path
    people = {role: _inside(_account(role, role)) for role in ("adviser", "supervisor", "admin")}
    for role, client in people.items():
        for path in pages + calls:
            assert client.get(path).status_code == 200, (role, path)
        for path in high:
            answer = client.get(path)
            assert answer.status_code == (403 if role == "adviser" else 200), (role, path)
            # Who may not is told so on a page that leads back.
            assert ("この画面は開けません" in answer.content.decode()) is (role == "adviser"), (role, path)
            assert 'href="/desk/"' in answer.content.decode(), (role, path)
        assert (client.get("/admin/").status_code == 200) is (role == "admin"), role


def test_looks_and_exports_are_recorded(queued: Any) -> None:
    from desk.privacy.models import Access

    client = _inside(_account("sato"))
    client.get(f"/desk/c/{queued.pk}/")
    client.get(f"/api/desk/conversations/{queued.pk}/export?format=pdf")
    assert list(Access.objects.order_by("at").values_list("action", flat=True)) == ["look", "export"]


def test_login_and_lockout(transactional_db: None, settings: Any) -> None:
    _account("sato")
    client = Client()
    assert client.get("/desk/login/").status_code == 200
    assert client.post("/desk/login/", {"login": "sato", "password": PASSWORD}).headers["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200
    stranger = Client()
    for _ in range(settings.AXES_FAILURE_LIMIT):
        stranger.post("/desk/login/", {"login": "sato", "password": "wrong"})
    assert stranger.post("/desk/login/", {"login": "sato", "password": PASSWORD}).status_code != 302
    _account("sato")  # a new password by the operator opens the lock
    assert stranger.post("/desk/login/", {"login": "sato", "password": PASSWORD}).status_code == 302
    assert stranger.get("/desk/signup/").status_code in {200, 302, 403, 404}
    stranger.post("/desk/signup/", {"username": "evil", "password1": PASSWORD})
    from desk.accounts.models import User

    assert not User.objects.filter(username="evil").exists()


HARD = "髙橋 﨑 𠮷 👩‍💼 =SUM(A1)"


def test_exports_of_hard_characters(conversation: Any) -> None:
    import io

    from pypdf import PdfReader

    from desk.conversations import services

    services.accept(conversation.pk, channel="web", external_id="1", text=HARD)
    services.accept(conversation.pk, channel="web", external_id="2", text="=1+1")
    services.append_event(conversation.pk, type="note", author="adviser", visibility="staff", text="内緒のメモ")
    client = _inside(_account("sato"))
    path = f"/api/desk/conversations/{conversation.pk}/export"
    sheet = client.get(f"{path}?format=csv&notes=0").content
    assert sheet.startswith(b"\xef\xbb\xbf")
    assert HARD in sheet.decode()
    assert ",'=1+1" in sheet.decode()
    assert "内緒" not in sheet.decode()
    assert "内緒" in client.get(f"{path}?format=csv&notes=1").content.decode()
    text = PdfReader(io.BytesIO(client.get(f"{path}?format=pdf&notes=1").content)).pages[0].extract_text()
    text = text.replace("\x00", "")
    # The PDF has no picture of an emoji: 〓 says that something stands there.
    for word in ("髙橋", "﨑", "𠮷", "〓", "内緒のメモ"):
        assert word in text
    assert client.get(f"{path}?format=json").json()["events"]
    assert HARD in client.get(f"{path}?format=txt").content.decode()


def test_erasure_with_typed_confirmation(queued: Any) -> None:
    from desk.conversations.models import Conversation, Event, Person, Tombstone

    sender = queued.sender_id
    boss = _inside(_account("boss", "supervisor"))
    path = f"/desk/c/{queued.pk}/erase/"
    assert boss.post(path, {"confirmation": "はい"}).status_code == 422
    assert Conversation.objects.filter(pk=queued.pk).exists()
    done = boss.post(path, {"confirmation": "消去"})
    assert (done.status_code, "のデータを消去しました" in done.content.decode()) == (200, True)
    assert not Conversation.objects.exists()
    assert not Event.objects.exists()
    assert not Person.objects.exists()
    assert Tombstone.objects.get().sender == sender


def test_retention_leaves_a_shell(queued: Any) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from desk.conversations.models import Conversation, Event, Tombstone
    from desk.privacy.services import purge

    sender = queued.sender_id
    assert purge()["messages"] == 0
    assert purge(timezone.now() + timedelta(days=181))["messages"] == 1
    shell = Conversation.objects.get(pk=queued.pk)
    assert shell.state == "closed"
    assert not Event.objects.filter(conversation=shell, type__in=["message", "note"]).exists()
    assert not Event.objects.filter(conversation=shell).exclude(text="").exists()
    assert Event.objects.filter(conversation=shell, type="status").exists(), "the figures still count it"
    assert Tombstone.objects.get().sender == sender


def test_figures_count_a_handover_once(queued: Any) -> None:
    from django.utils import timezone

    from desk.conversations import services
    from desk.handoff import services as handoff
    from desk.handoff.hours import TOKYO
    from desk.insights.figures import compute

    services.open_conversation(channel="web")
    user = _account("sato")
    handoff.claim(queued.pk, user)
    services.append_event(queued.pk, type="message", author="adviser", user=user, text="はい")
    handoff.close(queued.pk, user)
    services.append_event(queued.pk, type="rating", author="user", visibility="staff", data={"score": 4})
    today = timezone.now().astimezone(TOKYO).date()
    figures = compute(today, today)
    assert (figures.conversations, figures.handed_over, figures.by_bot, figures.claimed) == (2, 1, 1, 1)
    assert len(figures.waits) == len(figures.first_answers) == len(figures.durations) == 1
    assert figures.scores == [4]
    assert figures.stars() == [0, 0, 0, 1, 0]
    assert sum(figures.by_hour) == 1, "a handover has one first wish, however often it is asked for"
    boss = _inside(_account("boss", "supervisor"))
    assert "評価の数" in boss.get("/desk/figures/").content.decode()
    assert boss.get("/desk/figures/?format=csv").content.startswith(b"\xef\xbb\xbf")


def test_records_show_who_looked_and_exported(queued: Any) -> None:
    one, boss = _inside(_account("sato")), _inside(_account("boss", "supervisor"))
    one.get(f"/desk/c/{queued.pk}/")
    one.get(f"/api/desk/conversations/{queued.pk}/export?format=csv&notes=0")
    page = boss.get("/desk/records/").content.decode()
    assert "CSV・メモなし" in page
    assert page.count("<td>sato</td>") == 2
    only = boss.get("/desk/records/", {"action": "export", "conversation": str(queued.pk)}).content.decode()
    assert only.count("<td>sato</td>") == 1
    sheet = boss.get("/desk/records/?format=csv").content
    assert sheet.startswith(b"\xef\xbb\xbf")
    assert "書き出し" in sheet.decode()
    for wrong in ({"user": "x"}, {"conversation": "1"}, {"from": "昨日"}):
        assert boss.get("/desk/records/", wrong).status_code == 400
    boss.post(f"/desk/c/{queued.pk}/erase/", {"confirmation": "消去"})
    assert "消去済み" in boss.get("/desk/records/").content.decode(), "the record outlives the conversation"


def test_who_wishes_to_be_called_is_named_and_one_tap_away(queued: Any) -> None:
    from desk.handoff import services as handoff

    handoff.book(queued.pk, way="phone", contact="090-1234-5678", wish="夜に電話を", name="はな", consent_version="1")
    client = _inside(_account("sato"))
    rows = client.get("/desk/list/?box=waiting").content.decode()
    assert '<span class="who">はな</span>' in rows
    assert '<span class="last">夜に電話を</span>' in rows
    page = client.get(f"/desk/c/{queued.pk}/").content.decode()
    assert "<h2>はな</h2>" in page
    assert '<a href="tel:090-1234-5678">' in page


def test_signing_in_leaves_no_message_for_a_later_page(queued: Any) -> None:
    client = Client()
    _account("boss", "admin")
    client.post("/desk/login/", {"login": "boss", "password": PASSWORD})
    assert "ログインしました" not in client.get("/admin/handoff/handoffsettings/", follow=True).content.decode()


def test_a_search_shows_where_the_word_stands(queued: Any) -> None:
    client = _inside(_account("sato"))
    page = client.get("/desk/list/", {"q": "財務"}).content.decode()
    assert "経理と<mark>財務</mark>の違いは？" in page
    queued.person.display_name = "山田さん"
    queued.person.save()
    assert "山田さん" in client.get("/desk/list/", {"q": "山田"}).content.decode()


def test_opening_a_thread_by_htmx_gives_the_thread_alone(queued: Any) -> None:
    client = _inside(_account("sato"))
    path = f"/desk/c/{queued.pk}/"
    assert "<html" in client.get(path).content.decode()
    part = client.get(path, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'id="thread"' in part
    whole = client.get(path, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}).content.decode()
    assert "<html" in whole


def test_each_class_of_data_has_its_own_period(queued: Any) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from desk.conversations import services
    from desk.conversations.models import Event
    from desk.handoff import services as handoff
    from desk.handoff.models import Appointment
    from desk.privacy.models import Access, Retention
    from desk.privacy.services import purge

    user = _account("sato")
    Retention.objects.create(pk=1, messages_days=0, summary_days=10, contact_days=20, access_days=30)
    services.append_event(queued.pk, type="message", author="bot", data={"card": {"kind": "self_analysis"}})
    handoff.book(queued.pk, way="mail", contact="a@example.com", wish="", consent_version="1")
    handoff.claim(queued.pk, user)
    _inside(user).get(f"/desk/c/{queued.pk}/")

    def left(days: int) -> tuple[bool, bool, bool, bool]:
        purge(timezone.now() + timedelta(days=days))
        events = Event.objects.filter(conversation=queued)
        summaries = events.filter(data__has_key="card") | events.filter(data__has_key="package")
        said = events.filter(type="message", author="user").exclude(text="")
        return said.exists(), summaries.exists(), Appointment.objects.exists(), Access.objects.exists()

    assert left(9) == (True, True, True, True)
    assert left(11) == (True, False, True, True)
    assert left(21) == (True, False, False, True)
    assert left(31) == (True, False, False, False), "0 days: messages are kept for ever"


def test_transcripts_are_found_by_day_channel_label_and_adviser(queued: Any) -> None:
    from desk.console.models import Label, Labelled
    from desk.conversations import services
    from desk.handoff import services as handoff
    from desk.privacy.models import Access

    sato = _account("sato")
    handoff.claim(queued.pk, sato)
    other = services.open_conversation(channel="line")
    Labelled.objects.create(label=Label.objects.get_or_create(name="要フォロー")[0], conversation=other, by=sato)
    boss = _inside(_account("boss", "supervisor"))

    def found(**wanted: str) -> set[str]:
        page = boss.get("/desk/transcripts/", wanted).content.decode()
        return {name for name, one in (("web", queued), ("line", other)) if f"/desk/c/{one.pk}/" in page}

    assert found() == {"web", "line"}
    assert found(channel="line") == found(label="要フォロー") == {"line"}
    assert found(adviser=str(sato.pk)) == {"web"}
    assert found(to="2020-01-01") == set()
    assert boss.get("/desk/transcripts/", {"from": "2026-13-01"}).status_code == 400
    sheet = boss.get("/desk/transcripts/", {"channel": "web", "format": "csv"}).content.decode()
    assert "経理と財務の違いは？" in sheet
    assert Access.objects.get(action="export").detail["many"] is True


def test_the_visitors_own_link_is_not_shown_to_colleagues(queued: Any) -> None:
    client = _inside(_account("sato"))
    for path in (f"/desk/c/{queued.pk}/", f"/api/desk/conversations/{queued.pk}/export?format=csv"):
        page = client.get(path).content.decode()
        assert "連絡先を残すページ" in page
        assert "/appointment/" not in page


def test_an_address_in_japanese_words_is_a_link_of_its_own(queued: Any) -> None:
    from desk.conversations import services

    words = "求人は<b>https://example.com/a?b=1&c=2です。見てください"
    services.append_event(queued.pk, type="message", author="user", text=words)
    page = _inside(_account("sato")).get(f"/desk/c/{queued.pk}/").content.decode()
    assert '求人は&lt;b&gt;<a href="https://example.com/a?b=1&amp;c=2"' in page
    assert "</a>です。見てください" in page
