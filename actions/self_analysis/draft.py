"""A draft of 自己PR in STAR form, made only from the person's own words; what is missing stays a marked blank."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from actions.self_analysis.data import Analysis
from actions.self_analysis.evidence import sentences
from actions.self_analysis.scoring import Evidence

PARTS: Final = ("situation", "task", "action", "result")
# Where one part of a told episode may end and the next begin.
_CUT: Final = re.compile(
    r"(?<=ので)、?|(?<=ため)、|(?<=たら)、|(?<=ところ)、|(?<=結果)、|(?<=から)、|(?<=て)、|(?<=けど)、|(?<=が)、|→|⇒"
)
_SCENE: Final = re.compile(r"^.{2,24}?(?:では|で|とき|時|頃|ころ|中|際)、")


def _pieces(text: str) -> list[str]:
    found: list[str] = []
    for sentence in sentences(text):
        parts, start = [], 0
        for cut in _CUT.finditer(sentence):
            if cut.end() > start:
                parts.append(sentence[start : cut.end()])
                start = cut.end()
        parts.append(sentence[start:])
        found.extend(part for part in parts if part.strip(" 、。→⇒"))
    if found:
        scene = _SCENE.match(found[0])
        if scene and scene.end() < len(found[0]):
            found[:1] = [found[0][: scene.end()], found[0][scene.end() :]]
    return found


def star(analysis: Analysis, text: str) -> dict[str, str]:
    """The parts of an episode: situation, task, action, result; each a piece of `text` or empty.

    Order is kept: a part never comes from before an earlier one, so the parts in a row are the text again.
    """
    task = re.compile(analysis.draft["task_words"])
    action = re.compile(analysis.draft["action_words"])
    outcome = re.compile(analysis.draft["result_words"])
    pieces = _pieces(text)
    parts = dict.fromkeys(PARTS, "")
    stage = 0
    for place, piece in enumerate(pieces):
        last = place == len(pieces) - 1
        if place == 0:
            wanted = 0 if len(pieces) > 1 or not action.search(piece) else 2
        elif outcome.search(piece) and (last or stage >= 2):
            wanted = 3
        elif task.search(piece) and stage <= 1:
            wanted = 1
        elif action.search(piece):
            wanted = 2
        else:
            wanted = stage
        stage = max(stage, wanted)
        parts[PARTS[stage]] += piece
    return {name: part.strip(" →⇒") for name, part in parts.items()}


def make(analysis: Analysis, text: str, evidence: Iterable[Evidence]) -> dict[str, str] | None:
    """The draft, its parts and the whole text; None without an episode."""
    if not text.strip():
        return None
    parts = star(analysis, text)
    verbs: list[str] = []
    for item in evidence:
        tag = analysis.tag(item.tag)
        if tag is not None and item.confirmed and not item.counter and tag.kind == "strength" and tag.verb not in verbs:
            verbs.append(tag.verb)
    opening = str(analysis.draft["strength"].format(verbs="と、".join(verbs[:2]))) if verbs else ""
    lines = [opening] if opening else []
    blanks = analysis.draft["blank"]
    lines += [parts[name] or blanks[name] for name in PARTS]
    return {"opening": opening, **parts, "text": "\n".join(lines)}
