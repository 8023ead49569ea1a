"""What is said to the person who edits a YAML file and makes a mistake: file, line and cure, in Japanese."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.documents import LOADER, DocumentError, read
from bot.operator_settings import PATH, SCHEMA, operator, unready
from bot.safety.settings import FOLDER, LINES_SCHEMA


def _broken(folder: Path, source: Path, old: str, new: str) -> Path:
    text = source.read_text(encoding="utf-8")
    assert old in text
    path = folder / source.name
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("fee:", "fees:", "使えない名前"),
        ("adviser_title: アドバイザー", "adviser_title: キャリアコンサルタント", "資格の名前"),
        ("  version: demo-1\n", "", "「version」がありません"),
        ("booking_url: null", "booking_url: example.com", "https:// で始まる"),
        ("hours: ", "fee: ", "2回あります"),
        ("notice: ", "notice: [", "かぎ括弧"),
    ],
)
def test_a_mistake_in_the_operators_facts(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = _broken(tmp_path, PATH, old, new)
    with pytest.raises(DocumentError) as raised:
        read(path, SCHEMA)
    assert said in str(raised.value)
    assert "行目" in str(raised.value)


def test_the_line_is_the_line_of_the_mistake(tmp_path: Path) -> None:
    path = _broken(tmp_path, FOLDER / "lines.yml", "number: 0120-279-338", "number: 0120-279-33811")
    line = 1 + path.read_text(encoding="utf-8").splitlines().index("    number: 0120-279-33811")
    with pytest.raises(DocumentError, match=rf"{line} 行目: .*半角の数字とハイフン"):
        read(path, LINES_SCHEMA)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("hours: ", "hour: ", "「hours」の書きまちがい"),
        ("name: 株式会社", 'name: "株式会社', "書き方が正しくありません"),
        ("hours: ", "hours:", "「: 」のあとの空白"),
    ],
)
def test_a_mistake_is_looked_for_where_it_was_made(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = _broken(tmp_path, PATH, f"\n{old}", f"\n{new}")
    rows = path.read_text(encoding="utf-8").splitlines()
    line = 1 + [row.startswith(new) for row in rows].index(True)
    with pytest.raises(DocumentError, match=rf"の {line} 行目: .*{said}"):
        read(path, SCHEMA)


def test_the_sample_s_own_entries_are_named_before_they_go_public() -> None:
    assert {"name", "licence_number", "privacy"} <= set(unready(operator()))
    assert unready({**operator(), "name": "株式会社みちのえき", "licence_number": None})[-1] == "licence_number"
    assert unready({"name": "株式会社みちのえき", "licence_number": "13-ユ-300000"}) == []


def test_a_line_without_its_day_of_checking_is_refused(tmp_path: Path) -> None:
    path = _broken(tmp_path, FOLDER / "lines.yml", "    verified_on: 2026-11-23\n", "")
    with pytest.raises(DocumentError, match="verified_on"):
        read(path, LINES_SCHEMA)


def test_one_line_has_to_be_open_day_and_night(tmp_path: Path) -> None:
    path = _broken(tmp_path, FOLDER / "lines.yml", "    always_open: true\n", "")
    with pytest.raises(DocumentError):
        read(path, LINES_SCHEMA)


def test_a_missing_file_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="ありません"):
        read(tmp_path / "none.yml", SCHEMA)


def test_the_demo_operator_is_complete() -> None:
    facts = operator()
    assert facts["consent"]["version"]
    assert "自動応答" in facts["notice"]


def _twice(node: yaml.Node | None) -> Iterator[str]:
    """The names that a mapping below `node` gives twice; the reader would keep the last and say nothing."""
    if isinstance(node, yaml.MappingNode):
        names = [key.value for key, _ in node.value]
        yield from (name for name in set(names) if names.count(name) > 1)
    children = [pair[1] for pair in node.value] if isinstance(node, yaml.MappingNode) else node.value if node else []
    if not isinstance(node, yaml.ScalarNode):
        for child in children:
            yield from _twice(child)


@pytest.mark.parametrize("path", sorted(PATH.parent.rglob("*.yml")), ids=lambda path: path.stem)
def test_no_file_gives_a_name_twice(path: Path) -> None:
    assert list(_twice(yaml.compose(path.read_text(encoding="utf-8"), Loader=LOADER))) == []
