"""Reads typed answers to the items where several may be picked: 「3と5」, 「備品の発注とか」, 「人よりデータ」."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from actions.self_analysis import examples
from actions.self_analysis.data import Choice, Question, fold
from actions.self_analysis.wording import (
    ENDING,
    ENOUGH,
    ENOUGH_OF_A_QUESTION,
    KANA,
    KANJI,
    UNLIKE,
    Reading,
    Scored,
    is_question,
    most_likely,
    number_of,
)

_NONE_PICK = re.compile(
    r"^(?:特に|とくに|別に|この中に?|どれも|どれにも|全部|いずれも)?(?:は|に)?(?:、)?(?:ない|なし|無し|無い|ありません|違う|ちがう|違います|興味(?:が)?ない|興味(?:が)?ありません|ピンとこない|ピンときません|当てはまらない|当てはまりません|該当なし|選べない|選べません|わからない|分からない|わかりません|分かりません)(?:です|なあ|かな|かも|ね|。|!|です。)*$|^(?:該当|条件)(?:は)?なし.*$|^(?:特に|とくに)(?:こだわり|条件|希望)?(?:は|も)?(?:ない|なし|ありません).*$|^(?:こだわり|条件)(?:は|も)?(?:特に)?(?:ない|なし|ありません).*$|^(?:どれも|どれにも).*(?:ない|ません|違|ちがう).{0,4}$"
)
_ONLY_NUMBERS = re.compile(
    r"^(?:(?:10|[1-9])|[一二三四五六七八九十](?=番|つ|と|、|,|位)|番目|番|つ目|位|[と、,・。/.\s&+やは:>→]|次(?:に|が|は)?|まず|その次|それと|あとは?|強いて(?:言えば|いえば|言うなら)|しいて(?:言えば|いえば|言うなら)|だけ|が(?:一番|1番)|です|でお願いします|お願いします|にします|かな|の順(?:番)?(?:で)?|順に|最後に?|一番|1番|か|より(?:は|も)?|(?:じゃ|では)なくて?|で(?:迷|悩)(?:う|い|む|み|っ)[^、。]*$|だがね|だよ|やな|っす)+$"
)
# 「ご と なな」
_ONLY_KANA_NUMBERS = re.compile(rf"^(?:{'|'.join(KANA)})(?:[と、,・\s]+(?:{'|'.join(KANA)}))+(?:です|で|かな|。)*$")
_SPAN = re.compile(rf"^([1-9])\s*(?:番)?(?:から|~|〜|-)\s*(10|[1-9])\s*(?:番)?(?:まで)?(?:全部)?{ENDING}$")
# 「3より5」, 「7じゃなくて6」; 「1番は3、次に5」: a rank in front of は is no choice
_NO_CHOICE = re.compile(
    r"(?:10|[1-9])番?(?:より(?:は|も)?|(?:じゃ|では)なく(?:て)?、?)|[1-3一二三](?:番(?:目)?|位)(?:は|が|:)"
)
_DIGITS = re.compile(r"10|[1-9]|(?<!が)[一二三四五六七八九十](?=番|つ|と|、|,|位|です|$)")
_FIRST_N = re.compile(r"(?:上から|最初の|上の|はじめの)\s*([2-3二三])(?:つ|個)")


DOUBTS = re.compile(r"(?:かな|かも|ですかね)\??$")
# 「数字も気になるけど、いちばんはパソコン」, 「二番目は電話。で、一番はサーバー」
_PLAIN: Final = 1
_RANKS: Final = {
    0: re.compile(r"一番|いちばん|1番|1位|一位|第一"),
    2: re.compile(r"二番|2番|2位|二位"),
    3: re.compile(r"三番|3番|3位|三位"),
}
_AND = re.compile(
    r"(?<=[ぁ-んァ-ヶ一-龠])[1-9](?=[ぁ-んァ-ヶ一-龠a-z])(?![つ個番位人年月日時分回])|けれども?|けども?|ですが|ますが|のに|でも|(?<=[なだいるた])(?:ので|から)(?=.)|(?:じゃ|では)なく(?:て)?|[。、,/・&+→>!\s]|(?<=[ぁ-んァ-ヶ一-龠])(?:と(?:か)?|や|それ(?:と|から|か)|あと(?:は)?|次に?|または|もしくは)(?=[ぁ-んァ-ヶ一-龠a-z])"
)
# 「人じゃなくてデータ」
_NOT_THIS = re.compile(r"[^。、,]*?(?:じゃ|では)な(?:く(?:て)?|い(?:ほう|方)?が?)、?(?=.{2})")
_LESS = re.compile(r"^.*?より(?:は|も)?(?=.)")
_UNWANTED = re.compile(
    rf"{UNLIKE.pattern}|気にし(?:な|ませ)|気にな(?:らな|りませ)|(?:安く|低く|少なく|なく|後)て?も?(?:いい|良い|かまわ|構わ|大丈夫)|二の次|どうでも|こだわ(?:らな|りませ)|いらな|不要|以外"
)
_ENOUGH_FOR_PICK: Final = 0.4
# 「ネットワークしか興味ない」 wants just that.
_ONLY: Final = "しか"
# Of two choices named in one breath the lesser counts if it scores so much of the other's: of tasks hardly ever
# (備品の発注 is one task), of conditions mostly (安定した収入 is two).
_BESIDE: Final = 0.4
_BESIDE_A_TASK: Final = 0.9
_ONE_TASK: Final = frozenset({"q7", "q8"})
# So much more a choice must score than the named ones to be meant in their place.
_RATHER_THAN_A_NAME: Final = 0.3
# What names a choice is no other topic unless it looks very much like one.
_ENOUGH_AGAINST_A_NAME: Final = 0.6


def read(question: Question, core: str, scored: Scored) -> Reading | None:
    """The ids picked, in the order named; `[]` for none of these, None where it is no answer."""
    if _NONE_PICK.match(core):
        return Reading([], True)
    first = _FIRST_N.search(core)
    if first:
        count = KANJI.get(first.group(1)) or int(first.group(1))
        return Reading([choice.v for choice in question.choices[:count]], True)
    number = number_of(core)
    if number is not None and number <= len(question.choices):
        return Reading([question.choices[number - 1].v], True)
    span = _SPAN.match(core)
    if span and int(span.group(1)) < int(span.group(2)) <= len(question.choices):
        return Reading([choice.v for choice in question.choices[int(span.group(1)) - 1 : int(span.group(2))]], True)
    if _ONLY_KANA_NUMBERS.match(core):
        core = re.sub("|".join(KANA), lambda found: str(KANA[found.group()]), core)
    if _ONLY_NUMBERS.match(core):
        places: list[int] = []
        for found in _DIGITS.findall(_NO_CHOICE.sub("", core)):
            place = KANJI.get(found) or int(found)
            if 1 <= place <= len(question.choices) and place not in places:
                places.append(place)
        if places:
            return Reading([question.choices[place - 1].v for place in places], True)
    picked: list[str] = []
    exact = any(fold(choice.label) in core for choice in question.choices)
    named = hits_of(question, core)
    enough = ENOUGH_OF_A_QUESTION if is_question(core) and not DOUBTS.search(core) else ENOUGH
    pieces = list(_named(core))
    found = {} if exact else scored(core, named)
    meant = None if exact else most_likely(found, enough)
    if not exact and meant is None and enough > ENOUGH:
        return None
    if meant == examples.OTHER and not (named and most_likely(found, _ENOUGH_AGAINST_A_NAME) is None):
        return None
    if meant == examples.NONE and not named:
        return Reading([], True)
    refused = False
    for piece in sorted(pieces, key=_rank):
        if _UNWANTED.search(piece) and _ONLY not in piece:
            refused = True
            continue
        for v in _picked(question, piece, scored):
            if v not in picked:
                picked.append(v)
    if not picked and refused and named:
        # 「数字以外」, 「経理と電話は勘弁」
        return Reading([], False)
    if not picked and meant is not None and question.choice(meant):
        picked = [meant]
    if not picked:
        return Reading([], True) if meant == examples.NONE and not refused else None
    return Reading(picked, exact)


def _named(core: str) -> Iterator[str]:
    """The pieces of an answer in which something may be named, what is the lesser left out (人よりデータ)."""
    for piece in re.split(r"(?<=[。、,])", _NOT_THIS.sub("", core)):
        yield from (part for part in _AND.split(_LESS.sub("", piece)) if part and part.strip())


def _rank(piece: str) -> int:
    """Where a piece stands among the others by its own words; a plain one behind the first."""
    return next((place for place, words in _RANKS.items() if words.search(piece)), _PLAIN)


def hits_of(question: Question, text: str) -> list[str]:
    """The choices whose words stand in a text."""
    return [choice.v for choice in question.choices if choice.words.search(text)]


def _picked(question: Question, piece: str, scored: Scored) -> list[str]:
    """The choices that a piece names, in order: by the word lists, else by what was learned."""
    by_words = [choice.v for choice in _picked_by_words(question, piece)]
    found = scored(piece, by_words)
    ranked = sorted((choice.v for choice in question.choices), key=lambda v: -found[v])
    if by_words:
        # 「備品の発注」, 「海外の取引先」: one task, of which the other word is only the matter or the means
        best = max(found[v] for v in by_words)
        if found[ranked[0]] >= best + _RATHER_THAN_A_NAME:
            return ranked[:1]
        beside = _BESIDE_A_TASK if question.id in _ONE_TASK else _BESIDE
        return [v for v in by_words if found[v] >= beside * best]
    return ranked[:1] if found[ranked[0]] >= _ENOUGH_FOR_PICK else []


def _picked_by_words(question: Question, part: str) -> list[Choice]:
    """Choices whose words stand in a piece, in order; of overlapping words the longest counts."""
    found = [
        (match.start(), match.end(), choice) for choice in question.choices for match in choice.words.finditer(part)
    ]
    kept = [
        span
        for span in found
        if not any(
            other is not span
            and other[0] <= span[0]
            and span[1] <= other[1]
            and other[1] - other[0] > span[1] - span[0]
            for other in found
        )
    ]
    order: list[Choice] = []
    for _, _, choice in sorted(kept, key=lambda span: (span[0], -(span[1] - span[0]))):
        if choice not in order:
            order.append(choice)
    return order
