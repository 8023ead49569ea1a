"""The check of the knowledge names file, line and cure, in Japanese; every rule is broken once to see it red."""

import shutil
from pathlib import Path

import pytest

from actions.knowledge.check import faults
from actions.knowledge.model import FOLDER, read


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "knowledge"))


def change(path: Path, old: str, new: str) -> int:
    """Replaces the first `old`; the number of its line."""
    before, found, after = path.read_text(encoding="utf-8").partition(old)
    assert found
    path.write_text(before + new + after, encoding="utf-8")
    return before.count("\n") + 1


def test_the_projects_knowledge_is_well() -> None:
    assert faults() == []
    assert len(read().jobs) == 12


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("jobs/accounting.yml", "name: 経理\n", "", "「name」がありません"),
        ("jobs/accounting.yml", "plain: ", "plaim: ", "使えない名前"),
        ("jobs/accounting.yml", "    words: [決算, ", "    word: [決算, ", "使えない名前"),
        (
            "jobs/accounting.yml",
            "related: [財務, 経理事務]",
            "related: [財務, 会計係]",
            "「会計係」という仕事はありません",
        ),
        ("jobs/accounting.yml", "保つ仕事です。\n", "保つ仕事です\n", "「。」をつけて"),
        ("jobs/accounting.yml", "text: 決算書をつくる\n", "text: 決算書をつくる。\n", "「。」なしで"),
        ("jobs/accounting.yml", "保つ仕事です。\n", "保つ、受かりやすい仕事です。\n", "応募しやすい"),
        ("jobs/accounting.yml", "保つ仕事です。\n", "保つ仕事です。年収は400万円です。\n", "400万円"),
        ("jobs/accounting.yml", "保つ仕事です。\n", "保つ、あなたの天職です。\n", "天職"),
        ("jobs/accounting.yml", "保つ仕事です。\n", "保つ、女性向きの仕事です。\n", "性別"),
        ("jobs/accounting.yml", "group: バックオフィス", "group: 管理部門", "のどれか"),
        ("jobs/accounting.yml", "area: 経理", "  area: 経理", "字下げ"),
        ("settings.yml", "first_answer_characters: 340", "first_answer_characters: たくさん", "整数"),
        ("untold.yml", "name: 倍率", "name: 競争", "terms.yml の matter"),
        ("certificates.yml", "name: MOS", "name: モス検定", "terms.yml の certificate"),
        ("replies.yml", "{job}に向く人", "{job}に向いているのは、ずばりこういう人たち", "長すぎます"),
        ("choices.yml", "best: [[貿易事務]]", "best: [[通訳]]", "「通訳」という仕事はありません"),
        ("hardships.yml", "say: 生活のこと", "sai: 生活のこと", "使えない名前"),
        ("clues.yml", "tag: money", "tag: okane", "「okane」という手がかりはありません"),
        (
            "clues.yml",
            "お客様と接する仕事の経験\n    topic: お客様とのやり取り\n",
            "お客様と接する仕事の経験\n",
            "「topic」も",
        ),
        ("owners.yml", "jobs: [経理]", "jobs: [事務職]", "「事務職」という仕事はありません"),
        (
            "owners.yml",
            "売掛金がちゃんと入ってきたか確かめるのはどこ",
            "通勤中に転んで骨折った。労災の申請を会社側で進めてくれる人だれ",
            "2つの仕事に",
        ),
        ("settings.yml", "owner_perhaps: 0.25", "owner_perhaps: 0.5", "この順に"),
        ("comparisons.yml", "jobs: [経理, 財務]", "jobs: [経理, 会計係]", "という仕事はありません"),
    ],
)
def test_a_fault_is_named_with_file_line_and_cure(folder: Path, file: str, old: str, new: str, words: str) -> None:
    line = change(folder / file, old, new)
    found = faults(folder)
    assert any(words in fault and f"{file} の " in fault for fault in found), found
    (fault, *_) = [fault for fault in found if words in fault]
    shown = int(fault.split(" の ")[1].split(" ")[0])
    assert shown == line, fault


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "groups" / "office_work.yml").unlink()
    assert any("「事務職」のファイルがありません" in fault for fault in faults(folder))
    (folder / "steps.yml").unlink()
    assert any("steps.yml がありません" in fault for fault in faults(folder))


def test_two_files_of_one_job_are_named(folder: Path) -> None:
    shutil.copy(folder / "jobs" / "it.yml", folder / "jobs" / "it2.yml")
    assert any("にもあります" in fault for fault in faults(folder))
