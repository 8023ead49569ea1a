"""自己PR in the person's own words: the page behind the signed link, the API, and who may not."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from pypdf import PdfReader

from tests.desk.test_self_analysis import PAYLOAD

PARTS = {
    "opening": "私の強みは、確かめながら進めることです。",
    "situation": "𠮷野家の店で髙橋さん、﨑山さんと働いていたとき、",
    "task": "伝票のずれが続いて困っていました。",
    "action": "1時間ごとに数える表を作りました😊",
    "result": "ずれがなくなりました。",
}


@pytest.fixture
def event(conversation: Any) -> Any:
    """A result in the visitor's conversation."""
    from desk.conversations import services

    card = {"kind": "self_analysis", **PAYLOAD}
    return services.append_event(conversation.pk, type="message", author="bot", data={"card": card})


@pytest.fixture
def client() -> Any:
    """A browser that Django's check against forged requests holds to its rules."""
    from django.test import Client

    return Client(enforce_csrf_checks=True)


def link(event: Any) -> str:
    from desk.self_analysis import drafts

    return drafts.link(event)


def headers(conversation: Any) -> dict[str, str]:
    from desk.channels.web import sessions

    return {"Authorization": f"Bearer {sessions.token_for(sessions.open_session(conversation))}"}


def words(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    assert len(pages) == 1
    return "".join(pages[0].extract_text().replace("\x00", "").split())


def saved(client: Any, address: str, parts: dict[str, str], **button: str) -> Any:
    token = client.get(address).cookies["csrftoken"].value
    return client.post(address, {**parts, **button, "csrfmiddlewaretoken": token})


def on_paper(client: Any, address: str, parts: dict[str, str]) -> str:
    """What the PDF says that the form's second button brings."""
    answer = saved(client, address, parts, pdf="")
    assert answer["Content-Type"] == "application/pdf"
    return words(answer.content)


def test_the_page_shows_the_draft_and_keeps_what_is_written(client: Any, event: Any) -> None:
    address = link(event)
    first = client.get(address).content.decode()
    assert PAYLOAD["card"]["headline"] in first
    assert "確認した</textarea>" in first
    answer = saved(client, address, PARTS)
    assert answer.status_code == 200
    assert "保存しました" in answer.content.decode()
    again = client.get(address).content.decode()
    for part in PARTS.values():
        assert f"{part}</textarea>" in again
    sheet = on_paper(client, address, PARTS)
    assert "1時間ごとに数える表を作りました" in sheet
    assert "𠮷野家の店で髙橋さん、﨑山さんと" in sheet


def test_markup_stays_text(client: Any, event: Any) -> None:
    answer = saved(client, link(event), {**PARTS, "action": "</textarea><script>alert(1)</script>"})
    assert "<script>alert" not in answer.content.decode()


def test_nothing_is_lost_when_it_is_too_long(client: Any, event: Any) -> None:
    answer = saved(client, link(event), {**PARTS, "action": "あ" * 900})
    assert answer.status_code == 422
    assert "900字まで" in answer.content.decode()
    assert f"{'あ' * 900}</textarea>" in answer.content.decode()
    assert "確認した</textarea>" in client.get(link(event)).content.decode()


def test_the_longest_wording_fits_on_the_sheet(client: Any, event: Any) -> None:
    parts = {**dict.fromkeys(PARTS, ""), "action": "漢" * 899 + "末"}
    assert "末" in on_paper(client, link(event), parts)


def test_the_sheet_holds_what_was_written_and_not_yet_saved(client: Any, event: Any) -> None:
    assert "まだ保存していない文" in on_paper(client, link(event), {**PARTS, "action": "まだ保存していない文"})
    assert "まだ保存していない文</textarea>" in client.get(link(event)).content.decode()


def test_a_forged_a_changed_or_an_old_link_opens_nothing(client: Any, event: Any) -> None:
    address = link(event)
    pk, rest = address.removeprefix("/self-analysis/").split("-", 1)
    assert client.get(f"/self-analysis/{int(pk) + 1}-{rest}").status_code == 404
    assert client.get(address.replace("-", "-9", 1)).status_code == 404
    event.at -= timedelta(days=31)
    assert client.get(link(event)).status_code == 404
    assert client.post(address, PARTS).status_code == 403  # without the form's own token


def test_the_api_reads_writes_and_keeps_strangers_out(client: Any, event: Any) -> None:
    from desk.conversations import services

    address = f"/api/chat/self-analysis/{event.seq}/draft"
    mine = headers(event.conversation)
    before = client.get(address, headers=mine).json()
    assert before["action"] == "確認した"
    assert before["edited_at"] is None
    answer = client.put(address, json.dumps(PARTS), content_type="application/json", headers=mine)
    assert answer.status_code == 200
    assert answer.json()["text"] == "\n".join(PARTS.values())
    assert answer.json()["edited_at"]
    assert client.get(address, headers=mine).json() == answer.json()
    long = {**PARTS, "task": "あ" * 880}
    refused = client.put(address, json.dumps(long), content_type="application/json", headers=mine)
    assert refused.status_code == 422
    assert refused.json()["code"] == "too_long"
    stranger = headers(services.open_conversation(channel="web"))
    assert client.get(address).status_code == 401
    assert client.get(address, headers=stranger).status_code == 404
    assert client.put(address, "{}", content_type="application/json", headers=stranger).status_code == 404


def test_it_is_in_what_is_stored_and_goes_with_the_person(client: Any, event: Any) -> None:
    from desk.conversations import privacy, services
    from desk.self_analysis.models import OwnDraft

    saved(client, link(event), PARTS)
    person = event.conversation.person_id
    assert privacy.stored_about(person)["self_analysis_drafts"][0]["action"] == PARTS["action"]
    services.erase_person(person)
    assert not OwnDraft.objects.exists()
    assert client.get(link(event)).status_code == 404


def test_no_adviser_sees_the_wording(client: Any, event: Any) -> None:
    from desk.conversations import wire
    from desk.conversations.models import Event

    saved(client, link(event), PARTS)
    assert PARTS["action"] not in json.dumps(wire.staff(Event.objects.get(pk=event.pk)), ensure_ascii=False)


def test_the_widgets_card_leads_to_the_page(event: Any) -> None:
    from desk.conversations import wire

    assert wire.public(event)["card"]["edit"] == link(event)
