"""The stand-in is checked itself: by LINE's own client, and by LINE's own description of calls and webhooks."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator

import pytest
from linebot.v3 import WebhookParser, messaging, oauth
from linebot.v3.messaging.exceptions import ApiException

from tests.line import description
from tests.line.stand_in_line import StandInLine


@pytest.fixture
def stand_in() -> Iterator[StandInLine]:
    server = StandInLine().start()
    yield server
    server.stop()


@pytest.fixture
def token(stand_in: StandInLine) -> str:
    with oauth.ApiClient(oauth.Configuration(host=stand_in.url)) as client:
        issued = oauth.ChannelAccessToken(client).issue_stateless_channel_token_by_client_secret(
            stand_in.channel_id, stand_in.secret
        )
    assert issued.expires_in == 900
    return str(issued.access_token)


@pytest.fixture
def client(stand_in: StandInLine, token: str) -> Iterator[messaging.ApiClient]:
    with messaging.ApiClient(messaging.Configuration(host=stand_in.url, access_token=token)) as made:
        yield made


def test_lines_client_understands_the_stand_in(stand_in: StandInLine, client: messaging.ApiClient) -> None:
    api, blobs = messaging.MessagingApi(client), messaging.MessagingApiBlob(client)
    user, text = "U" + "1" * 32, messaging.TextMessage(text="こんにちは")
    key = str(uuid.uuid4())

    push = messaging.PushMessageRequest(to=user, messages=[text])
    assert api.push_message(push, x_line_retry_key=key).sent_messages[0].id
    with pytest.raises(ApiException) as again:
        api.push_message(push, x_line_retry_key=key)
    assert again.value.status == 409
    assert again.value.headers["x-line-accepted-request-id"]
    assert stand_in.texts(user) == ["こんにちは"]

    reply_token = stand_in.text(user, "hello")["replyToken"]
    reply = messaging.ReplyMessageRequest(replyToken=reply_token, messages=[text])
    assert api.reply_message(reply).sent_messages[0].id
    with pytest.raises(ApiException, match="Invalid reply token"):
        api.reply_message(reply)
    late = stand_in.text(user, "late")["replyToken"]
    stand_in.ahead = 61
    with pytest.raises(ApiException, match="Invalid reply token"):
        api.reply_message(messaging.ReplyMessageRequest(replyToken=late, messages=[text]))

    stand_in.quota = stand_in.used
    with pytest.raises(ApiException, match="You have reached your monthly limit"):
        api.push_message(push, x_line_retry_key=str(uuid.uuid4()))
    stand_in.faults.append(("push", "429"))
    with pytest.raises(ApiException, match="rate limit has been exceeded"):
        api.push_message(push, x_line_retry_key=str(uuid.uuid4()))

    assert api.issue_link_token(user).link_token
    api.show_loading_animation(messaging.ShowLoadingAnimationRequest(chatId=user, loadingSeconds=20))
    api.mark_messages_as_read_by_token(messaging.MarkMessagesAsReadByTokenRequest(markAsReadToken="r"))
    api.leave_group("C" + "2" * 32)
    assert stand_in.left == ["C" + "2" * 32]
    assert stand_in.loading == [user]
    assert stand_in.read == ["r"]
    stand_in.contents["7"] = [(202, b""), (200, b"jpeg")]
    assert blobs.get_message_content_with_http_info("7").status_code == 202
    assert bytes(blobs.get_message_content("7")) == b"jpeg"
    stand_in.contents["7"] = [(410, b'{"message": "The content is gone"}')]
    with pytest.raises(ApiException) as gone:
        blobs.get_message_content("7")
    assert gone.value.status == 410
    if not description.WHY_NOT:
        wrong = [description.wrong_exchange(*one) for one in stand_in.exchanges]
        assert [one for one in wrong if one] == []


def test_lines_client_understands_its_webhooks(stand_in: StandInLine) -> None:
    user = "U" + "3" * 32
    events = [
        stand_in.event(user, "follow", follow={"isUnblocked": False}),
        stand_in.text(user, "hello"),
        stand_in.event(user, "postback", postback={"data": "m=jobs"}),
        stand_in.event(user, "unsend", unsend={"messageId": "5"}),
        stand_in.event(user, "unfollow"),
        stand_in.event(user, "accountLink", link={"result": "ok", "nonce": "x" * 43}),
        stand_in.event(user, "join", source={"type": "group", "groupId": "C" + "4" * 32}),
    ]
    body = json.dumps({"destination": "U" + "0" * 32, "events": events})
    parsed = WebhookParser(stand_in.secret).parse(body, stand_in.sign(body.encode()))
    assert [event.type for event in parsed] == [event["type"] for event in events]
    if not description.WHY_NOT:
        assert description.wrong_of("CallbackRequest", json.loads(body), "webhook.yml") == []
