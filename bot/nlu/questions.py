"""Cuts a message into the stretches that may each be a question: pure functions over a normalised text and its words.

A cut is only a proposal. The classifier judges every stretch, and two of them become two questions only if each is
surely one and they are not the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from rasa.nlu.tokenizers.tokenizer import Token

Span = tuple[int, int]

_END: Final = re.compile(r"[。?!\n…]+")
# Words that start another question, after a comma, a blank or the end of a clause.
_ANOTHER: Final = (
    "(?:あと(?!で|から)は?|それと(?!も)|それから|そんで|ほんで|んで、?|つーか|つか(?![うえいれっ])|ところで|その前に|ついでに|ちなみに|さらに|加えて|また(?!は)|あわせて|併せて|"
    "もう一つ|もうひとつ|もう1つ|というか|てか|そもそも|で、)"
)
_CONNECTIVE: Final = re.compile(rf"(?:(?<=[、,\s])|(?<=か)|(?<=ですけど)|(?<=けど))(?={_ANOTHER}[^\s])")
# The word that starts another question is no part of it.
_LEADING: Final = re.compile(rf"{_ANOTHER}[、,\s]*(?=..)")
# A blank in place of a full stop: 「何してるのかわからん　将来性はある？」.
_BLANK: Final = re.compile(r"(?:(?<=[かいんるたすよねけの])|(?<=[ぁ-ん]ー))\s+(?=\S{4,})")
# 「何をするかと、未経験でもできるか」: one embedded question ends where the next begins.
_EMBEDDED: Final = re.compile(r"(?<=か)(?:と、?|、)(?=.{4,})|(?<=の)と、(?=.{4,})")
# A question or request that no mark ends, or a clause that leads to one: 「…ますか資格は…」, 「教えて未経験でも…」.
_RUN_ON: Final = re.compile(
    r"(?<=ですか|ますか)(?=[^、。?!\sとねなもしはがをにのっらい].{3,})|(?:(?<=でしょうか)|(?<=ませんか))(?=[^、。?!\sとねなもしはがをにの].{3,})|"
    r"(?<=教えて)(?:ください|下さい|ほしい(?:です)?|欲しい(?:です)?|もらえますか)?[、\s]*(?=[^、。?!\sくほ欲下もいねよやけが].{3,})|"
    r"(?<=けど)、(?=.{4,})|(?<=ますが|ですが)、(?=.{4,})|(?<=[るいたすくむつの]ん)、(?=.{4,})"
)
# What stands within quotes is nobody's question here: 「『なぜ事務なの？』って聞かれる」.
_QUOTED: Final = re.compile(r"「[^「」]*」|『[^『』]*』")
# The other side of the same question: 「人事だけ？それとも総務も？」.
_OR: Final = re.compile(r"[\s、]*(?:それとも|もしくは|または|あるいは)")
_TRIM: Final = " 　、,。?!\n…・"
# Between two nouns: 「仕事内容と資格」「残業や休み」「メリット、デメリット」.
_JOINING: Final = frozenset(("と", "や", "、", "・", "&", "とか"))
# A text longer than this tells a story; its と and や join other things than questions.
_COORDINATED_LENGTH: Final = 60
# Words that ask; 「何か」, 「いつも」, 「どうせ」, 「何社も」 and the なん of 「未経験なんですけど」 do not.
_WHICH: Final = (
    r"(?:何|なに|どれ|どこ|いつ|誰|だれ|どっち|どち)(?!ら?か(?!$|[らなねはをがも])|ら?も|ら?でも|とな|だかん|(?:社|度|年|回|個|人|日|歳|本|件)か?も)|"
    r"どう(?!せ|も|し?ても|にか|やら|か(?:お|よ|教|し))|なん(?!か|も|だ(?!ろ|っけ)|や(?!ろ|$)|です(?!か$|か[?。])|で(?:も|は)|て(?![言い書答呼返名説読伝])|と(?:な|か)|じゃ|よ|の(?:に|で)|ない)"
)
_ASKS: Final = re.compile(
    r"教え|おしえ|教示|聞かせ|語って|話した[いく]|相談した[いく]|知りた|聞きた|気になる|気になり|伺い|わから[んな]|分から[んな]|について$|に関して$|"
    rf"の?(?:こと|方|ほう|点|面)も?(?:お願い|頼|たの|よろしく)|.[をも]$|{_WHICH}|どん(?!どん)|いくら|なぜ|ほしい|欲しい|"
    r"わかれば|分かれば|か(?:が|は|も)?(?:とても|すごく|少し)?(?:心配|不安)|"
    r"(?:(?<!ばっ)か|の|かな|かね|っけ|は|も|とか|ある|(?<!こと)ない|(?<!が)いい|よい|無理|大丈夫|必要|可能)(?:です|ます|ですか|ますか)?$|って$"
)
# What one tells about oneself, though it ends like a topic: 「数字は苦手」.
_TELLS: Final = re.compile(r"(?:けど|から|ので|なので|のに)|(?:苦手|得意|心配|不安)$")
# What was, or what one is doing: 「簿記も取りました」, 「販売をしてます」.
_TOLD: Final = re.compile(r"(?:た|[んい]だ|て(?:い)?(?:る|ます))(?:よ|ね|わ|し|の?です|んです)?$")
# What by itself asks nothing: 「どれがいい」, 「何がある」, 「どうなりますか」 lean on what stands before.
_LEANING: Final = re.compile(
    rf"(?:{_WHICH}|どんな(?:の|ん|ところ|とこ)|名前|職種名?|おすすめ|オススメ)(?:が|は|を|も|って|と|の|なん|です)*"
    r"(?:いい|良い|よい|あ[るり]|な[るり]|思[うい]|どう|[何な]に?|でしょう|です|ました|ます|か|ん|の|ね)*"
)
# What a question is about may be named after it: 「予約はいりますか？面談の」, 「経験はいりますか、事務です」.
_ASKED: Final = re.compile(r"(?:\?|か[。、\s]+)\s*$")
_AFTERTHOUGHT: Final = re.compile(r"(?:の|で|でも|と|に|には|を|から|って|です)$")
_PREDICATES: Final = frozenset(("動詞", "形容詞"))
# Two things compared are one question: 「簿記3級と2級どっちがいい」.
_COMPARES: Final = re.compile(r"どっち|どちら|違|ちが|差|比べ|比較|同じ|おなじ|別物|別々|一緒|イコール|区別")
_EITHER: Final = re.compile("どっち|どちら|どれ")
# What one does with somebody or something: in 「人と話す」, 「数字と向き合う」 the と belongs to the verb.
# 「話し方」 is a topic of its own.
_HOW: Final = (
    "もっと|たくさん|よく|一番|いちばん|直接|いつも|毎日|長く|多く|あまり|なるべく|できるだけ|上手に|楽しく|深く"
)
_DEEDS: Final = "やり取り|やりとり|打ち?合わせ|コミュニケーション|交流|交渉|調整|連携|協力|相談|連絡|競争|格闘|対話"
_WITH: Final = re.compile(
    rf"(?:{_HOW})*(?:(?:話[さしすせそ]|はな[さしすせそ]|喋[っらりるれろ]|しゃべ|会[いうえっわ]|出会[いうえっわ]|関わ|係わ|かかわ|"
    r"接[しす]|向き合|向かい合|向かって|付き合|つきあ|触れ合|ふれあ|競[いうっわ]|にらめっこ|睨めっこ|組[むんみ]|一緒|いっしょ|"
    r"共に|ともに|うまく|上手く|仲良|仲よ|仲が|親し|知り合[いうえっわ]|ぶつか|揉め|もめ|思[いうっわ]|言[いうっわ]|いう|いっ|呼[ばぶ]|なると|"
    r"さ[れせ]|(?:[一-龠ァ-ヶー]{2,6})?(?:し[てたな]|する|すれ)|[一-龠ァ-ヶー]{2,6}でき|[見み]な[さし]|決[めま])"
    rf"(?!方|かた)|(?:{_DEEDS})(?=し|す|さ|でき|を?(?:取|と)|[がのも](?:多|少|頻|あ|な|苦|得|好|嫌|必)))"
)
_OPPOSITE: Final = re.compile(
    r"(?<=[点面所])(?=(?:悪|良|いい|よい|嫌|苦し|つら|辛|きつ|大変|駄目|だめ))|"
    r"(?<=メリット)(?=デメリット)|(?<=長所)(?=短所)"
)
# What the rest of the sentence is about, or when it holds: 「アドバイザーって、…」, 「未経験の場合、…」.
_FRAME: Final = re.compile(r"(?:って|とき|時|場合|には|なら|としたら)は?$")
# What is refused, known already or put off: 「資格じゃなくて、…」, 「説明はいいから…」, 「残業の話は置いといて」.
_REFUSED: Final = re.compile(
    r"(?:じゃ|では|で)な(?:くって|くて|く)(?!も|な|い|て)、?\s?|"
    r"(?<!に)は(?:もう|まだ|別に|とりあえず|一旦|いったん|今は|今回は|大体|だいたい|十分|ひとまず|なんとなく|一応|よく|さっき|前に)*(?:"
    r"(?:いい|いら(?:ない|ん)|いりません|要ら(?:ない|ん)|要りません|不要|結構|けっこう|わかった|分かった|(?:わか|分か)りました|(?:わか|分か)って(?:い)?る|"
    r"わかる|分かる|知って(?:い)?(?:る|ます)|(?:聞|読|見)(?:い|ん)?(?:た|だ|ました|みました|きました)|済んだ|済み|大丈夫|後で|あとで|飛ばして|省いて|抜きで)"
    r"(?:です|なんです|んです|んだ|ん|なので|ので|けど|けれど|から|んで|し|が|よ|ね|わ|いい)*"
    r"(?:[、。!\s]|(?<=から)|(?<=けど)|(?<=ので)|(?<=が)|(?<=し))|"
    r"お(?:いといて|いておいて)|置(?:いといて|いておいて)|さておき|さて置き|ともかく|抜きにして)"
    r"\s?(?:で、|じゃあ|じゃ、|それより|むしろ|だから)?、?\s?"
)
# Shorter pieces before and after are no matter that is refused, and nothing that is asked in its place.
_REFUSED_LENGTH: Final = 2
_LEFT_LENGTH: Final = 3
_ENGLISH: Final = re.compile(r"[a-z']+(?: [a-z']+){2}")
_NOUNS: Final = frozenset(("名詞", "代名詞", "接尾辞"))
# What may begin the second of two topics: 資格, どんな人, 良い点, 向いている人, お給料.
_AFTER: Final = frozenset((*_NOUNS, "接頭辞", "連体詞", "形容詞", "形状詞", "動詞"))


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start] in _TRIM:
        start += 1
    while end > start and text[end - 1] in _TRIM:
        end -= 1
    return start, end


def stretches(text: str) -> list[Span]:
    """The sentences and clauses that may be questions of their own, in order; marks and blanks are left out."""
    quoted = [found.span() for found in _QUOTED.finditer(text)]
    cuts = {0, len(text)}
    for pattern in (_END, _CONNECTIVE, _EMBEDDED, _BLANK, _RUN_ON):
        for found in pattern.finditer(text):
            if not (_OR.match(text, found.end()) or _within(quoted, found.end())):
                cuts.add(found.end())
    ordered = sorted(cuts)
    spans = (_trim(text, start, end) for start, end in pairwise(ordered))
    spans = ((_after_leading(text, start, end), end) for start, end in spans)
    return [(start, end) for start, end in spans if end - start > 1]


def _within(spans: Sequence[Span], at: int) -> bool:
    return any(start < at < end for start, end in spans)


def _after_leading(text: str, start: int, end: int) -> int:
    found = _LEADING.match(text, start, end)
    return found.end() if found else start


def after_refusal(text: str) -> int | None:
    """Where what is asked begins if something else is refused before it: 「資格はいいから、使うソフト教えて」."""
    ends = [
        found.end()
        for found in _REFUSED.finditer(text)
        if found.start() >= _REFUSED_LENGTH
        and len(text) - found.end() >= _LEFT_LENGTH
        # Within quotes somebody else refuses it.
        and text.count("「", 0, found.start()) == text.count("」", 0, found.start())
    ]
    return ends[-1] if ends else None


def _inside(tokens: Sequence[Token], start: int, end: int) -> list[Token]:
    return [token for token in tokens if start <= token.data["at"][0] and token.data["at"][1] <= end]


def coordinations(text: str, tokens: Sequence[Token], start: int, end: int) -> list[tuple[Span, Span]]:
    """Where two nouns or clauses stand side by side in a short stretch: (before, after) of each such place."""
    if end - start > _COORDINATED_LENGTH:
        return []
    found = []
    quoted = [match.span() for match in _QUOTED.finditer(text, start, end)]
    inside = _inside(tokens, start, end)
    for before, joint, after in zip(inside, inside[1:], inside[2:], strict=False):
        mark = text[slice(*joint.data["at"])]
        nouns = before.data["pos"][0] in _NOUNS and after.data["pos"][0] in _AFTER
        # After a comma or し another clause begins, whatever stands beside it.
        clause = mark == "、" or (mark == "し" and joint.data["pos"][0] == "助詞")
        if clause or (nouns and mark in _JOINING):
            # 「書き方と、面接」: the と belongs to neither side.
            joined = mark == "、" and text[slice(*before.data["at"])] in _JOINING
            left = _trim(text, start, joint.data["at"][1] if mark == "し" else before.data["at"][joined - 1])
            right = _trim(text, after.data["at"][0], end)
            one = None
            if mark == "と":
                one = _WITH.match(text, *right) or _COMPARES.search(text[slice(*right)])
            elif mark == "、":
                # 「資格と経験、どっちが有利？」 weighs what stands before the comma.
                one = _EITHER.match(text, *right) or _FRAME.search(text[slice(*left)])
            if _within(quoted, right[0]):
                continue
            if left[1] - left[0] > 1 and right[1] - right[0] > 1 and not one:
                found.append((left, right))
    # Opposites side by side: 「良い点悪い点」.
    for at in (match.start() for match in _OPPOSITE.finditer(text, start, end)):
        left, right = _trim(text, start, at), _trim(text, at, end)
        if left[1] - left[0] > 1 and right[1] - right[0] > 1:
            found.append((left, right))
    # Keywords: 「経理 資格 年収」; the blanks of an English sentence are none.
    for before, after in pairwise(inside if not _ENGLISH.search(text, start, end) else ()):
        gap = before.data["at"][1], after.data["at"][0]
        nouns = before.data["pos"][0] in _NOUNS and after.data["pos"][0] in _NOUNS
        if nouns and gap[0] < gap[1] and text[slice(*gap)].isspace():
            left, right = _trim(text, start, gap[0]), _trim(text, gap[1], end)
            if left[1] - left[0] > 1 and right[1] - right[0] > 1:
                found.append((left, right))
    return found


def leans(text: str, tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether a stretch belongs to the question before it: 'what would be best?', or what that was about."""
    before, said, after = text[:start], text[start:end], text[end:]
    if before and _LEANING.fullmatch(said):
        return True
    if "?" in after or after.strip(_TRIM) or not _ASKED.search(before):
        return False
    kinds = [token.data["pos"][0] for token in _inside(tokens, start, end)]
    if not kinds or not _PREDICATES.isdisjoint(kinds):
        return False
    return kinds[-1] in _NOUNS or _AFTERTHOUGHT.search(said) is not None


def tells(text: str) -> bool:
    """Whether a stretch tells what was or what one is doing."""
    return bool(_TOLD.search(text) or _TELLS.search(text))


def asks(text: str, tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether a stretch is put as a question or a request, or is a bare topic; what one tells about oneself is not."""
    if text[end : end + 1] == "?" or _ASKS.search(text[start:end]):
        return True
    if _TELLS.search(text[start:end]):
        return False
    last = _inside(tokens, start, end)[-1:]
    return bool(last) and last[0].data["pos"][0] in _NOUNS
