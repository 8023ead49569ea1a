"""The bot says over `bot.server` what it says over Rasa's own servers: no shortcut of ours changes an answer."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from bot.documents import read_yaml
from tests.serving import MODEL, ROOT, Engine, served_by_rasa, served_engine

# All conversations of the judge set take some minutes: SAME_AS_RASA_FULL=1. Only whether both agree is looked at.
EVERY = 1 if os.environ.get("SAME_AS_RASA_FULL") else 12
# Forms, buttons, the handover and danger, which the judge set has little of.
OWN = [
    [
        "こんにちは",
        "自己分析をしたい",
        "はい",
        '/sa_answer{"q":"q1","v":"2"}',
        "経理って何？",
        "わからない",
        "戻る",
        "やめる",
    ],
    ["自己分析", "はい", "人と話すのが好き", "なんで聞くの？", "スキップ", "担当者と話したい", "はい", "はい"],
    ["人に相談したい", "はい", "やっぱりいいです", "経理と総務の違いは？", "もっと詳しく", "例えば？"],
    ["もう消えてしまいたい", "経理の仕事", "ありがとう"],
    ["ｱｲｳｴｵ", "😀", "/nobody_knows", "0[", "えっと", "はい", "いいえ"],
]


def conversations() -> list[list[str]]:
    """What people say, a list a conversation."""
    questions = read_yaml(ROOT / "tests/stories/questions.yml")
    rows = questions["rows"] if isinstance(questions, dict) else questions
    return [*OWN, *([turn["say"] for turn in row["turns"]] for row in rows[::EVERY])]


def outcome(engine: Engine, sender: str, text: str) -> object:
    """The replies of one turn; Rasa answers with none where ours says that there is an error."""
    body = {"sender": sender, "message": text, "metadata": {"channel": "web"}}
    status, replies = engine.request("POST", "/webhooks/rest/webhook", body)
    return replies if status == 200 else []


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::FutureWarning")
def test_both_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    different = []
    with served_engine(tmp_path / "ours") as ours, served_by_rasa(tmp_path, MODEL, "actions", ROOT, {}) as rasa:
        for number, texts in enumerate(conversations()):
            for at, text in enumerate(texts):
                mine, theirs = outcome(ours, f"c{number}", text), outcome(rasa, f"c{number}", text)
                if mine != theirs:
                    different.append((number, at))
                    (tmp_path / f"{number}-{at}.json").write_text(json.dumps([mine, theirs], ensure_ascii=False))
    assert not different, f"conversation and turn of the first ten: {different[:10]}"
