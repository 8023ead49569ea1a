"""What a message asks, apart from the circumstances told before it, and how much of that is known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Final, NamedTuple

from actions.job_answers.names import named_in, without_names
from actions.knowledge.search import pairs_of, spell
from bot.nlu.normalise import fold, normalise

# Where one stretch ends and another begins: '…辞めました。', '…なんですけど、', '…なので、'.
# What one has heard is part of the question: '…って聞いたけど本当？'
_JOINT: Final = re.compile(
    "[。!！?？\n]+|…+|(?<!聞いた)(?<!聞きました)(?<!聞いてた)(?<!言われた)(?<!言われました)(?<!言ってた)(?<!いわれた)"
    "(?<!きいた)(?<!らしい)(?<!そうだ)"
    "(?:けれども|けれど|けども|けど|(?:です|ます|んだ|た)が)[、,]?|(?<=[たるいすんな])(?:ので|から|んで|し)[、,]"
)
_ASKS: Final = re.compile(
    "(?:か|かな|かね|かい|かいな|かえ|かしら|の|よね|でしょう?|っしょ|だろう|やろ|だべ|だら|すか|っけ|んの|ん)$|教え|知りたい|聞きたい|どう|どれ|どの|どんな|どっち|何|なに|なん|いつ|誰|だれ"
)
# Words of asking and of any work, which say nothing of what is asked: '事務ってどうですか', '無理ですか'.
_OF_ANY: Final = re.compile(
    "(?:仕事|業務|職種|職業|部署|部門|会社|企業|社員|職場|担当|人たち|人間|人(?!事|材|脈)|方(?!針|向|法)|自分|私|僕|俺|全部|全員|全然|絶対|必須|必要|普通|実際|基本|結構|毎日|本当|本音"
    "|大丈夫|平気|無理|可能|不可能|未経験|転職|就職|応募|希望|興味|目指|働|向い|向き|向く|合う|合って|大変|大事|大切|不安|心配|気持|感じ|場合|場所|話|教|知|聞|思|言|何|誰|時|事(?!務)|物|者|的"
    "|イメージ|メイン|タイプ|ok|ng|全般|以外|道|行|持|見|担|入|手伝|使|作|出来|多|少|高|低|強|弱|難|簡単|楽|受|雇|採|詰|間|覚|遅|主|係|役|中|内|外|上|下|前|後|今|他|次|良|悪|好|嫌)+"
)
# With a job named this is a question by itself: '…わからない。財務って何？'
_WHAT: Final = re.compile("何|なに|なん(?:です|だ|の)|どんな|どういう|とは")
# Points back at what was told before.
_BACK: Final = re.compile("(?:そ|こ)(?:の|れ|んな|ういう|うゆう|ういった|れら)(?!で)|そういう|その")
# 'する？', 'あるの', 'ですか': yes or no is wanted; '…のは？', '…って？' leave it open.
_CLOSED: Final = re.compile(
    "(?<!のは)(?<!は)(?<!って)(?<!とか)(?:か|の|かな|よね|る|い|た|ん|です|ます|でしょ|でしょう|じゃん|だよね|[一-鿿ァ-ヺー])[?]+$"
    "|(?:ですか|ますか|んか|のか|かな|よね|でしょ|でしょう|るの|いの|なの|たの|んの|ない|ある|する)[。!…]*$"
)
# What people call jobs.
JOB: Final = "(?:お?仕事|事務|職種|職場|部署|部門|職|業種|やつ|奴|とこ|ところ|バックオフィス|内勤|裏方|系)"
# One of several is sought: '…事務ある？', '…仕事がいい', '…のはどれ'.
_SEEKS: Final = re.compile(
    f"(?:{JOB}|残り|ほか|他)(?:って|とか|は|が|を|も|で|に|なら|の)*、?[^、。?!]{{0,10}}"
    "(?:ある|ない|あり|いい|良い|よい|どれ|どこ|どんな|何|教え|知り|探|希望|候補|ほしい|欲しい|した|でき|行き|行け|種類)"
    f"|どれ|どの|どっち|どちら|{JOB}は?[?]?$"
)
# What was done, or is being done, is told, not asked.
PAST: Final = re.compile(
    "(?:た|てる|でる|てい(?:る|た)|ました|でした|てい?ます)(?:んです|んだ|の)?(?:けど|けれど|が)?[。!、…]*$"
)
_RUN: Final = re.compile("[一-鿿々ァ-ヺーa-z0-9]+")
# Between a word and the one that it says more of: '手書きの帳簿', '海外で採用'.
_NARROWS: Final = re.compile("[きぎしちみり]?(?:の|でも?|も)")


class _Run(NamedTuple):
    """A word that says what a text is about: where it stands, and how many of its characters are known."""

    begin: int
    end: int
    known: int


def stretches(text: str) -> list[str]:
    """The stretches of a message, each with the mark that ends it."""
    plain = normalise(text).text
    parts: list[str] = []
    begin = 0
    for joint in _JOINT.finditer(plain):
        parts.append(plain[begin : joint.end()])
        begin = joint.end()
    parts.append(plain[begin:])
    return [part for part in parts if _RUN.search(part) or len(part) > 1]


def asking(text: str) -> str:
    """The stretch that asks, where circumstances are told beside it; all of the text where it says nothing alone."""
    best = last_asked(text)
    enough = content(best) or (_WHAT.search(best) and named_in(best))
    return best if enough and not _BACK.search(best) else normalise(text).text


def last_asked(text: str) -> str:
    """The last stretch that is put as a question, else the last one."""
    parts = stretches(text)
    marked = [part for part in parts if part.rstrip().endswith("?")]
    return (marked or [part for part in parts if asks(part)] or parts or [normalise(text).text])[-1]


def asks(stretch: str) -> bool:
    """Whether a stretch is put as a question."""
    return stretch.rstrip().endswith("?") or bool(_ASKS.search(stretch.rstrip("。!…、, ")))


def tells_only(text: str) -> bool:
    """Whether a past or circumstances are told and nothing is asked: '昔は銀行で窓口してた。'."""
    parts = stretches(text)
    return not any(map(asks, parts)) and not seeks(text) and (len(parts) > 1 or bool(PAST.search(text)))


def closed(text: str) -> bool:
    """Whether yes or no is wanted."""
    return _CLOSED.search(normalise(text).text) is not None


def seeks(text: str) -> bool:
    """Whether one of several jobs is sought."""
    return _SEEKS.search(normalise(text).text) is not None


def content(text: str) -> list[str]:
    """The words of a text that say what it is about, beside the names of jobs."""
    return [run for run in _RUN.findall(without_names(text)) if not _OF_ANY.fullmatch(run)]


def share_known(text: str, known: Iterable[str]) -> float:
    """How much of what a text is about stands in texts or words that are known, 0 to 1; 1 where it is about nothing."""
    runs = _runs(text, known)[1]
    total = sum(run.end - run.begin for run in runs)
    return sum(run.known for run in runs) / total if total else 1.0


def narrows(text: str, known: Iterable[str]) -> bool:
    """Whether a word that nothing known tells stands before one that is known: '英語の契約書', '土日も決算'."""
    plain, runs = _runs(text, known)
    return any(
        second.known and not first.known and _NARROWS.fullmatch(plain, first.end, second.begin)
        for first, second in pairwise(runs)
    )


def _runs(text: str, known: Iterable[str]) -> tuple[str, list[_Run]]:
    """A text without the names of jobs, and where the words stand in it that say what it is about."""
    plain = fold(without_names(text))
    texts = list(known)
    told = [spell(one) for one in texts]
    pairs = {pair for one in texts for pair in pairs_of(one)}
    covered: set[int] = set()
    for word in told:
        at = plain.find(word) if len(word) > 1 else -1
        while at >= 0:
            covered.update(range(at, at + len(word)))
            at = plain.find(word, at + 1)
    for at in range(len(plain) - 1):
        if plain[at : at + 2] in pairs:
            covered.update((at, at + 1))
    runs: list[_Run] = []
    at = 0
    for word in content(text):
        at = plain.find(fold(word), at)
        runs.append(_Run(at, at + len(word), sum(place in covered for place in range(at, at + len(word)))))
        at += len(word)
    return plain, runs
