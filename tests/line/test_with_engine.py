"""The real engine on LINE: consent comes before the self-analysis and the handover, however they begin."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.desk.served import make_desk, running, wait_until
from tests.line.stand_in_line import StandInLine
from tests.serving import served_engine


class Phone:
    """One account on LINE, and what the desk has recorded of it."""

    def __init__(self, line: StandInLine, base: Path) -> None:
        self._line, self._base = line, base
        self.user = "U" + uuid.uuid4().hex

    def say(self, text: str, awaited: str) -> None:
        before = len(self._line.screens.get(self.user, []))
        self._line.post(self._line.text(self.user, text))
        self.wait(before, awaited)

    def tap(self, title: str, awaited: str) -> None:
        before = len(self._line.screens[self.user])
        self._line.post(self._line.tap(self.user, title))
        self.wait(before, awaited)

    def menu(self, command: str, awaited: str) -> None:
        before = len(self._line.screens.get(self.user, []))
        self._line.post(self._line.event(self.user, "postback", postback={"data": f"m={command}"}))
        self.wait(before, awaited)

    def wait(self, before: int, awaited: str) -> None:
        wait_until(
            lambda: any(awaited in text for text in self._line.texts(self.user)[before:]),
            40,
            f"{awaited!r} in {self._line.texts(self.user)[before:]}",
        )

    def query(self, sql: str) -> list[Any]:
        with sqlite3.connect(f"file:{self._base}?mode=ro", uri=True, timeout=10) as base:
            rows = base.execute(sql, [self.user]).fetchall()
        base.close()
        return rows

    @property
    def consents(self) -> list[Any]:
        return self.query(
            "SELECT kind, given FROM conversations_consent c JOIN conversations_identity i"
            " ON i.person_id = c.person_id WHERE i.external_id = ? AND kind <> 'chat' ORDER BY c.id"
        )

    @property
    def state(self) -> str:
        return str(
            self.query(
                "SELECT state FROM conversations_conversation c JOIN conversations_identity i"
                " ON i.person_id = c.person_id WHERE i.external_id = ?"
            )[0][0]
        )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[StandInLine, Path]]:
    folder = tmp_path_factory.mktemp("line-real")
    line = StandInLine().start()
    with served_engine(folder) as engine:
        desk = make_desk(folder, f"http://127.0.0.1:{engine.port}", **line.settings(DESK_ALWAYS_OPEN="1"))
        line.desk = desk.url
        with running(desk):
            yield line, folder / "var" / "desk.sqlite3"
    line.stop()
    assert line.refused == []


@pytest.fixture
def phone(served: tuple[StandInLine, Path]) -> Phone:
    return Phone(*served)


@pytest.mark.parametrize("way", ["typed", "menu"])
def test_the_self_analysis_begins_after_consent(phone: Phone, way: str) -> None:
    if way == "typed":
        phone.say("自己分析をしたい", "はじめてもよいですか")
    else:
        phone.menu("analysis", "はじめてもよいですか")
    assert phone.consents == []
    if way == "typed":
        phone.say("はじめる", "（1/12）")
        assert phone.consents == [("self_analysis", 1)]
    else:
        phone.tap("やめておく", "承知しました")
        assert phone.consents == [("self_analysis", 0)]


@pytest.mark.parametrize("way", ["typed", "menu"])
def test_people_hear_of_it_after_consent(phone: Phone, way: str) -> None:
    if way == "typed":
        phone.say("人と話したいです", "よろしいですか")
    else:
        phone.menu("human", "よろしいですか")
    assert phone.consents == []
    assert phone.state == "bot"
    if way == "typed":
        phone.say("やめる", "おつなぎはしません")
        assert phone.consents == [("handover", 0)]
        assert phone.state == "bot"
    else:
        phone.tap("つないでください", "受け付けました")
        assert phone.consents == [("handover", 1)]
        assert phone.state == "queued"
