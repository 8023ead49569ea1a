"""What the desk says that an operator wrote: the checked file of both environments, or a clear end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import operator_settings
from bot.documents import read
from desk import prepare, texts


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A copy of the operator's file that a test may change; the desk reads it anew."""
    path = tmp_path / "operator.yml"
    path.write_text(operator_settings.PATH.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(operator_settings, "operator", lambda: read(path, operator_settings.SCHEMA))
    texts.operator.cache_clear()
    yield path
    texts.operator.cache_clear()


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_who_agrees_can_read_the_privacy_policy(own: Path) -> None:
    change(own, "policy_url: null", "policy_url: https://example.jp/privacy")
    assert texts.consent()["url"] == "https://example.jp/privacy"


def test_the_consent_s_own_page_comes_first(own: Path) -> None:
    change(own, "policy_url: null", "policy_url: https://example.jp/privacy")
    change(own, "link: null", "link: https://example.jp/chat")
    assert texts.consent()["url"] == "https://example.jp/chat"


def test_a_mistake_ends_the_start_with_file_line_and_cure(own: Path) -> None:
    change(own, "hours: ", "hour: ")
    with pytest.raises(SystemExit, match=r"operator\.yml の \d+ 行目: 「hour」は使えない名前です。"):
        texts.operator()


@pytest.mark.django_db
def test_the_sample_is_named_at_every_start(own: Path) -> None:
    assert any("licence_number" in line for line in prepare.warnings())
    own.write_text(own.read_text(encoding="utf-8").replace("見本", "実在"), encoding="utf-8")
    texts.operator.cache_clear()
    assert not any("operator.yml" in line for line in prepare.warnings())
