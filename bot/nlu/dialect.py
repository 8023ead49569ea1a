"""Reads what is said in dialect as the common language says it: なってもうた is なってしまった, 行かへん is 行かない.

The dictionary takes some of these endings for words that they are not (もう 'no more', やけど 'a burn'), and the
sentence encoder knows none of them. Only what is plain from the letters around it is read otherwise.
"""

from __future__ import annotations

import re
from typing import Final

# An ending is followed by a mark, by nothing, or by another ending.
_STOP: Final = r"$|[。、!?…~w\s()」]"
_GOES_ON: Final = (
    rf"{_STOP}|けど|けん|けれど|から|の(?:や|だ|で|か|に|が|は|も|[?。]?$)|し(?![たて])|や[ろんねっ]|って|くて|く[なて]|かった|ねん"
    r"|わ(?:$|[。?!])|よ|な(?:$|[。ぁあ?!])|です|人|こと|とこ|と(?:あか|いか|だめ|思)"
)
# 〜て before 〜しまう.
_TE: Final = r"(?:(?<=て)|(?<=んで)|(?<=いで))"
# Verbs before へん (〜ない); a place is no verb (ここらへん).
_UNDENIED: Final = (
    r"(?:(?<=[かがさざただなまわばえけせてねめれべげぜで])|(?<=(?<!こ)ら)|(?<=でき)|(?<=[しきみ]い)|(?<=こう))"
)
# Verbs before ん (〜ない): 分からん, いらん, 行かん, 使わん, できん, くれん.
_UNDENIED_N: Final = (
    r"(?:(?<=[わ分知やな足要入変終戻]ら)|(?<=[わ分変]から)|(?<=かわら)|(?<=いら)|(?<=おら)|(?<=[行聞書動向働続届]か)"
    r"|(?<=[使言違合会買思払がら]わ)|(?<=[一-龠]ま)|(?<=[選呼学]ば)|(?<=[持立勝待]た)|(?<=でき)"
    r"|(?<=[一-龠くらなしべけ]れ)|(?<=[一-龠ら]え)|(?<=[一-龠]め)|(?<=[食選]べ)|(?<=[起生]き)|(?<=[足借]り))"
)
# Verbs before とる (〜ている).
_DOING: Final = r"(?:(?<=し)|(?<=[一-龠おなやわ]っ)|(?<=[一-龠]い)|(?<=[一-龠][えけめれべ]))"

# Verbs before はる (politely 〜る).
_POLITE: Final = r"(?:(?<=して)|(?<=[っいえきれべめけね]て))"
# What だ may follow.
_NOMINAL: Final = r"(?<=[んのいるたー一-龠ァ-ヺ])"
_MUST: Final = r"(?=あかん|いかん|いけん)"
# 〜と違う; after a verb ちゃう is しまう.
_NOT_SO: Final = r"(?:(?<=[とはが])|(?<=[そこあ]れ))"

# (what stands before, what is read otherwise: one of these, what stands after, as what).
READINGS: Final[tuple[tuple[str, str, str, str], ...]] = (
    (_TE, "しもう|しも|もう", r"(?=た(?![いくうがのを])|て(?![いき]))", "しまっ"),
    (
        _TE,
        "も",
        rf"(?=た(?:{_STOP}|ん|わ|けど|から|や[んろ]|ねん|ら(?:あかん|ええ|どう)|です|し[。、]|って))",
        "しまっ",
    ),
    (_TE, "も", rf"(?=て(?:{_STOP}|ん|る))", "しまっ"),
    ("(?<=ま)", "へん", "", "せん"),
    ("", "あらへん", r"(?=く|か[っ])", "な"),
    ("", "あらへん", "", "ない"),
    (_UNDENIED, "へん", r"(?=く|か[っ])", "な"),
    (_UNDENIED, "へん", "", "ない"),
    ("(?<=でき)", "ひん", r"(?=く|か[っ])", "な"),
    ("(?<=でき)", "ひん", "", "ない"),
    ("", "でけへん|でけひん", r"(?=く|か[っ])", "できな"),
    ("", "でけへん|でけひん", "", "できない"),
    (_UNDENIED_N, "ん", r"(?=く[てな]|かっ)", "な"),
    (_UNDENIED_N, "ん", rf"(?={_GOES_ON})", "ない"),
    ("", "わがんね|わかんね", r"(?![えーぇ])", "わからない"),
    ("", "なんね", r"(?=$|[。?!]|の)", "ならない"),
    ("", "せな", _MUST, "しないと"),
    ("(?<=[らかわさたまばがえべめれ])", "な", _MUST, "ないと"),
    ("", "あかん", rf"(?={_GOES_ON}|か|で|な|ん)", "だめ"),
    (_DOING, "と|ちょ", r"(?=る(?![一-龠]))", "て"),
    (_DOING, "とっ|ちょっ", r"(?=た|て)", "て"),
    (_DOING, "とらん|ちょらん", "", "てない"),
    (_DOING, "とり|ちょり", r"(?=ます|まし)", "て"),
    (_DOING, "とっと", r"(?=$|[?。]|です)", "てるの"),
    (_DOING, "とん", r"(?=の|ねん|です|けど|や)", "てるん"),
    (r"(?<=[一-龠]ん)", "ど", r"(?=る(?![一-龠]))", "で"),
    (r"(?<=[一-龠]ん)", "どっ", r"(?=た|て)", "で"),
    ("(?<=し)", "よ", rf"(?=る(?:{_GOES_ON}|ん))", "て"),
    ("(?<=し)", "よっ", rf"(?=た(?:{_GOES_ON}|ん|ら))", "て"),
    (_POLITE, "はっ", r"(?=た|て)", ""),
    (_POLITE, "は", r"(?=る|ります)", ""),
    ("", "や", r"(?=けど(?!し[たてな]|[をがでのには]))", "だ"),
    ("", "やけん|やけぇ|やけえ|やけー", r"(?=$|[。、!?\sもと一-龠ァ-ヺ])", "だから"),
    ("", "じゃけん|じゃけぇ|じゃけえ|じゃけー", r"(?=$|[。、!?\sもと一-龠ァ-ヺ])", "だから"),
    (_NOMINAL, "や", r"(?=から)", "だ"),
    (_NOMINAL, "やろ", r"(?![うーぁ-えおっと])", "だろう"),
    ("(?<=ん)", "や", rf"(?={_STOP}|って)", "だ"),
    ("(?<=の)", "や", rf"(?={_STOP})", "だ"),
    (r"(?:(?<=[ただるす])|(?<=[なたし]い))", "けん|けぇ|けえ|けー", rf"(?={_STOP})", "から"),
    ("", "ばってん", "", "けど"),
    ("(?<=[んの一-龠])", "やねん", "", "なんだ"),
    ("(?<=[たるい])", "ねん", rf"(?={_STOP}|けど|な)", "んだ"),
    ("", "だべ|だっぺ", rf"(?={_STOP}|か|な)", "だろう"),
    ("(?<=[がもばらてはにでと])", "ええ", rf"(?={_STOP}|か|で|の|ん|や|わ|な|ねん|とこ|会社|人|感じ|仕事)", "いい"),
    ("(?<=[がもばらてと])", "よか", rf"(?={_STOP}|で|と|ね|ば)", "いい"),
    ("(?<!ほとん)", "どないな|どげな|どげんな|どがんな", r"(?![るっん])", "どんな"),
    ("(?<!ほとん)", "どない|どげん|どがん", r"(?=し|す|な[るっん]|や|です|思|考|$|[?。])", "どう"),
    ("", "なんぼ", r"(?!でも)", "いくら"),
    ("", "ほんま", "", "ほんと"),
    (_NOT_SO, "ちゃう", rf"(?={_STOP}|ん|か|やろ|ねん|けど|で|わ|くて)", "違う"),
    (_NOT_SO, "ちゃいます", "", "違います"),
)


def _by_first_letter() -> dict[str, tuple[re.Pattern[str], tuple[str, ...]]]:
    """For the letter that a reading begins with: one pattern, a group a reading, and as what each is read."""
    letters = {word[0]: None for _, words, _, _ in READINGS for word in words.split("|")}
    return {letter: _starting_with(letter) for letter in letters}


def _starting_with(letter: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    own = [each for each in READINGS if any(word[0] == letter for word in each[1].split("|"))]
    pattern = "|".join(f"{before}({words}){after}" for before, words, after, _ in own)
    return re.compile(pattern), tuple(read for *_, read in own)


_STARTING: Final = _by_first_letter()
_FIRST: Final = re.compile(f"[{''.join(_STARTING)}]")


def in_common_language(text: str) -> list[tuple[str, int, int]] | None:
    """The text (levelled, see bot.nlu.normalise) in pieces: the characters, and where in the text they stood.

    None where nothing in it is read otherwise. What stays are pieces of one character.
    """
    pieces: list[tuple[str, int, int]] = []
    at = 0
    for first in _FIRST.finditer(text):
        pattern, readings = _STARTING[first.group()]
        found = pattern.match(text, first.start()) if first.start() >= at else None
        if found is not None:
            pieces += ((text[here], here, here + 1) for here in range(at, found.start()))
            pieces.append((readings[(found.lastindex or 1) - 1], *found.span()))
            at = found.end()
    if not at:
        return None
    return pieces + [(text[here], here, here + 1) for here in range(at, len(text))]
