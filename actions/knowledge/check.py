"""Checks data/knowledge for the people who edit it: every fault with its file, its line and what to do about it.

Run by `make check-knowledge`, before a change is used.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from actions.knowledge.model import COMMON, FOLDER, GROUPS
from actions.self_analysis.data import load as self_analysis
from bot.documents import DocumentError, read_yaml
from bot.documents import read as read_document

# Every file (or folder) and its definition in schema.yml.
_FILES: Final = {
    "jobs": "job",
    "groups": "groups",
    "common.yml": "common",
    "steps.yml": "steps",
    "service.yml": "service",
    "comparisons.yml": "comparisons",
    "choices.yml": "choices",
    "topics.yml": "topics",
    "untold.yml": "untold",
    "certificates.yml": "certificates",
    "clues.yml": "clues",
    "direct.yml": "direct",
    "hardships.yml": "hardships",
    "asked.yml": "asked",
    "owners.yml": "owners",
    "replies.yml": "replies",
    "settings.yml": "settings",
}
# What the bot must not say: promises, and figures that no source of ours gives.
_FORBIDDEN: Final = (
    (
        re.compile("受かりやす|内定しやす|採用されやす"),
        "「応募しやすい」「挑戦しやすい」に言いかえてください（採用は約束できません）。",
    ),
    (
        re.compile("天職|必ず(?!しも)|絶対"),
        "言い切りや約束になる言葉です。やわらかく言いかえてください。",
    ),
    (
        re.compile(r"\d+\s*(万円|円|%|％|点|級|歳|倍)"),
        "金額・点数・級・年齢・倍率の数字は書かず、確かめ方を案内してください。",
    ),
    (re.compile("女性向き|男性向き|女性に人気|男性に人気"), "性別で仕事をすすめる言葉です。消してください。"),
    (re.compile("キャリアコンサルタント"), "国家資格の名前です。「アドバイザー」と書いてください。"),
)  # fmt: skip
# Sections of phrases that stand in '「…」のは、経理の仕事です'.
_PHRASES: Final = ("jobs", "duties")
# Lists of words to look for: never said.
_UNSAID: Final = (
    "words", "around", "all", "not", "hai", "iie", "about", "aspect", "fewer", "of", "best", "intent", "each",
    "asked", "open", "owners", "names", "unless", "unwanted",
)  # fmt: skip


def _schema(name: str) -> dict[str, Any]:
    everything = read_yaml(Path(__file__).with_name("schema.yml"))
    return {"$defs": everything["$defs"], "$ref": f"#/$defs/{name}"}


def _line_of(path: Path, text: str) -> int:
    """The first line that holds `text` (1 where a long text is folded over lines)."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if text in line:
            return number
    return 1


def _fault(path: Path, text: str, cure: str) -> str:
    return f"{path} の {_line_of(path, text)} 行目: {cure}"


def _strings(raw: Any, *, words: bool = False) -> Iterator[str]:
    """All texts that the bot may say; search words (`words`) are never said."""
    if isinstance(raw, str):
        yield raw
    elif isinstance(raw, dict):
        for key, value in raw.items():
            if key not in _UNSAID or words:
                yield from _strings(value, words=words)
    elif isinstance(raw, list):
        for value in raw:
            yield from _strings(value, words=words)


def _items(raw: Any) -> Iterator[tuple[str, str | None]]:
    """Texts and titles of a section."""
    for item in raw["items"] if isinstance(raw, dict) else raw or ():
        if isinstance(item, str):
            yield item, None
        else:
            yield item["text"], item.get("title")
            for key in ("more", "examples"):
                yield from (
                    (detail if isinstance(detail, str) else detail["text"], None) for detail in item.get(key, ())
                )


def _paths(folder: Path) -> Iterator[tuple[Path, str]]:
    for name, definition in _FILES.items():
        if name.endswith(".yml"):
            yield folder / name, definition
        else:
            yield from ((path, definition) for path in sorted((folder / name).glob("*.yml")))


def _names_fit(read: dict[Path, Any], folder: Path) -> Iterator[str]:
    """Names that point to other files."""
    jobs = {raw["name"]: path for path, raw in read.items() if path.parent.name == "jobs"}
    groups = {raw["name"] for path, raw in read.items() if path.parent.name == "groups"}
    for group in GROUPS:
        if group not in groups:
            yield f"{folder / 'groups'} に「{group}」のファイルがありません。元のファイルを戻してください。"
    known = {*jobs, *groups}
    seen: dict[str, Path] = {}
    for path, raw in read.items():
        if path.parent.name in ("jobs", "groups"):
            if raw["name"] in seen:
                yield _fault(
                    path, f"name: {raw['name']}", f"「{raw['name']}」は {seen[raw['name']].name} にもあります。"
                )
            seen[raw["name"]] = path
            pointing: Iterable[str] = [*raw.get("related", ()), *([raw["bridge"]] if "bridge" in raw else ())]
        elif path.name == "comparisons.yml":
            pointing = [job for pair in raw["pairs"] for job in pair["jobs"]]
        elif path.name == "owners.yml":
            pointing = [job for entry in raw["owners"] for job in entry["jobs"]]
        elif path.name == "direct.yml":
            pointing = [name for entry in raw["answers"] for name in entry["about"] if name != COMMON]
        elif path.name == "choices.yml":
            pointing = [name for choice in raw["choices"] for tier in choice["best"] for name in tier]
        elif path.name == "clues.yml":
            pointing = [job for clue in (*raw["clues"], *raw["experiences"]) for job in clue["jobs"]]
        else:
            continue
        # A group of jobs owns no task.
        usable = jobs if path.name == "owners.yml" else known
        for name in dict.fromkeys(pointing):
            if name not in usable:
                yield _fault(path, name, f"「{name}」という仕事はありません。使える名前：{'、'.join(usable)}")


def _owners_fit(read: dict[Path, Any], folder: Path) -> Iterator[str]:
    """Questions that stand under two owners, and thresholds that are out of order."""
    path = folder / "owners.yml"
    questions = Counter(question for entry in read[path]["owners"] for question in entry["questions"])
    for question in [text for text, times in questions.items() if times > 1]:
        yield _fault(path, question, f"「{question}」が2つの仕事にあります。1つにしてください。")
    settings = read[folder / "settings.yml"]
    if not 0 < settings["owner_perhaps"] <= settings["owner_learned"] <= settings["owner_surely"]:
        yield _fault(
            folder / "settings.yml",
            "owner_perhaps: ",
            "owner_perhaps、owner_learned、owner_surely は、0より大きく、この順に大きくしてください。",
        )


def _tags_fit(read: dict[Path, Any], folder: Path) -> Iterator[str]:
    """Tags of clues that the self-analysis does not know."""
    path = folder / "clues.yml"
    tags = [tag.id for tag in self_analysis().tags]
    for tag in [clue["tag"] for clue in read[path]["clues"] if "tag" in clue]:
        if tag not in tags:
            yield _fault(
                path, f"tag: {tag}", f"自己分析に「{tag}」という手がかりはありません。使える名前：{'、'.join(tags)}"
            )


def _wording(read: dict[Path, Any]) -> Iterator[str]:
    """Forbidden words, and how sentences end."""
    for path, raw in read.items():
        if path.name == "settings.yml":
            continue
        for text in _strings(raw):
            for pattern, cure in _FORBIDDEN:
                found = pattern.search(text)
                if found:
                    yield _fault(path, found.group(), f"「{found.group()}」は使えません。{cure}")
        if path.name in ("direct.yml", "choices.yml"):
            for entry in raw["answers" if path.name == "direct.yml" else "choices"]:
                for text in (entry[key] for key in ("say", "same", "none") if key in entry):
                    if not text.endswith("。"):
                        yield _fault(path, text, "文の終わりに「。」をつけてください。")
        if path.parent.name not in ("jobs", "groups") and path.name not in ("common.yml", "steps.yml"):
            continue
        for aspect, section in raw.items():
            if not isinstance(section, (list, dict)) or aspect == "related":
                continue
            for text, _ in _items(section):
                if (path.parent.name, aspect) == _PHRASES:
                    if text.endswith("。"):
                        yield _fault(path, text, "duties は「書類を作成する」のように、「。」なしで書いてください。")
                elif aspect != "duties" and not text.endswith("。"):
                    yield _fault(path, text, "文の終わりに「。」をつけてください。")


def _buttons_fit(read: dict[Path, Any], folder: Path) -> Iterator[str]:
    """Button titles that would be cut on LINE."""
    path = folder / "replies.yml"
    settings = read.get(folder / "settings.yml")
    raw = read.get(path)
    if raw is None or settings is None:
        return
    longest = max(
        (job["name"] for at, job in read.items() if at.parent.name in ("jobs", "groups")), key=len, default=""
    )
    for title in (*raw["buttons"].values(), *raw["buttons_general"].values()):
        size = len(title.format(job=longest, a="情報システム", b="一般事務"))
        if size > settings["button_characters"]:
            yield _fault(
                path,
                title,
                f"ボタン「{title}」が長すぎます（{size}文字）。{settings['button_characters']}文字までにしてください。",
            )


def _terms_fit(read: dict[Path, Any], folder: Path) -> Iterator[str]:
    """Names that must be the same as in the dictionary of terms."""
    if not (folder / "terms.yml").exists():
        return
    values: dict[str, set[str]] = defaultdict(set)
    for term in read_yaml(folder / "terms.yml")["terms"]:
        values[term["entity"]].add(term["value"])
    for path, raw in read.items():
        if path.parent.name in ("jobs", "groups") and raw["name"] not in values["job"]:
            yield _fault(
                path, raw["name"], f"「{raw['name']}」が terms.yml の job にありません。呼び名を書き足してください。"
            )
    path = folder / "certificates.yml"
    for certificate in read[path]["certificates"]:
        if certificate["name"] not in values["certificate"]:
            yield _fault(
                path, certificate["name"], f"「{certificate['name']}」が terms.yml の certificate にありません。"
            )
    path = folder / "untold.yml"
    names = {matter["name"] for matter in read[path]["matters"]}
    for matter in names - values["matter"]:
        yield _fault(
            path, f"name: {matter}", f"「{matter}」が terms.yml の matter にありません。名前をそろえてください。"
        )
    for value in values["matter"] - names:
        yield f"{path}: terms.yml の matter「{value}」への答えがありません。name、text、how、words が要ります。"


def _answers_stand(read: dict[Path, Any], folder: Path) -> Iterator[str]:
    """Answers of asked.yml that stand in no other file."""
    path = folder / "asked.yml"
    said = {text for at, raw in read.items() if at.name not in ("asked.yml", "owners.yml") for text in _strings(raw)}
    for entry in read.get(path, {"asked": ()})["asked"]:
        if entry["say"] not in said:
            yield _fault(
                path,
                entry["say"],
                f"「{entry['say']}」という文はほかのファイルにありません。直したあとの文に書きかえてください。",
            )


def faults(folder: Path = FOLDER) -> list[str]:
    """Everything that is wrong in `folder`, one Japanese sentence or two each; empty when all is well."""
    found: list[str] = []
    read: dict[Path, Any] = {}
    for path, definition in _paths(folder):
        try:
            read[path] = read_document(path, _schema(definition))
        except DocumentError as error:
            found += str(error).splitlines()
    if found:
        # What follows takes files that can be read for granted.
        return found
    for check in (_names_fit, _owners_fit, _tags_fit, _buttons_fit, _terms_fit, _answers_stand):
        found += check(read, folder)
    found += _wording(read)
    return found


def main() -> int:
    """Prints the faults; 1 if there are any."""
    found = faults()
    for fault in found:
        sys.stderr.write(fault + "\n")
    sys.stdout.write("data/knowledge に問題はありません。\n" if not found else f"{len(found)} か所を直してください。\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
