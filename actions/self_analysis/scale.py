"""Reads typed answers to the items that agree or disagree: 「まあまあ」, 「週末なら」, 「あんまり」.

Numbers, marks and the scale's own words said briefly are read by rules; for all else the rules give hints only.
"""

from __future__ import annotations

import re
from typing import Final

from actions.self_analysis import examples
from actions.self_analysis.data import Question
from actions.self_analysis.wording import (
    COUNTED,
    ENDING,
    ENOUGH,
    ENOUGH_OF_A_QUESTION,
    FAR_END,
    FIRM,
    HEDGE,
    TURN,
    UNLIKE,
    Reading,
    Scored,
    between,
    is_question,
    number_of,
)

# On a scale the rules see more: how strongly it is said, under what condition. Chosen by cross-validation.
HINTS: Final = 1.0
_YES = re.compile(
    r"^(?:はい|うん|ええ|yes|イエス|そう(?:です|だ|思(?:う|い)|だと思|かも|かな|ですね|だね)|その(?:通り|とおり)|もちろん|できる|できます|できそう|いける|いけます|いけそう|ok|おk|オッケー|同意|賛成|大丈夫|平気|問題な|(?:全然|全く)(?:いい|大丈夫|平気|ok|問題な|苦(?:じゃ|に)|でき(?:る|ます)|いけ(?:る|ます))|(?:とても|すごく|かなり|まあ|まぁ|やや|わりと|割と|たぶん|多分|ある程度|そこそこ|それなりに|なんとか|普通に|どちらかといえば|どちらかというと)*(?:はい|うん|そう(?:です|だ|思)|できる|できます|できそう|いける|いけそう|大丈夫|平気|いい(?:です|と思|かな|よ)?|ok|あり(?!がと)|ある|あります))|^(?:(?:全然|ぜんぜん)(?:いい|大丈夫|平気|ok|オッケー|問題な|余裕|いける|できる|苦)|いくらでも|へっちゃら|よゆう|どんと|やれ(?:る|ます)|続け(?:られ|れ)(?:る|ます)|(?:使|待)え(?:る|ます)|待て(?:る|ます)|余裕|可能|問題なし|構(?:わな|いませ)|かまわな|むしろ|ぜひ|是非|得意|好き(?!じゃ|では|な(?!の|ほう|方))|やる気(?:は)?あ|覚悟|ok|その自信|自信(?:が)?(?:あ|は?あ)|望むところ|ウェルカム|歓迎|イエス|もち|当然|合点)"
)
_NO = re.compile(
    r"^(?:いいえ|いえ|いや(?!と)|ううん|no|ノー|違(?:う|い)|ちが(?:う|い)|そう(?:は|で(?:は|も))?(?:思わ|思いませ|ない|な)|(?:全然|全く|まったく|あまり|あんまり|そんなに|それほど|ちょっと|少し|絶対|たぶん|多分|どちらかといえば|どちらかというと|かなり|とても)*(?:いいえ|違(?:う|い)|ちが(?:う|い)|そう(?:は|で(?:は|も))?(?:思わ|思いませ|ない)|無理|できな|できませ|難し|厳し|きつ|ない|だめ|ダメ|駄目|自信(?:が)?な|嫌|いや))|^(?:ムリ|むり|ありえな|有り得な|あり得な|やだ|ヤダ|イヤ|やめたい|お断り|考えられな|向かな|でき(?:ん|へん)|不可能|不向き|向いて(?:い)?な|せっかち|短気|反対|ng|ノー|しんど|つら|辛い|耐えられ|飽き|苦手|やりたくな|したくな|ごめん|勘弁|遠慮|論外|避けたい|したことな)"
)
_FIT = re.compile(r"(?:当ては|あては|該当し|合って|合い)(?:まる|まり|ます|まっ|る|いま)?")
_UNFIT = re.compile(
    r"(?:当てはま|あてはま|該当し|合っ?て?い?|合)(?:らな|りませ|ってな|っていな|っていませ|らん|な|わな|いませ|ませ)|当てはまらず"
)
_MIDDLE = re.compile(
    r"どちらとも|どっちとも|どちらでも|どっちでも|ふつう|普通(?!に)|半々|五分|真ん中|まん中|中間|半分|可もなく|なんとも|何とも|微妙|まちまち|ケースバイケース|場合による|時と場合|内容による|どっちつかず|ぼちぼち|人並み|中くらい|まあ(?:ふつう|普通)|言えな|いえな|五割|5割|50%|半々|条件(?:による|次第)|ものによる|状況(?:による|次第)"
)
_LITTLE = re.compile(
    r"あまり|あんまり|そんなに|それほど|そこまで|さほど|どちらかと|どっちかと|ちょっと|少し|やや|たぶん|多分|かな(?![いくけか])|かも|若干|微妙|どちらかといえば|気がし|正直|余り|大して|たいして"
)
_MUCH_NOT = re.compile(
    r"全然|全く|まったく|ぜんぜん|まるで|絶対|少しも|ちっとも|とても|かなり|完全に|1ミリ|皆無|一切|すごく|めっちゃ"
)
_SOME = re.compile(
    r"やや|まあ|まぁ|少し|すこし|ちょっと|どちらかと|どっちかと|わりと|割と|比較的|たぶん|多分|かも|かな(?![いくけか])|そこそこ|ある程度|それなり|なんとか|何とか|気がし|多少|多少は|おそらく|一応|必要(?:なら|があれば|に応じ)|半年|1年くらい|だいたい|大体|ほぼ|おおむね|概ね|おおよそ|けっこう|結構|基本的に|わりかし|割かし|ぎりぎり|ギリギリ|努力|頑張|がんば|できる範囲|無理のない|できれば|短期間なら|週末なら|頑張れば|がんばれば|と思う|と思い|だろう|はず|4割|6割|7割|8割"
)
_SCALE_UNKNOWN = re.compile(
    r"わから|分から|判ら|わかん|分かん|想像(?:が)?つか|イメージ(?:が)?(?:わか|湧か|つか|でき)|判断(?:でき|つか)|考えたこと(?:が)?な|やってみないと|経験(?:が)?な|不明|さあ|ピンとこ"
)
_MARKS: Final = {
    "◎": "5",
    "◯": "4",
    "✕": "1",
    "✖": "1",
    "○": "4",
    "〇": "4",
    "△": "3",
    "×": "1",
    "x": "1",
    "二重丸": "5",
    "にじゅうまる": "5",
    "丸": "4",
    "まる": "4",
    "マル": "4",
    "三角": "3",
    "さんかく": "3",
    "サンカク": "3",
    "ばつ": "1",
    "バツ": "1",
}
_MARK = re.compile(rf"^({'|'.join(_MARKS)})\s*{ENDING}$")
_PERCENT = re.compile(rf"^([0-9]{{1,3}})(?:%|パーセント|パー)\s*{ENDING}$")
_PERCENT_LEAST: Final = (("5", 90), ("4", 60), ("3", 40), ("2", 11), ("1", 0))
_ALMOST = re.compile(r"な(?:く|い(?:こと|わけ|訳))(?:は|も|では|でも|じゃ)(?:な(?:い|く)|ありませ)")
_SCORE = re.compile(
    rf"^(?:レベル|星|★|点数は|5段階(?:で|なら|中|の|のうち)?|評価は?)*\s*([1-5]|{'|'.join(COUNTED)})\s*(?:点|/5|つ星|個|割)?\s*{ENDING}$"
)
_EXACT: Final = (
    (
        "5",
        re.compile(
            r"^(?:とても|とっても|すごく|すっごく|かなり|めっちゃ|めちゃくちゃ|非常に|超|大いに|完全に|まさに|ぴったり|ピッタリ|ばっちり|バッチリ|まさしく|全く(?:その|同感)|100(?:%|点)?|max|最高)(?:です|だ|に|ね|そう(?:です|思)?.*)*$"
        ),
    ),
    (
        "4",
        re.compile(
            r"^(?:だいたい|大体|ほぼ|おおむね|おおよそ|概ね|けっこう|結構(?!です)|まずまず|わりかし|割かし|多少|まあね|まぁね|やや|少し|ちょっとだけ|80%?|70%?)(?:です|かな|ね|は)*$"
        ),
    ),
    (
        "3",
        re.compile(r"^(?:ほどほど|まん(?:中|なか)|中|中くらい|50%?|普通|ふつう|うーん|んー)(?:です|かな|ね|くらい)*$"),
    ),
    (
        "2",
        re.compile(
            r"^(?:いまいち|イマイチ|いまひとつ|そうでもな|それほど|そんなに|さほど|あまり|あんまり|余り|30%?|20%?|厳しめ|苦手(?:かも|かな|寄り|ぎみ|気味))(?:です|い|かな|かも|ね|ですね|…|・)*$"
        ),
    ),
    (
        "1",
        re.compile(
            r"^(?:全然|全く|まったく|ぜんぜん|さっぱり|皆無|ゼロ|0%?|絶対無理|なし|論外)(?:です|だ|ね|ない|違)*$"
        ),
    ),
)
# 「まあまあ」, 「ちょっとだけなら」; 「あんまり」
_RATHER = re.compile(
    r"^(?:まあまあ|そこそこ|ある程度|それなり|わりと|割と|けっこう|結構(?!です))|"
    r"^(?:まあ|まぁ)?(?:少し|ちょっと|多少|短期間|短時間|週末|週[1-3]くらい|頑張れば|がんばれば)(?:だけ)?(?:なら|でき|いけ|$)|"
    r"^(?:頑張れば|がんばれば)|^(?:やや|少し|ちょっと|まあ|まぁ)(?:です|かな|かも|ね)*$"
)
# 「週末なら」, 「やりがいがあれば」
_GIVEN = re.compile(r"なら|(?:けれ|れ|め|せ|え|べ|て|ね)ば|だったら|次第|範囲|程度|たら(?!め)")
_BRIEF_NOT = re.compile(r"^(?:あまり|あんまり|そんなに|それほど)(?:です|かな|かも|…|・)*$")
# A yes or no of this many characters holds nothing else.
_BRIEF: Final = 8
# With the scale's own word (当てはまる) so many.
_OWN_WORDS: Final = 14
_NOT_HARD = re.compile(
    r"(?:無理|苦手|嫌い?|不可能|つらく|苦痛?|難しく|難しい(?:こと|わけ)|面倒|負担|抵抗|不安)(?:では|じゃ|とは|には?|は|が|も)*(?:な(?:い|く|らな)|ありませ|なりませ|思わな|感じな)"
)


def read(question: Question, core: str, plain: str, scored: Scored) -> Reading | None:
    """`"1"` … `"5"` or `"unknown"`; None where it is no answer. `core`: without the fillers in front of `plain`."""
    core = _NOT_HARD.sub("大丈夫", core)
    pair = between(core)
    if pair is not None:
        # The one nearer the middle; of two that are apart what stands between them.
        low, high = sorted(pair)
        return Reading(str(min(range(low + 1, high) or (low, high), key=lambda step: abs(step - 3))), True)
    end = FAR_END.match(core)
    if end:
        return Reading("5" if end.group(1) in "右下" else "1", True)
    mark = _MARK.match(core)
    if mark is not None:
        return Reading(_MARKS[mark.group(1)], True)
    share = _PERCENT.match(core)
    if share is not None:
        return Reading(next(v for v, least in _PERCENT_LEAST if int(share.group(1)) >= least), True)
    if _ALMOST.search(core):
        return Reading("4", True)
    score = _SCORE.match(core)
    if score is not None:
        return Reading(str(COUNTED.get(score.group(1), score.group(1))), True)
    number = number_of(core)
    if number is not None:
        return Reading(str(number), True) if number <= 5 else Reading("unknown", True) if number == 6 else None
    exact = next((v for v, words in _EXACT if words.match(core)), None)
    if exact is not None:
        return Reading(exact, True)
    if len(core) <= (_OWN_WORDS if _FIT.search(core) or _UNFIT.search(core) else _BRIEF) and not is_question(plain):
        said = _brief(core, plain)
        if said is not None:
            return Reading(said, True)
    found = scored(plain, hints(question, core, plain))
    sides = {
        "yes": found["5"] + found["4"],
        "no": found["1"] + found["2"],
        "3": found["3"],
        examples.UNKNOWN: found[examples.UNKNOWN],
        examples.OTHER: found[examples.OTHER],
    }
    best = max(sides, key=lambda side: sides[side])
    if sides[best] < (ENOUGH_OF_A_QUESTION if is_question(plain) else ENOUGH) or best == examples.OTHER:
        return None
    if best in ("yes", "no"):
        strong, weak = ("5", "4") if best == "yes" else ("1", "2")
        return Reading(strong if found[strong] >= found[weak] else weak, False)
    return Reading(best, best == examples.UNKNOWN)


def _brief(core: str, plain: str) -> str | None:
    """What a few words say by themselves."""
    if _UNFIT.search(core):
        return "2" if _LITTLE.search(plain) and not _MUCH_NOT.search(core) else "1"
    if _MIDDLE.search(core) and not (_FIT.search(core) and re.search(r"まあまあ|微妙に", core)):
        return "3"
    if _FIT.search(core):
        return "5" if FIRM.search(core) or not (_SOME.search(plain) or HEDGE.search(plain)) else "4"
    if re.match(r"^(?:はい|うん)+[。!、 ]*$", plain):
        return "5"
    if _RATHER.match(core):
        return "4"
    if _BRIEF_NOT.match(core):
        return "2"
    return None


def hints(question: Question, core: str, plain: str) -> list[str]:
    """What the rules make of an answer."""
    found = {
        "agree": question.agree.search(core),
        "disagree": question.disagree.search(core),
        "yes": _YES.match(core),
        "no": _NO.match(core),
        "unlike": UNLIKE.search(core),
        "unsure": _SCALE_UNKNOWN.search(core),
        "asks": is_question(plain),
        "some": _SOME.search(plain) or HEDGE.search(plain),
        "little": _LITTLE.search(plain),
        "much": _MUCH_NOT.search(core) or FIRM.search(core),
        "middle": _MIDDLE.search(core),
        "fits": _FIT.search(core),
        "unfit": _UNFIT.search(core),
        "almost": _ALMOST.search(core),
        "given": _GIVEN.search(core),
        "turns": TURN.search(core),
    }
    return [name for name, hit in found.items() if hit]
