"""What the readers of typed answers share: numbers, hedges, firm words, questions, and what a reading is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from actions.self_analysis.data import fold
from bot.nlu.normalise import to_hiragana

_QUESTION = re.compile(
    r"何(?:を|が|の|ですか|なの|て)|なに(?:を|が)|(?:^|[、。])なんで(?!も)|なん(?:の|ですか(?!ら)|なん(?!です|で))|どういう|どんな|どうやって|どうすれ|どうなん|どう(?:違|ちが)|"
    r"なぜ|どうして|いくら|いつ(?:から|まで|です|ごろ)|どこ(?:で|に|が|から|です)|(?:誰|だれ)(?!か|で|も)|って(?:何|なに|どう|いう)|とは|教えて|違いは|"
    r"(?:必要|できます|なれます|あります|できる|なれる|いります|難しい|忙しい|多い|大変|きつい)(?:の|です|ん(?:です)?)?か(?:な)?\??$|\?$|知りたい|聞きたい|ですか\??$|ますか\??$|ませんか\??$|でしょうか\??$"
)
_ANSWERISH_QUESTION = re.compile(
    r"(?:^|[^a-z])[ab](?:[^a-z]|$)|[1-9]|かな\??$|かも\??$|でいい|ですかね|(?:ほう|方)(?:が|で)|寄り|前者|後者|"
    r"どちらかと(?:いえば|言えば|いうと|言うと)|どっちか(?:と|って|っちゅう)"
)
HEDGE = re.compile(
    r"どちらか(?:と|て)?(?:言|い)?|どっちか(?:と|て|っ)?|どちらかと|やや|ちょ(?:い(?!た)|っと|こっと|っぴり)|少し|すこー*し|わりと|割と|割に|寄(?:り(?!合)|っ)|より$|よりです|よりかな|気持ち(?![よ良悪がはも])|若干|かな(?![いくけか])|かも|"
    r"か(?:のう|しら)|(?:です|ます|[いるだう方])かね[え。…]*$|べか|やろか|ぎみ|気味|いちおう|一応|"
    r"気が(?:し|す)|気もし|多分|たぶん|おそらく|恐らく|強いて|しいて|まあ|まぁ|どうせなら|選ぶなら|っぽい|のような|傾向|多少|いくらか|比較的|んー|うーん|なんとなく|何となく|迷う|悩|微妙|近い|比べ(?:れば|ると|たら)|基本的に|多め|どっちかなら|どちらかなら|選べと言われ|あえて|敢えて|に?傾|ほうかも|(?<!に)弱|6割|7割|六割|七割|[5-8][0-9]%|ときどき|時々|できれば|できたら"
)
FIRM = re.compile(
    r"絶対|ぜったい|完全|断然|だんぜん|もちろん|とても|すごく|すっごく|間違いなく|はっきり|圧倒的|強く|かなり|100|一択|断トツ|めっちゃ|めちゃ|非常に|大いに|一番|ばっちり|バッチリ|本当に|ほんとに|まさに|明らかに|これしか|そのもの|10割|9割|ど真ん中|心から|ガッツリ|がっつり|迷わず|ダントツ|そのもの"
)
UNLIKE = re.compile(
    r"苦手|嫌(?:い|だ|で|な|$)|いや(?:だ|で|な|$)|(?:じゃ|では|で)な(?:い|く)|無理|つら|辛|しんど|向(?:い|か)て?(?:い)?な|合わな|好きじゃ|好きでは|"
    r"(?:し|やり|なり|たく)たくな|たくな|退屈|つまらな|面倒|不安|避け|ちょっと(?:…|・|$)|きつ|いまいち|イマイチ|待(?:て|た)(?:な|ませ)|荷が重|重い|重た|(?:は|とは|の?は(?:少し|ちょっと))(?:違|ちが)(?:う|い)|得意(?:では|じゃ)|飽き|窮屈|なくて(?:い|よ|す|済)|なくても(?:い|よ)|ずに(?:す|済)|ほど(?:では|じゃ)な|めんど|ストレス|プレッシャー|だる|ダル|ムリ|むり|怖|こわ|興味(?:が|は)?な|できな|疲れ"
)
TURN = re.compile(
    r"(?:飽き|嫌|いや|苦手|つらい|しんどい|退屈|不安|疲れ|面倒|めんどう|怖い|こわい|自信が?ない|大変|難しい|得意(?:じゃ|では)ない|(?:し|り|き|え|い)たくない)(?:る|だ|な|てしまう|ちゃう)?(?:ので|から|し)|けれども?|けども?|ですが|ますが|だが|(?<=[いるだたす])が[、,]|のに|でも|ただ[、,し]?|しかし|とはいえ|。|!|\?"
)
KANJI = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
# Said alone these are numbers too.
KANA = {"いち": 1, "に": 2, "さん": 3, "よん": 4, "ご": 5, "ろく": 6, "なな": 7, "はち": 8, "きゅう": 9, "じゅう": 10}
# 「Ⅳ」, as it is folded.
ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
COUNTED = {"ひとつ": 1, "ふたつ": 2, "みっつ": 3, "よっつ": 4, "いつつ": 5}
ENDING = (
    r"(?:番|番目|つ目|個目|つめ|ばん|番の?(?:やつ|ほう|方)?)?(?:だけ|のみ|(?:です)?かね[えぇー]*|(?:です)?かの[うー]+|やろか|だべか?|でよか|でええ(?:わ|です)?|かな[あぁー]+|っぽいです|っぽい|です|で|でお願いします|お願いします|かな|かも|だ|だと思います|だと思う|にしとい(?:てください|て)|にします|にする|を選びます|がいい(?:です)?|"
    r"が近い(?:です)?|に近い(?:です)?|ですね|ね|よ|くらい|ぐらい|あたり|だね|だな|だよ|だがね|やな|じゃ|のほう|の方|に?しておきます|っす|ということで|で!|!|。|、|\s)*"
)
_SPELT = "|".join((*KANA, *ROMAN))
_NUMBER = re.compile(
    rf"^(?:選択肢|番号|答え|回答|上から|q)?(?:は|の|:)?\s*(10|[1-9一二三四五六]|{_SPELT})ー?\s*{ENDING}$"
)
# 「1！1！」
_AGAIN = re.compile(r"^([1-9])(?:[!。、\s]*\1)+(?![0-9])")
_BETWEEN = re.compile(
    rf"^([1-5]|{'|'.join(KANA)})\s*(?:か|~|〜|から|or|と|の間|、)\s*([1-5]|{'|'.join(KANA)})\s*(?:の(?:間|あいだ)|で(?:迷|悩|止ま)[^、。]*)?{ENDING}$"
)
_STEPS: Final = 5
_HALF = re.compile(rf"^([1-4])\.5{ENDING}$")
FILLER = re.compile(
    r"^(?:んー+|んーと|うーん+|うーむ|えーっと|えーと|えっと|えーと|あー+|ああ|そうですね|そうだな|そうだなあ|そうねえ?|うん|はい|正直|ぶっちゃけ|今のところ|今は|現状|個人的に(?:は)?|自分(?:に)?は|私(?:に)?は|じゃあ?|では|なら|やっぱり?|、|,|…|・|。|\s|ー|~|〜)+"
)


@dataclass(frozen=True)
class Reading:
    """A typed answer: its value (`"2"`, `"unknown"` or a list of ids) and whether it was said in so many words."""

    v: str | list[str]
    sure: bool


_SHORT_ANSWER: Final = 4
_BARE_MARK = re.compile(r"\?+$")
_ASKING_END = re.compile(
    r"(?:です|ます|ません|でしょう|たい|なの|るの|いの)か$|(?:って|とは|て|は)(?:何|なに|どれ|誰|どこ)$|教えて(?:ください|下さい|ほしいです)?[。!]*$"
)


def asks(text: str) -> bool:
    """Whether the message asks and ends like a question; 「普通？」 does not, nor 「先輩に教えてもらう」."""
    plain = fold(text)
    bare = _BARE_MARK.sub("", plain)
    if bare != plain:
        return is_question(bare) or (len(bare) > _SHORT_ANSWER and is_question(plain))
    return _ASKING_END.search(plain) is not None and is_question(plain)


def is_question(text: str) -> bool:
    """Whether the message asks something rather than answers."""
    plain = fold(text)
    return _QUESTION.search(plain) is not None and _ANSWERISH_QUESTION.search(plain) is None


def number_of(core: str) -> int | None:
    """The number that an answer is: 「３」, 「二番目」."""
    match = _NUMBER.match(to_hiragana(_AGAIN.sub(r"\1", core)))
    if match is None:
        return None
    found = match.group(1)
    return KANJI.get(found) or KANA.get(found) or ROMAN.get(found) or int(found)


def between(core: str) -> tuple[int, int] | None:
    """The two numbers of 「2か3」, 「2.5」 and 「よんかごかな」."""
    half = _HALF.match(core)
    if half is not None:
        return int(half.group(1)), int(half.group(1)) + 1
    match = _BETWEEN.match(core)
    if match is None:
        return None
    one, other = (KANA.get(found) or int(found) for found in match.groups())
    return (one, other) if max(one, other) <= _STEPS else None


def degree(plain: str, weak: str, strong: str) -> str:
    """The weak value where something is hedged (かな, 寄り) and nothing makes it firm again."""
    told = f"{plain} {to_hiragana(plain)}"  # 「ﾀﾌﾞﾝ」
    return strong if FIRM.search(told) or not HEDGE.search(told) else weak


FAR_END = re.compile(rf"^(?:一番|いちばん|1番)(右|左|上|下)(?:の)?(?:やつ|ほう|方)?\s*{ENDING}$")
# The best label must reach this, and a pick from a piece of an answer more; both by cross-validation.
ENOUGH: Final = 0.2
# What asks in so many words (教えて, 何を) is an answer only if it clearly says one: 「先輩に教えてもらう」.
ENOUGH_OF_A_QUESTION: Final = 0.5


class Scored(Protocol):
    """How much a text speaks for each label of its item, by what was learned."""

    def __call__(self, text: str, hints: Sequence[str], last: str = "") -> Mapping[str, float]:
        """See `reading`.

        Args:
            text: an answer or a piece of it.
            hints: what the rules make of it.
            last: what stands after a turn (嫌いなので, …けど), where there is one: it decides as much as the whole.
        """


def most_likely(found: Mapping[str, float], enough: float = ENOUGH) -> str | None:
    """The label that a text most likely means; None if none is likely enough."""
    best = max(found, key=lambda label: found[label])
    return best if found[best] >= enough else None
