"""The development set (everyday.yml) over real HTTP: what was once answered rightly stays so.

The set was in view while the answers were mended; the figure for unseen questions is that of test_questions.py.
"""

from __future__ import annotations

from tests.serving import Engine
from tests.stories.test_questions import ask_all, conversations

REQUIRED = 0.97


def test_everyday_questions_stay_answered(engine: Engine) -> None:
    rows = conversations("everyday.yml")
    failures = ask_all(engine, rows)
    whole = 1 - len({failure["id"] for failure in failures}) / len(rows)
    lines = [f"{failure['id']}: {failure['say']} -> {failure['lacks']}" for failure in failures]
    assert whole >= REQUIRED, f"{whole:.1%} of {len(rows)} answered whole\n" + "\n".join(lines)


def test_no_reply_is_long_and_none_is_said_twice(engine: Engine) -> None:
    """About 350 characters are read on a phone; the answer to danger alone may be longer."""
    rows = conversations("everyday.yml")
    for row in rows[::4]:
        for turn in row["turns"]:
            texts = [reply.get("text") or "" for reply in engine.say(f"length-{row['id']}", turn["say"])]
            told = [text for text in texts if text]
            assert len(told) == len(set(told)), turn["say"]
            assert all(len(text) <= 350 for text in told), turn["say"]
