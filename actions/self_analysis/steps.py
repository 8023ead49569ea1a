"""Reads typed answers to the A/B items: 「どちらかというとB」, 「決まった手順のほうがいいかな」.

Letters, numbers and the strength are read by rules; which side other words choose is learned.
"""

from __future__ import annotations

import re
from typing import Final

from actions.self_analysis import examples
from actions.self_analysis.data import Question
from actions.self_analysis.wording import (
    ENOUGH,
    ENOUGH_OF_A_QUESTION,
    FAR_END,
    TURN,
    UNLIKE,
    Reading,
    Scored,
    between,
    degree,
    is_question,
    most_likely,
    number_of,
)

# Which of two sides is meant hangs on single words more than on what the whole is like. Chosen by cross-validation.
HINTS: Final = 0.7
SENTENCE_SHARE: Final = 1.5
_UNKNOWN = re.compile(
    r"どっち(?:だろ|かな|なんだろ)|どちら(?:だろ|かな|なんだろ)|選び(?:にく|がた|きれ|かね|よう)|絞れ|比べられ|(?:言い|答え)(?:にく|づら|られな|ようが)|わから|分から|判ら|わかん|分かん|どちらとも|どっちとも|どちらも|どっちも|どちらでも|どっちでも|どちらもい|両方|半々|五分五分|半分(?:ずつ|くらい)|迷(?:う|い|って)|選べ|"
    r"決め(?:られ|にく|かね|がた)|決まら|半分|5分|中立|ニュートラル|保留|未定|考え中|混ざ|思いつか|謎|なんとも|何とも|ケースバイケース|場合による|時による|ときによる|同じ(?:くらい|ぐらい|程度)|想像(?:が)?つか|イメージ(?:が)?(?:わか|湧か|つか|でき)|"
    r"わかり(?:ませ|に)|分かり(?:ませ|に)|まよ(?:う|っ|い)|判断(?:でき|つか)|考えたこと(?:が)?な|特に(?:な|あり)|ピンとこ|間(?:くらい|かな|です|$)|中間|真ん中|不明|さあ|悩(?:む|み|ま)|"
    r"甲乙|はっきりしな|(?:その)?(?:時|とき|状況|仕事|内容|もの|人|日|気分|相手)による|(?:時|とき|状況|仕事|内容|もの|人|日|気分|相手)次第|なんでもい|何でもい|どれでも|難しい(?:です|な|ね|質問)?|おまかせ|お任せ|フィフティ|50[:対/]50|5[:対]5|バランス|均等|言い切れ|言えな|いえな|こだわり(?:は)?な|知らな|どうだろう|どうかな|どっちだろう|どちらだろう|該当(?:なし|しな)|^ない(?:です)?$"
)
_LOSER = re.compile(
    r"(?:という|と言う|っていう)?より(?:は|も|かは|むしろ|、|どちらかというと|どっちかというと)*(?=.)|(?:じゃ|では|で)(?:なく|ない)(?:て|、|方|ほう)?|でなく"
)
_LEANING = re.compile(r"([ab])より(?=の真|の中|です|かな|かも|だ|で$|、|。|!|$)")
_SPELT = re.compile(r"^えー+(?=で(?!も)|より|かな|がいい|だ(?!け|と)|$)")
_CONCEDED = re.compile(r"[ab](?:の(?:ほう|方))?も|[ab](?:は|が)(?:ちょっと|少し|あまり|無理|嫌|苦手)")
_NEEDED = re.compile(
    r"(?:な(?:い|し)|なければ|なきゃ)(?:と|では|だと|じゃ)?[、]?(?:不安|困|つら|しんど|動け|きつ|嫌|いや|落ち着か|無理|苦手|だめ|ダメ)"
)
_LETTER = re.compile(r"(?<![a-z])([ab])\1*(?![a-z])")
# 「AとBならA」: what stands before is only what the question is.
_OF_BOTH = re.compile(
    r"a(?:と|か)b(?:で|だ)?(?:なら|だったら|では|だと|言えば|いえば|の(?:中|うち)(?:で|なら)?)(?:は|、)*"
)
_LETTER_WORDS = (
    (
        "a",
        re.compile(
            r"エー(?!と)|^上(?:です|かな)?$|^(?:1つ目|一つ目|ひとつめ|ひとつ目)|前者|(?<!一番)左|^ひだり|^うえ(?:です|かな)?$|(?:最初|はじめ|初め|上|先)の(?:ほう|方|やつ|文)"
        ),
    ),
    (
        "b",
        re.compile(
            r"ビー|びー|^下(?:です|かな)?$|^(?:ふたつめ|ふたつ目)|後者|(?<!一番)右|^みぎ|^した(?:です|かな)?$|(?:あと|後|下|2つ目|二つ目)の(?:ほう|方|やつ|文)"
        ),
    ),
)


def read(question: Question, core: str, plain: str, scored: Scored) -> Reading | None:
    """`"1"` … `"4"` or `"unknown"`; None where it is no answer. `core`: without the fillers in front of `plain`."""
    number = number_of(core)
    if number is not None:
        return Reading(str(number), True) if number <= 4 else Reading("unknown", True) if number == 5 else None
    pair = between(core)
    if pair is not None and max(pair) <= 4:
        # 「1か2」 leans to A, 「2か3」 is between the two
        return Reading({(1, 2): "2", (3, 4): "3"}.get((min(pair), max(pair)), "unknown"), True)
    if FAR_END.match(core):
        return None  # on the buttons 「わからない」 stands at the end
    parts = _clauses(core)
    side, sure = _last_side(question, parts)
    both = len(set(_LETTER.findall(_OF_BOTH.sub("", core)))) == 2
    if side is None and both:
        return Reading("unknown", True)
    if side is not None and re.search(r"どちらとも|どっちとも|どちらも|どっちも|両方|半々", parts[-1]):
        return Reading("unknown", True)
    if not sure:
        last = parts[-1] if len(parts) > 1 else ""
        enough = ENOUGH_OF_A_QUESTION if is_question(plain) else ENOUGH
        meant = most_likely(scored(plain, named(question, plain, side), last), enough)
        if meant == examples.UNKNOWN:
            return Reading("unknown", True)
        if meant not in ("a", "b"):
            return None
        side = meant
    hedged = degree(f"{plain} {core}", "weak", "strong") == "weak"
    v = {("a", False): "1", ("a", True): "2", ("b", True): "3", ("b", False): "4"}[(str(side), hedged)]
    return Reading(v, sure)


def _clauses(core: str) -> list[str]:
    return [part for part in TURN.split(core) if part.strip()]


def _last_side(question: Question, parts: list[str]) -> tuple[str | None, bool]:
    """What the last of the clauses that choose chooses, and whether by letter."""
    side, sure = None, False
    for part in reversed(parts):
        side, sure = _side_of(question, part)
        if side:
            break
    return side, sure


def _side_of(question: Question, part: str) -> tuple[str | None, bool]:
    """'a' or 'b' for what a clause chooses, and whether by letter."""
    # 「決まっていないと不安」 wishes for what is missing
    part = _OF_BOTH.sub("", _NEEDED.sub("", part))
    losers = list(_LOSER.finditer(part))
    lost = ""
    if losers and losers[-1].end() < len(part.rstrip("です。、")):
        lost, part = part[: losers[-1].start()], part[losers[-1].end() :]
    for chosen, flip in ((part, False), (lost, True)):
        letters = {match.group(1) for match in _LETTER.finditer(chosen)}
        letters |= {letter for letter, words in _LETTER_WORDS if words.search(chosen)}
        if len(letters) == 1:
            letter = letters.pop()
            # 「Aは無理」 flips; 「責任が重いのは無理なんでA」 gives the reason first
            said = _LETTER.search(chosen)
            if not flip and UNLIKE.search(chosen, said.end() if said else 0):
                flip = True
            return (("b" if letter == "a" else "a") if flip else letter), True
        if len(letters) == 2:
            # 「Bかな、Aもいいけど」: what is only conceded does not count
            left_over = {match.group(1) for match in _LETTER.finditer(_CONCEDED.sub("", chosen))}
            return (left_over.pop(), True) if len(left_over) == 1 else (None, False)
    for chosen, flip in ((part, False), (lost, True)):
        left = len({match.group() for match in question.left.words.finditer(chosen)})
        right = len({match.group() for match in question.right.words.finditer(chosen)})
        if left == right:
            continue
        if not flip and UNLIKE.search(chosen):
            flip = True
        return ("a" if (left > right) != flip else "b"), False
    return None, False


def named(question: Question, plain: str, side: str | None) -> list[str]:
    """What the rules make of the words: the side they read, which ends are named, whether it is doubted or asked."""
    found = {
        "left": question.left.words.search(plain),
        "right": question.right.words.search(plain),
        "unlike": UNLIKE.search(plain),
        "unsure": _UNKNOWN.search(plain),
        "asks": is_question(plain),
    }
    return [name for name, hit in found.items() if hit] + ([f"side {side}"] if side else [])


def hints(question: Question, core: str, plain: str) -> list[str]:
    """What the rules make of an answer."""
    return named(question, plain, _last_side(question, _clauses(core))[0])


def leaning(core: str) -> str:
    """「Bよりです」 leans to B, 「BよりA」 does not; 「えーです」 is the letter."""
    return _LEANING.sub(r"\1寄り", _SPELT.sub("a", core))
