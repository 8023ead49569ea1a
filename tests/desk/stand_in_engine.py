"""A tiny engine with the contract's routes, as a process of its own: `python -m tests.desk.stand_in_engine PORT STORE`.

It answers a message id that it knows with the same replies, remembered in the SQLite file STORE like the real one, so
that it can be killed. Texts steer it: `slow N` answers after N seconds, `fail` is a 500, `empty` has no reply,
`garbage` is no JSON; a text with `crisis` is parsed as one.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
from typing import Any

import uvicorn

Message = dict[str, Any]

RESULT: Message = {
    "version": "1",
    "axis": {"value": 0.4, "coverage": 0.8, "band": "slight"},
    "roles": [{"job": "経理", "score": 0.7, "sources": ["q1"]}],
    "evidence": [{"tag": "正確さ", "words": "数字を合わせるのが好き", "confirmed": True}],
    "counter": [],
    "conditions": [],
    "confidence": "fair",
    "next_step": "経理の仕事をくわしく見る",
    "chart": {"rows": [{"label": "軸", "left": "事務", "right": "専門", "value": 0.4, "low": 0.1, "high": 0.7}]},
    "card": {"headline": "見えてきたこと", "clues": ["正確さ"], "cautions": [], "sureness": "ほぼ", "next": "次へ"},
}


class StandIn:
    """The ASGI application."""

    def __init__(self, store: str) -> None:
        self._store = sqlite3.connect(store, isolation_level=None, check_same_thread=False)
        self._store.execute("PRAGMA journal_mode=WAL")
        self._store.execute("CREATE TABLE IF NOT EXISTS replies (id TEXT PRIMARY KEY, sender TEXT, body TEXT)")
        self._store.execute("CREATE TABLE IF NOT EXISTS asked (sender TEXT, message TEXT, id TEXT, metadata TEXT)")
        self._locks: dict[str, asyncio.Lock] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while True:
                kind = (await receive())["type"]
                await send({"type": f"{kind}.complete"})
                if kind == "lifespan.shutdown":
                    return
        body = b""
        while True:
            part = await receive()
            body += part.get("body", b"")
            if not part.get("more_body"):
                break
        status, answer = await self.answer(scope["method"], scope["path"], json.loads(body) if body else {})
        content = answer if isinstance(answer, bytes) else json.dumps(answer, ensure_ascii=False).encode()
        head = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": head})
        await send({"type": "http.response.body", "body": content})

    async def answer(self, method: str, path: str, body: Message) -> tuple[int, Any]:
        if path == "/status":
            return 200, {"model_file": "stand-in"}
        if path == "/model/parse":
            crisis = "crisis" in body["text"]
            return 200, {"text": body["text"], "intent": {"name": "crisis" if crisis else "greet", "confidence": 0.97}}
        if method == "DELETE":
            self._store.execute("DELETE FROM replies WHERE sender = ?", [path.rsplit("/", 1)[1]])
            return 204, b""
        if path == "/asked":
            rows = self._store.execute("SELECT sender, message, metadata FROM asked ORDER BY rowid").fetchall()
            return 200, [{"sender": s, "message": m, "metadata": json.loads(d)} for s, m, d in rows]
        if path == "/webhooks/rest/webhook":
            async with self._locks.setdefault(body["sender"], asyncio.Lock()):
                return await self.turn(body)
        return 404, {"code": 404}

    async def turn(self, body: Message) -> tuple[int, Any]:
        key, text = body["metadata"]["message_id"], body["message"]
        known = self._store.execute("SELECT body FROM replies WHERE id = ?", [key]).fetchone()
        self._store.execute(
            "INSERT INTO asked VALUES (?, ?, ?, ?)", [body["sender"], text, key, json.dumps(body["metadata"])]
        )
        if known:
            return 200, json.loads(known[0])
        if text.startswith("slow "):
            await asyncio.sleep(float(text.split()[1]))
        if text == "fail":
            return 500, {"status": "failure"}
        if text == "garbage":
            return 200, b"<html>"
        replies = self.replies(text)
        for reply in replies:
            reply["recipient_id"] = body["sender"]
        self._store.execute("INSERT INTO replies VALUES (?, ?, ?)", [key, body["sender"], json.dumps(replies)])
        return 200, replies

    def replies(self, text: str) -> list[Message]:
        if text == "empty":
            return []
        if text == "/EXTERNAL_session_opened":
            return [{"text": "greeting"}]
        if text == "human" or text.startswith("/request_human"):
            handoff = {"reason": "asked", "summary": "", "urgency": "normal"}
            return [{"text": "one moment"}, {"custom": {"handoff": handoff}}]
        if text == "question":
            buttons = [
                {"title": "はい", "payload": '/sa_answer{"q":"q1","v":"1"}'},
                {"title": "いいえ", "payload": '/sa_answer{"q":"q1","v":"2"}'},
            ]
            return [{"text": "Q1", "buttons": buttons}, {"custom": {"progress": {"step": 1, "of": 3}}}]
        if text in {"agree", "refuse"}:
            consent = {"kind": "self_analysis", "given": text == "agree", "version": "7"}
            return [{"text": "begin", "custom": {"consent": consent}}]
        if text == "result":
            return [{"text": "Your result", "custom": {"self_analysis": RESULT}}]
        if text == "broken custom":
            return [{"text": "still said", "custom": {"handoff": {"reason": 3}}}]
        return [{"text": f"re: {text}"}, {"text": f"p2: {text}"}]


def main() -> None:
    """Serve on the given port until killed."""
    uvicorn.run(StandIn(sys.argv[2]), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", lifespan="off")


if __name__ == "__main__":
    main()
