"""A stand-in of LINE's server that remembers and refuses what LINE refuses; it also sends signed webhooks.

Reply tokens are good once and for 60 seconds of its own clock; a retry key is accepted once (409 afterwards); a push
counts against the month; a blocked user's push is accepted and not delivered. `faults` steers what happens to the
next calls. Its rules on lengths are written anew here, not taken from the code under test.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import re
import threading
import time
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import regex

Json = dict[str, Any]
TOKEN_SECONDS = 60
OUTGOING = frozenset(
    {"text", "textV2", "sticker", "image", "video", "audio", "location", "imagemap", "template", "flex"}
)


def _units(text: str) -> int:
    return sum(2 if ord(character) > 0xFFFF else 1 for character in text)


def _seen(text: str) -> int:
    return len(regex.findall(r"\X", text))


def faults_of(messages: Any) -> list[str]:
    """What LINE would refuse in these messages; empty when nothing."""
    if not isinstance(messages, list) or not 1 <= len(messages) <= 5:
        return ["messages: 1 to 5"]
    found: list[str] = []
    for number, message in enumerate(messages):
        at = f"messages[{number}]"
        kind = message.get("type")
        if kind not in OUTGOING:
            found.append(f"{at}.type")
        if kind == "text" and not (message.get("text") and _units(message["text"]) <= 5000):
            found.append(f"{at}.text")
        if kind == "image":
            for key in ("originalContentUrl", "previewImageUrl"):
                if not re.fullmatch(r"https://\S{1,1990}", message.get(key, "")):
                    found.append(f"{at}.{key}")
        if kind == "flex":
            if not 1 <= _units(message.get("altText", "")) <= 1500:
                found.append(f"{at}.altText")
            if len(json.dumps(message.get("contents")).encode()) > 30 * 1024:
                found.append(f"{at}.contents")
        name = message.get("sender", {}).get("name")
        if name is not None and (not name or _units(name) > 20 or "line" in name.lower()):
            found.append(f"{at}.sender.name")
        if "quickReply" in message:
            items = message["quickReply"].get("items", [])
            if not 1 <= len(items) <= 13:
                found.append(f"{at}.quickReply.items")
            for item in items:
                action = item["action"]
                if not 1 <= _seen(action.get("label", "")) <= 20:
                    found.append(f"{at}.label")
                if action["type"] == "postback" and not 1 <= _units(action.get("data", "")) <= 300:
                    found.append(f"{at}.data")
                if _seen(action.get("displayText", "")) > 300:
                    found.append(f"{at}.displayText")
    return found


@dataclass
class StandInLine:
    """LINE's servers, a user's phone, and LINE's webhook sender in one."""

    secret: str = "0123456789abcdef0123456789abcdef"
    channel_id: str = "1234567890"
    #: What each user has on the screen, in order, and how it came.
    screens: dict[str, list[Json]] = field(default_factory=dict)
    calls: list[tuple[str, int]] = field(default_factory=list)
    #: Method, path, body, status, answer: for the check against LINE's description.
    exchanges: list[tuple[str, str, bytes, int, bytes]] = field(default_factory=list)
    tokens: dict[str, Json] = field(default_factory=dict)
    keys: dict[str, tuple[str, Json]] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    contents: dict[str, list[tuple[int, bytes]]] = field(default_factory=dict)
    #: For the next calls: ("reply" | "push", "lost after accept" | "429" | "500").
    faults: list[tuple[str, str]] = field(default_factory=list)
    refused: list[list[str]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    loading: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    menus: list[Json] = field(default_factory=list)
    quota: int = 1_000_000
    used: int = 0
    ahead: float = 0.0
    desk: str = ""
    #: Share of calls that are accepted and whose answer is lost; how many were.
    lost_answers: float = 0.0
    lost: int = 0
    #: A call whose answer is lost hangs until this is set; it is, unless a test clears it.
    silence: threading.Event = field(default_factory=threading.Event)
    #: Link token → its account, until when, and whether it has been used.
    link_tokens: dict[str, Json] = field(default_factory=dict)
    #: What the account's holder says when LINE asks whether to link.
    agrees: bool = True
    lock: threading.RLock = field(default_factory=threading.RLock)
    _chance: random.Random = field(default_factory=lambda: random.Random(7))
    _access: set[str] = field(default_factory=set)
    _client: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=10))

    # --- The server ---------------------------------------------------------------------------------------------

    def start(self) -> StandInLine:
        line = self
        self.silence.set()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, headers, content = line.answer(self.command, self.path, self.headers, body)
                if status == 0:
                    line.silence.wait(30)
                    self.close_connection = True
                    return
                self.send_response(status)
                for key, value in {"x-line-request-id": str(uuid.uuid4()), **headers}.items():
                    self.send_header(key, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_DELETE = handle_any  # noqa: N815 - http.server's names

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._client.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def settings(self, **more: str) -> dict[str, str]:
        """What a desk has to be told to take this for LINE."""
        return {
            "LINE_CHANNEL_SECRET": self.secret,
            "LINE_CHANNEL_ID": self.channel_id,
            "LINE_API_BASE": self.url,
            "LINE_DATA_API_BASE": self.url,
            **more,
        }

    def now(self) -> float:
        return time.time() + self.ahead

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> tuple[int, Json, bytes]:
        with self.lock:
            status, more, data = self._answer(method, path, headers, body)
            self.calls.append((path, status))
            content = data if isinstance(data, bytes) else json.dumps(data).encode()
            if status:
                self.exchanges.append((method, path, body, status, content))
        return status, {"Content-Type": "application/json", **more}, content

    def _answer(self, method: str, path: str, headers: Any, body: bytes) -> tuple[int, Json, Any]:
        if path == "/oauth2/v3/token":
            form = dict(httpx.QueryParams(body.decode()).multi_items())
            if form.get("client_id") != self.channel_id or form.get("client_secret") != self.secret:
                return 400, {}, {"error": "invalid_client", "error_description": "bad"}
            token = uuid.uuid4().hex
            self._access.add(token)
            return 200, {}, {"token_type": "Bearer", "access_token": token, "expires_in": 900}
        if path.startswith("/dialog/bot/accountLink?"):
            return self._dialog(httpx.QueryParams(path.split("?", 1)[1]))
        if headers.get("Authorization", "").removeprefix("Bearer ") not in self._access:
            return 401, {}, {"message": "Authentication failed"}
        if match := re.fullmatch(r"/v2/bot/message/([^/]+)/content", path):
            answers = self.contents.get(match[1], [])
            if not answers:
                return 404, {}, {"message": "Not found"}
            status, content = answers.pop(0) if len(answers) > 1 else answers[0]
            return status, {"Content-Type": "image/jpeg"} if status == 200 else {}, content
        if match := re.fullmatch(r"/v2/bot/user/([^/]+)/linkToken", path):
            link_token = uuid.uuid4().hex[:20]
            self.link_tokens[link_token] = {"user": match[1], "until": self.now() + 600, "used": False}
            return 200, {}, {"linkToken": link_token}
        if path.startswith(("/v2/bot/richmenu", "/v2/bot/user/all/richmenu")):
            return self._menu(method, path, body)
        data = json.loads(body) if body else {}
        if path == "/v2/bot/chat/loading/start":
            if data.get("loadingSeconds", 20) % 5 or not 5 <= data.get("loadingSeconds", 20) <= 60:
                return 400, {}, {"message": "bad loadingSeconds"}
            self.loading.append(data["chatId"])
            return 202, {}, {}
        if path == "/v2/bot/chat/markAsRead":
            self.read.append(data["markAsReadToken"])
            return 200, {}, {}
        if match := re.fullmatch(r"/v2/bot/(?:group|room)/([^/]+)/leave", path):
            self.left.append(match[1])
            return 200, {}, {}
        if path == "/v2/bot/message/reply":
            return self._reply(headers, data)
        if path == "/v2/bot/message/push":
            return self._push(headers, data)
        return 404, {}, {"message": "Not found"}

    def _dialog(self, given: httpx.QueryParams) -> tuple[int, Json, Any]:
        """The account's holder is asked; the answer goes to the desk. An old or used token gives no event at all."""
        token = self.link_tokens.get(given.get("linkToken", ""))
        nonce = given.get("nonce", "")
        if token is None or token["used"] or self.now() > token["until"] or not 10 <= len(nonce) <= 255:
            return 400, {}, {"message": "expired"}
        token["used"] = True
        if self.agrees:
            event = self.event(token["user"], "accountLink", link={"result": "ok", "nonce": nonce})
        else:
            event = self.event(token["user"], "accountLink", link={"result": "failed", "nonce": nonce})
            del event["source"], event["replyToken"]
        threading.Thread(target=self.post, args=[event]).start()
        return 200, {}, {}

    def _menu(self, method: str, path: str, body: bytes) -> tuple[int, Json, Any]:
        if path.endswith("/list"):
            return 200, {}, {"richmenus": self.menus}
        if method == "DELETE":
            self.menus = [menu for menu in self.menus if menu["richMenuId"] != path.rsplit("/", 1)[1]]
            return 200, {}, {}
        if path.endswith("/content"):
            good = body.startswith(b"\x89PNG") and len(body) <= 1_000_000
            return (200, {}, {}) if good else (400, {}, {"message": "bad image"})
        if path == "/v2/bot/richmenu":
            menu = json.loads(body)
            if _seen(menu["chatBarText"]) > 14 or len(menu["areas"]) > 20:
                return 400, {}, {"message": "bad menu"}
            menu["richMenuId"] = f"richmenu-{uuid.uuid4().hex}"
            self.menus.append(menu)
            return 200, {}, {"richMenuId": menu["richMenuId"]}
        return 200, {}, {}

    def _fault(self, call: str) -> str:
        if self.lost_answers and self._chance.random() < self.lost_answers:
            return "lost after accept"
        for index, (name, fault) in enumerate(self.faults):
            if name == call:
                del self.faults[index]
                return fault
        return ""

    def _reply(self, headers: Any, data: Json) -> tuple[int, Json, Any]:
        fault = self._fault("reply")
        if fault == "500":
            return 500, {}, {"message": "Internal"}
        if headers.get("X-Line-Retry-Key"):
            return 400, {}, {"message": "The retry key is not allowed"}
        token = self.tokens.get(data.get("replyToken", ""))
        if token is None or token["used"] or self.now() > token["until"]:
            return 400, {}, {"message": "Invalid reply token"}
        if wrong := faults_of(data.get("messages")):
            self.refused.append(wrong)
            return 400, {}, {"message": "The request body has error(s)", "details": [{"property": p} for p in wrong]}
        token["used"] = True
        sent = self._show(token["user"], data["messages"], "reply")
        return self._accepted(sent, fault)

    def _push(self, headers: Any, data: Json) -> tuple[int, Json, Any]:
        fault = self._fault("push")
        if fault == "429":
            return 429, {}, {"message": "The API rate limit has been exceeded. Try again later."}
        if fault == "500":
            return 500, {}, {"message": "Internal"}
        key = headers.get("X-Line-Retry-Key", "")
        try:
            uuid.UUID(key)
        except ValueError:
            return 400, {}, {"message": "no retry key"}
        if key in self.keys:
            former, sent = self.keys[key]
            assert former == json.dumps(data, sort_keys=True), "the same retry key with another body"
            return 409, {"x-line-accepted-request-id": "x"}, {"message": "already accepted", **sent}
        if wrong := faults_of(data.get("messages")):
            self.refused.append(wrong)
            return 400, {}, {"message": "The request body has error(s)", "details": [{"property": p} for p in wrong]}
        if self.used >= self.quota:
            return 429, {}, {"message": "You have reached your monthly limit."}
        delivered = data["to"] not in self.blocked
        self.used += delivered
        sent = self._show(data["to"], data["messages"] if delivered else [], "push")
        self.keys[key] = (json.dumps(data, sort_keys=True), sent)
        return self._accepted(sent, fault)

    def _accepted(self, sent: Json, fault: str) -> tuple[int, Json, Any]:
        if fault != "lost after accept":
            return 200, {}, sent
        self.lost += 1
        return 0, {}, {}

    def _show(self, user: str, messages: list[Json], how: str) -> Json:
        self.screens.setdefault(user, []).extend({**message, "how": how} for message in messages)
        return {"sentMessages": [{"id": str(time.time_ns())} for _ in messages]}

    # --- The phone ----------------------------------------------------------------------------------------------

    def texts(self, user: str) -> list[str]:
        with self.lock:
            return [message.get("text", message["type"]) for message in self.screens.get(user, [])]

    def last(self, user: str) -> Json:
        with self.lock:
            return dict(self.screens[user][-1])

    def event(self, user: str, kind: str = "message", **more: Any) -> Json:
        """A webhook event with a live reply token."""
        event: Json = {
            "type": kind,
            "mode": "active",
            "timestamp": int(time.time() * 1000),
            "source": {"type": "user", "userId": user},
            "webhookEventId": uuid.uuid4().hex.upper()[:26],
            "deliveryContext": {"isRedelivery": False},
        }
        if kind not in {"unsend", "unfollow"} and more.get("mode") != "standby":
            token = uuid.uuid4().hex
            self.tokens[token] = {"user": user, "used": False, "until": self.now() + TOKEN_SECONDS}
            event["replyToken"] = token
        return {**event, **more}

    def text(self, user: str, text: str, **more: Any) -> Json:
        message = {"id": str(time.time_ns()), "type": "text", "text": text, "quoteToken": "q"}
        message["markAsReadToken"] = uuid.uuid4().hex
        return self.event(user, message=message, **more)

    def tap(self, user: str, title: str) -> Json:
        """The postback of the quick reply with this title on the last message."""
        items = self.last(user)["quickReply"]["items"]
        data = next(item["action"]["data"] for item in items if item["action"]["label"] == title)
        return self.event(user, "postback", postback={"data": data})

    def sign(self, body: bytes) -> str:
        return base64.b64encode(hmac.new(self.secret.encode(), body, hashlib.sha256).digest()).decode()

    def post(self, *events: Json) -> httpx.Response:
        body = json.dumps({"destination": "U" + "0" * 32, "events": list(events)}, ensure_ascii=False).encode()
        return self.post_raw(body, self.sign(body))

    def post_raw(self, body: bytes, signature: str | None) -> httpx.Response:
        headers = {"x-line-signature": signature} if signature is not None else {}
        return self._client.post(f"{self.desk}/line/webhook", content=body, headers=headers)
