"""Which of several jobs is meant: '総務と人事なら、採用するのはどっち？' gets one sentence first."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from actions.job_answers.asking import last_asked
from actions.job_answers.model import Line, Plan, Question
from actions.job_answers.names import without_names
from actions.knowledge.model import GROUPS, Choice, Knowledge, Passage
from actions.knowledge.search import Hit, Index, spell

# A message that wants one of several.
WHICH: Final = re.compile(
    "どっち(?!も)|どちら(?!も)|どれ(?!くらい|ぐらい|だけ|ほど)|どの(?:仕事|職種|事務|部署|人|職)|一番|いちばん|1番|(?:誰|だれ)(?![かにもで])|(?:の|なの|人|ほう|方|やつ|係)は[?]?$"
    "|(?:多い|少ない|高い|低い|強い|弱い|楽な|近い)の[?]?$"
    "|(?:事務|職種|部署)(?:って|は)[?]?$|(?:ほう|方)が|だったら|(?<![いうくすつぬむるた])なら|なら[、?]|たいなら|(?:この|その)(?:中|なか|うち)(?:で|だと|なら)"
)
# What stands before より is what one would rather not: '数字より人を見るほうが得意'. Others one is compared with stay.
RATHER_NOT: Final = re.compile(
    "[^、。,.!?で]{1,12}(?<!何)(?<!なに)(?<!思った)(?<!前)(?<!それ)(?<!これ)(?<!平均)(?<!人)(?<!誰)(?<!周り)(?<!皆)"
    "(?<!みんな)(?<!普通)(?<!もと)(?<!に)(?<!昔)(?<!今)より(?:も|は)?(?![良よい])"
)
# 'PC苦手な人でもできる' is no wish for it.
_NOT_GOOD_AT: Final = re.compile("[^、。]{1,8}(?:苦手|嫌い|弱い|できな|下手)[^、。]{0,6}(?:でも|ても|から|ので)")
# The line that only lists what is left where jobs were refused by name.
LEFT: Final = "apart"
# Jobs whose difference is told in a line each below the sentence.
_MOST_LINES: Final = 3
# More than these are told by the name of their group.
_MOST_NAMED: Final = 7
# How far behind its word '使わない' may stand, in characters.
_REACH: Final = 12


def choose(known: Knowledge, index: Index, question: Question) -> Plan | None:
    """The jobs of `question` (one group alone: its jobs) that its words point to; None where they point to none."""
    groups = {name: subject.group for name, subject in known.subjects.items()}
    named = list(question.jobs)
    if len(named) == 1:
        if named[0] not in GROUPS:
            return None
        named = [job for job in known.jobs if groups[job] == named[0]]
    if len(named) < 2 or question.entities.get("matter"):
        return None
    asked = spell(question.text)
    for name in sorted(question.jobs, key=len, reverse=True):
        asked = asked.replace(spell(name), " ")
    asked = RATHER_NOT.sub(" ", asked)
    sure, duty = _task(known, index, question, named)
    choice = _weightiest(known.choices, asked, set(named) <= set(GROUPS))
    if duty is not None and (choice is None or sure >= known.settings["sure_task"]):
        text = known.choice_texts["task"].format(duty=duty.text, job=duty.subject)
        others = [name for name in named if name != duty.subject]
        if any(word in asked for word in known.fewer):
            # '総務と情シス、パソコンに詳しくなくていいのは？'
            text = _first_others(known, others, groups) + text
            return _plan(known, text, others, f"which.{duty.id}", named)
        return _plan(known, text, [duty.subject], f"which.{duty.id}", named)
    if choice is None:
        return None
    best = _best(choice, named, groups)
    others = _without(choice, named, best)
    fewer = bool(choice.fewer and best and others and _wants_fewer(known, choice, asked))
    text = _said(known, choice, named, best, others if fewer else [], groups)
    if best and not fewer:
        text += _said_too(known, choice, asked, named, best, groups)
    return _plan(known, text, others if fewer else best or named, f"which.{choice.say}", named, choice.each)


def _said_too(
    known: Knowledge,
    first: Choice,
    asked: str,
    named: Sequence[str],
    best: Sequence[str],
    groups: Mapping[str, str | None],
) -> str:
    """'残業が少なくて資格もいらない事務は？': what is to be said of the other trait, if it points to the same jobs."""
    for words in first.every:
        for word in words:
            asked = asked.replace(word, " ")
    other = _weightiest([c for c in known.choices if c is not first], asked, set(named) <= set(GROUPS))
    if other is None or _wants_fewer(known, other, asked) or _best(other, named, groups) != list(best):
        return ""
    return _said(known, other, named, best, [], groups)


def choose_apart(known: Knowledge, index: Index, question: Question, refused: Sequence[str]) -> Plan | None:
    """Of the jobs of `question` those that have little to do with what is refused; None where nobody knows which.

    What is wished for beside it ('電話以外で、数字を扱う事務') is chosen among these.
    """
    if question.entities.get("matter"):
        return None
    groups = {name: subject.group for name, subject in known.subjects.items()}
    left = list(question.jobs)
    told: list[str] = []
    key = ""
    each: str | None = None
    for thing in refused:
        asked = spell(thing)
        by_name = [name for name in left if len(asked) > 1 and asked in spell(name)]
        if by_name and len(by_name) < len(left):
            # '貿易じゃない事務'
            left = [name for name in left if name not in by_name]
            key = key or LEFT
            continue
        choice = _weightiest(known.choices, asked, False)
        duties = _duties(known, index, thing, left)
        if duties and (choice is None or not choice.fewer or duties[0].score >= known.settings["sure_task"]):
            with_it = list(dict.fromkeys(hit.passage.subject for hit in duties))
            owner = duties[0].passage
            text, key = known.choice_texts["task"].format(duty=owner.text, job=owner.subject), f"apart.{owner.id}"
        elif choice is None:
            continue
        elif not choice.fewer:
            # '残業のない事務': the entry itself speaks of having little.
            best = _best(choice, left, groups)
            return _plan(known, _said(known, choice, left, best, [], groups), best or left, f"which.{choice.say}", left)
        else:
            best = _best(choice, left, groups)
            with_it = [name for name in left if name not in _without(choice, left, best)]
            text, key, each = _said(known, choice, left, best, [], groups), f"apart.{choice.say}", choice.each
        if set(with_it) >= set(left):
            return _plan(known, text, left, key, left, each)
        left = [name for name in left if name not in with_it]
        told.append(text)
    wished = replace(question, jobs=tuple(left), refused=None, text=_wish(question.text))
    wish = choose(known, index, wished) if len(left) > 1 else None
    if refused and not told and len(left) == len(question.jobs):
        return None
    if wish is not None:
        return wish
    texts = known.choice_texts
    others = _together(left, known, groups) if len(left) > _MOST_NAMED else left
    first = texts["left"].format(others="、".join(others)) + "".join(told)
    first += texts["perhaps"] if told else ""
    return _plan(known, first, left, key or LEFT, left, each)


def _wish(text: str) -> str:
    """What is wished for in the last question of a text: no circumstances, nothing that one is bad at."""
    return _NOT_GOOD_AT.sub(" ", without_names(last_asked(text)))


def _duties(known: Knowledge, index: Index, text: str, jobs: Collection[str]) -> list[Hit]:
    """The duties of these jobs that a text points to, best first."""

    def wanted(passage: Passage) -> bool:
        return passage.subject in jobs and passage.aspect == "duties" and not passage.text.endswith("。")

    return [hit for hit in index.search(text, wanted) if hit.score >= known.settings["own_task"]]


def _task(known: Knowledge, index: Index, question: Question, named: Sequence[str]) -> tuple[float, Passage | None]:
    """The duty of one of the named jobs that the words point to, and how surely."""
    inside = set(named)
    inside |= {job for job in known.jobs if known.subjects[job].group in inside and inside <= set(GROUPS)}

    def wanted(passage: Passage) -> bool:
        return passage.subject in inside and passage.aspect == "duties" and not passage.text.endswith("。")

    hits = index.search(question.text, wanted, without=question.jobs)
    if not hits or hits[0].score < known.settings["own_task"]:
        return 0.0, None
    return hits[0].score, hits[0].passage


def _weightiest(choices: Sequence[Choice], asked: str, of_groups: bool) -> Choice | None:
    """The entry that explains most of the words."""
    found: Choice | None = None
    most = 0
    for choice in choices:
        if choice.of_groups not in (None, of_groups) or any(word in asked for word in choice.without):
            continue
        lengths = [max((len(word) for word in words if word in asked), default=0) for words in choice.every]
        if all(lengths) and sum(lengths) > most:
            found, most = choice, sum(lengths)
    return found


def _best(choice: Choice, named: Sequence[str], groups: Mapping[str, str | None]) -> list[str]:
    """The named jobs of the first tier that holds any of them; a group that is named counts for its jobs."""
    for tier in choice.best:
        found = [name for name in named if name in tier or groups[name] in tier]
        if found:
            return found
        members = [name for name in named if name in GROUPS and any(groups[job] == name for job in tier)]
        if len(members) == 1:
            return members
    return []


def _without(choice: Choice, named: Sequence[str], best: Collection[str]) -> list[str]:
    """Who has the least of it: the named jobs that stand in no tier, else those that are not among the best."""
    others = [name for name in named if name not in best]
    return [name for name in others if not any(name in tier for tier in choice.best)] or others


def _said(
    known: Knowledge,
    choice: Choice,
    named: Sequence[str],
    best: Sequence[str],
    others: Sequence[str],
    groups: Mapping[str, str | None],
) -> str:
    """The sentence; `others` come first where the opposite is asked for."""
    texts = known.choice_texts
    if not choice.best:
        text = choice.say
    elif not best:
        everywhere = "と".join(choice.best[0])
        text = choice.none or texts["none"].format(named="、".join(named)) + choice.say.format(best=everywhere)
    elif set(best) == set(named) and choice.same:
        text = choice.same
    else:
        told = []
        for name in _together(best, known, groups):
            tier = next((t for t in choice.best if name in t or groups[name] in t), None)
            # '事務職の中の貿易事務', where the groups are compared and only one of its jobs fits.
            inner = [job for t in choice.best for job in t if groups[job] == name] if tier is None else []
            told.append(texts["member"].format(group=name, job="・".join(inner)) if inner else name)
        text = choice.say.format(best="と".join(told))
        text = _first_others(known, others, groups) + text
    return text.replace("どれ", "どちら") if len(named) == 2 else text


def _first_others(known: Knowledge, others: Sequence[str], groups: Mapping[str, str | None]) -> str:
    """The jobs that are left, before what is said of the one that is not wanted."""
    told = _together(others, known, groups)
    if not told:
        return ""
    if len(told) <= _MOST_LINES:
        return known.choice_texts["others"].format(others="と".join(told))
    return known.choice_texts["left"].format(others="、".join(told))


def _together(named: Sequence[str], known: Knowledge, groups: Mapping[str, str | None]) -> list[str]:
    """All jobs of a group by the name of the group."""
    told = list(named)
    for group in GROUPS:
        inside = [job for job in known.jobs if groups[job] == group]
        if all(job in told for job in inside):
            told = [group, *(name for name in told if name not in inside and name != group)]
    return told


def _wants_fewer(known: Knowledge, choice: Choice, asked: str) -> bool:
    """'英語を使わないのは？', '人と話さなくていいのはどっち？'."""
    found = [word for words in choice.every for word in words if word in asked]
    ends = [asked.find(word) + len(word) for word in found]
    return any(word in known.fewer for word in found) or any(
        word in asked[max(0, end - 2) : end + _REACH] for end in ends for word in known.fewer
    )


def _plan(
    known: Knowledge, text: str, jobs: Sequence[str], key: str, named: Sequence[str], each: str | None = None
) -> Plan:
    lines = [Line(key, text, bullet=False)]
    groups = {name: subject.group for name, subject in known.subjects.items()}
    jobs = _together(jobs, known, groups) if len(named) > _MOST_LINES else jobs
    shown = list(named) if len(named) <= _MOST_LINES else list(jobs)
    for name in shown[:_MOST_LINES]:
        own = known.subjects[name].section(each).passages if each else ()
        if own:
            lines.append(Line(own[0].id, f"{name}：{own[0].text}", passage=own[0]))
        else:
            lines.append(Line(f"{name}.contrast", f"{name}：{known.subjects[name].contrast}。"))
    plain = "".join(f"{name}は、{known.subjects[name].plain}" for name in shown[:_MOST_LINES])
    return Plan(tuple(lines), plain=plain, jobs=tuple(jobs), fill=False, specific=True)
