"""Reads typed answers to the choice items: 「どちらかというとB」, 「３」, 「決まった手順のほうがいいかな」.

Letters, numbers and the scale's own words are read by rules, and so is how strongly something is said. What other
words mean is learned from examples (data/self_analysis/answers.yml); what the rules make of them counts among what is
learned from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from actions.self_analysis import examples, learning
from actions.self_analysis.controls import control
from actions.self_analysis.data import Choice, Question, fold
from bot.nlu.linear import Example, LinearModel

_QUESTION = re.compile(
    r"何(?:を|が|の|ですか|なの|て)|なに(?:を|が)|(?:^|[、。])なんで(?!も)|なん(?:の|ですか(?!ら)|なん(?!です|で))|どういう|どんな|どうやって|どうすれ|どうなん|どう(?:違|ちが)|"
    r"なぜ|どうして|いくら|いつ(?:から|まで|です|ごろ)|どこ(?:で|に|が|から|です)|(?:誰|だれ)(?!か|で|も)|って(?:何|なに|どう|いう)|とは|教えて|違いは|"
    r"(?:必要|できます|なれます|あります|できる|なれる|いります|難しい|忙しい|多い|大変|きつい)(?:の|です|ん(?:です)?)?か(?:な)?\??$|\?$|知りたい|聞きたい|ですか\??$|ますか\??$|ませんか\??$|でしょうか\??$"
)
_ANSWERISH_QUESTION = re.compile(
    r"(?:^|[^a-z])[ab](?:[^a-z]|$)|[1-9]|かな\??$|かも\??$|でいい|ですかね|(?:ほう|方)(?:が|で)|寄り|前者|後者|"
    r"どちらかと(?:いえば|言えば|いうと|言うと)|どっちか(?:と|って|っちゅう)"
)

_HEDGE = re.compile(
    r"どちらか(?:と|て)?(?:言|い)?|どっちか(?:と|て|っ)?|どちらかと|やや|ちょっと|少し|すこし|わりと|割と|割に|寄り|より$|よりです|よりかな|気持ち|若干|かな(?![いくけか])|かも|"
    r"気が(?:し|す)|気もし|多分|たぶん|おそらく|恐らく|強いて|しいて|まあ|まぁ|どうせなら|選ぶなら|っぽい|のような|傾向|多少|いくらか|比較的|んー|うーん|なんとなく|何となく|迷う|悩|微妙|近い|比べ(?:れば|ると|たら)|基本的に|多め|どっちかなら|どちらかなら|選べと言われ|あえて|敢えて|に?傾|ほうかも|弱|6割|7割|六割|七割|ときどき|時々|できれば|できたら"
)
_FIRM = re.compile(
    r"絶対|ぜったい|完全|断然|だんぜん|もちろん|とても|すごく|すっごく|間違いなく|はっきり|圧倒的|強く|かなり|100|一択|断トツ|めっちゃ|めちゃ|非常に|大いに|一番|ばっちり|バッチリ|本当に|ほんとに|まさに|明らかに|これしか|そのもの|10割|9割|ど真ん中|心から|ガッツリ|がっつり|迷わず|ダントツ|そのもの"
)
_UNKNOWN = re.compile(
    r"どっち(?:だろ|かな|なんだろ)|どちら(?:だろ|かな|なんだろ)|選び(?:にく|がた|きれ|かね|よう)|絞れ|比べられ|(?:言い|答え)(?:にく|づら|られな|ようが)|わから|分から|判ら|わかん|分かん|どちらとも|どっちとも|どちらも|どっちも|どちらでも|どっちでも|どちらもい|両方|半々|五分五分|半分(?:ずつ|くらい)|迷(?:う|い|って)|選べ|"
    r"決め(?:られ|にく|かね|がた)|決まら|半分|5分|中立|ニュートラル|保留|未定|考え中|混ざ|思いつか|謎|なんとも|何とも|ケースバイケース|場合による|時による|ときによる|同じ(?:くらい|ぐらい|程度)|想像(?:が)?つか|イメージ(?:が)?(?:わか|湧か|つか|でき)|"
    r"わかり(?:ませ|に)|分かり(?:ませ|に)|まよ(?:う|っ|い)|判断(?:でき|つか)|考えたこと(?:が)?な|特に(?:な|あり)|ピンとこ|間(?:くらい|かな|です|$)|中間|真ん中|不明|さあ|悩(?:む|み|ま)|"
    r"甲乙|はっきりしな|(?:その)?(?:時|とき|状況|仕事|内容|もの|人|日|気分|相手)による|(?:時|とき|状況|仕事|内容|もの|人|日|気分|相手)次第|なんでもい|何でもい|どれでも|難しい(?:です|な|ね|質問)?|おまかせ|お任せ|フィフティ|50[:対/]50|5[:対]5|バランス|均等|言い切れ|言えな|いえな|こだわり(?:は)?な|知らな|どうだろう|どうかな|どっちだろう|どちらだろう|該当(?:なし|しな)|^ない(?:です)?$"
)
_UNLIKE = re.compile(
    r"苦手|嫌(?:い|だ|で|な|$)|いや(?:だ|で|な|$)|(?:じゃ|では|で)な(?:い|く)|無理|つら|辛|しんど|向(?:い|か)て?(?:い)?な|合わな|好きじゃ|好きでは|"
    r"(?:し|やり|なり|たく)たくな|たくな|退屈|つまらな|面倒|不安|避け|ちょっと(?:…|・|$)|きつ|いまいち|イマイチ|待(?:て|た)(?:な|ませ)|荷が重|重い|重た|(?:は|とは|の?は(?:少し|ちょっと))(?:違|ちが)(?:う|い)|得意(?:では|じゃ)|飽き|窮屈|なくて(?:い|よ|す|済)|なくても(?:い|よ)|ずに(?:す|済)|ほど(?:では|じゃ)な|めんど|ストレス|プレッシャー|だる|ダル|ムリ|むり|怖|こわ|興味(?:が|は)?な|できな|疲れ"
)
_TURN = re.compile(
    r"(?:飽き|嫌|いや|苦手|つらい|しんどい|退屈|不安|疲れ|面倒|めんどう|怖い|こわい|自信が?ない|大変|難しい|得意(?:じゃ|では)ない|(?:し|り|き|え|い)たくない)(?:る|だ|な|てしまう|ちゃう)?(?:ので|から|し)|けれども?|けども?|ですが|ますが|だが|(?<=[いるだたす])が[、,]|のに|でも|ただ[、,し]?|しかし|とはいえ|。|!|\?"
)
_LOSER = re.compile(
    r"(?:という|と言う|っていう)?より(?:は|も|かは|むしろ|、|どちらかというと|どっちかというと)*(?=.)|(?:じゃ|では|で)(?:なく|ない)(?:て|、|方|ほう)?|でなく"
)
_LEANING = re.compile(r"([ab])より(?=の真|の中|です|かな|かも|だ|で$|、|。|!|$)")
_CONCEDED = re.compile(r"[ab](?:の(?:ほう|方))?も|[ab](?:は|が)(?:ちょっと|少し|あまり|無理|嫌|苦手)")
_NEEDED = re.compile(
    r"(?:な(?:い|し)|なければ|なきゃ)(?:と|では|だと|じゃ)?[、]?(?:不安|困|つら|しんど|動け|きつ|嫌|いや|落ち着か|無理|苦手|だめ|ダメ)"
)
_LETTER = re.compile(r"(?<![a-z])([ab])(?![a-z])")
_LETTER_WORDS = (
    (
        "a",
        re.compile(
            r"エー(?!と)|^上(?:です|かな)?$|^(?:1つ目|一つ目|ひとつめ|ひとつ目)|前者|(?<!一番)左|^ひだり|^うえ(?:です|かな)?$|(?:最初|はじめ|初め|上|先)の(?:ほう|方|やつ)"
        ),
    ),
    (
        "b",
        re.compile(
            r"ビー|びー|^下(?:です|かな)?$|^(?:ふたつめ|ふたつ目)|後者|(?<!一番)右|^みぎ|^した(?:です|かな)?$|(?:あと|後|下|2つ目|二つ目)の(?:ほう|方|やつ)"
        ),
    ),
)
_KANJI = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_ENDING = (
    r"(?:番|番目|つ目|個目|つめ|ばん|番の?(?:やつ|ほう|方)?)?(?:だけ|のみ|ですかね|かね|っぽいです|っぽい|です|で|でお願いします|お願いします|かな|かも|だ|だと思います|だと思う|にします|にする|を選びます|がいい(?:です)?|"
    r"が近い(?:です)?|に近い(?:です)?|ですね|ね|よ|くらい|ぐらい|あたり|だね|だな|のほう|の方|に?しておきます|っす|ということで|で!|!|。|、|\s)*"
)
_NUMBER = re.compile(rf"^(?:選択肢|番号|答え|回答|上から|q)?(?:は|の|:)?\s*(10|[1-9一二三四五六])\s*{_ENDING}$")
_FILLER = re.compile(
    r"^(?:んー+|んーと|うーん+|うーむ|えーっと|えーと|えっと|えーと|あー+|ああ|そうですね|そうだな|そうだなあ|そうねえ?|うん|はい|正直|ぶっちゃけ|今のところ|今は|現状|個人的に(?:は)?|自分(?:に)?は|私(?:に)?は|じゃあ?|では|なら|やっぱり?|、|,|…|・|。|\s|ー|~|〜)+"
)
_SHORT_NONE = re.compile(
    r"^(?:特に|とくに|別に|これといって|どれも)?(?:は)?(?:、)?(?:ない|なし|無し|無い|ありません|ないです|思いつかな(?:い|いです)|思い(?:つき|浮かび|当たり)ません|思い(?:浮かば|当たら)な(?:い|いです)|浮かば(?:ない|ないです)|覚えて(?:い)?(?:ない|ません)|わから(?:ない|ないです|ん)|分から(?:ない|ないです|ん)|ないかな|ないかも|なさそう|いない|いません|無いです)(?:です|なあ|な|ね|かな|かも|と思います|。|!|、|けど|んですけど|…|・)*$"
)

_NONE_PICK = re.compile(
    r"^(?:特に|とくに|別に|この中に?|どれも|どれにも|全部|いずれも)?(?:は|に)?(?:、)?(?:ない|なし|無し|無い|ありません|違う|ちがう|違います|興味(?:が)?ない|興味(?:が)?ありません|ピンとこない|ピンときません|当てはまらない|当てはまりません|該当なし|選べない|選べません|わからない|分からない|わかりません|分かりません)(?:です|なあ|かな|かも|ね|。|!|です。)*$|^(?:該当|条件)(?:は)?なし.*$|^(?:特に|とくに)(?:こだわり|条件|希望)?(?:は|も)?(?:ない|なし|ありません).*$|^(?:こだわり|条件)(?:は|も)?(?:特に)?(?:ない|なし|ありません).*$|^(?:どれも|どれにも).*(?:ない|ません|違|ちがう).{0,4}$"
)


@dataclass(frozen=True)
class Reading:
    """A typed answer: its value (`"2"`, `"unknown"` or a list of ids) and whether it was said in so many words."""

    v: str | list[str]
    sure: bool


def nothing_to_say(text: str) -> bool:
    """「特にない」「思いつかない」 as the answer to an item where people write freely."""
    return _SHORT_NONE.match(_FILLER.sub("", fold(text))) is not None


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


def read(question: Question, text: str) -> Reading | None:
    """The value of a typed answer to a choice item; None when it is not one.

    Returns:
        steps4, scale5: `"1"` … or `"unknown"`. rank, pick: ids in the order named, `[]` for 'none of these'.
    """
    plain = fold(text)
    if not plain or control(text) is not None:
        return None
    core = _FILLER.sub("", plain) or plain
    core = _LEANING.sub(r"\1寄り", core)  # 「Bよりです」 leans to B, 「BよりA」 does not
    if asks(text) and not (question.choices and _DOUBTS.search(core)):
        return None
    if question.kind in ("rank", "pick"):
        return _read_pick(question, core)
    if question.kind == "steps4":
        return _read_steps(question, core, plain)
    if question.kind == "scale5":
        return _read_scale(question, core, plain)
    return None


def _number(core: str) -> int | None:
    match = _NUMBER.match(core)
    if match is None:
        return None
    found = match.group(1)
    return _KANJI.get(found) or int(found)


def _degree(plain: str, weak: str, strong: str) -> str:
    return strong if _FIRM.search(plain) or not _HEDGE.search(plain) else weak


def _read_steps(question: Question, core: str, plain: str) -> Reading | None:
    number = _number(core)
    if number is not None:
        return Reading(str(number), True) if number <= 4 else Reading("unknown", True) if number == 5 else None
    if _FAR_END.match(core):
        return None  # on the buttons 「わからない」 stands at the end
    side, sure = None, False
    parts = [part for part in _TURN.split(core) if part.strip()]
    for part in reversed(parts):
        side, sure = _side_of(question, part)
        if side:
            break
    both = len(set(_LETTER.findall(core))) == 2
    if side is None and both:
        return Reading("unknown", True)
    if side is not None and re.search(r"どちらとも|どっちとも|どちらも|どっちも|両方|半々", parts[-1]):
        return Reading("unknown", True)
    if not sure:
        last = parts[-1] if len(parts) > 1 else ""
        enough = _ENOUGH_OF_A_QUESTION if is_question(plain) else _ENOUGH
        meant = _meant(question, plain, _hints_of_steps(question, plain, side), enough, last)
        if meant == examples.UNKNOWN:
            return Reading("unknown", True)
        if meant not in ("a", "b"):
            return None
        side = meant
    hedged = _degree(f"{plain} {core}", "weak", "strong") == "weak"
    v = {("a", False): "1", ("a", True): "2", ("b", True): "3", ("b", False): "4"}[(str(side), hedged)]
    return Reading(v, sure)


def _side_of(question: Question, part: str) -> tuple[str | None, bool]:
    """'a' or 'b' for what a clause chooses, and whether by letter."""
    # 「決まっていないと不安」 wishes for what is missing
    part = _NEEDED.sub("", part)
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
            if not flip and _UNLIKE.search(chosen, said.end() if said else 0):
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
        if not flip and _UNLIKE.search(chosen):
            flip = True
        return ("a" if (left > right) != flip else "b"), False
    return None, False


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


_MARKS: Final = {"◎": "5", "◯": "4", "✕": "1", "✖": "1", "○": "4", "〇": "4", "△": "3", "×": "1", "x": "1"}
_ALMOST = re.compile(r"な(?:く|い(?:こと|わけ|訳))(?:は|も|では|でも|じゃ)(?:な(?:い|く)|ありませ)")
_SCORE = re.compile(
    rf"^(?:レベル|星|★|点数は|5段階(?:で|なら|中|の|のうち)?|評価は?)*\s*([1-5])\s*(?:点|/5|つ星|個|割)?\s*{_ENDING}$"
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
    ("3", re.compile(r"^(?:ほどほど|まん中|中|中くらい|50%?|普通|ふつう|うーん|んー)(?:です|かな|ね|くらい)*$")),
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
# 「2か3」: the nearer to the middle
_BETWEEN = re.compile(rf"^([1-5])\s*(?:か|~|〜|から|or|と|の間|、)\s*([1-5])\s*{_ENDING}$")
_FAR_END = re.compile(rf"^(?:一番|いちばん|1番)(右|左|上|下)(?:の)?(?:やつ|ほう|方)?\s*{_ENDING}$")
_NOT_HARD = re.compile(
    r"(?:無理|苦手|嫌い?|不可能|つらく|苦痛?|難しく|難しい(?:こと|わけ)|面倒|負担|抵抗|不安)(?:では|じゃ|とは|には?|は|が|も)*(?:な(?:い|く|らな)|ありませ|なりませ|思わな|感じな)"
)


def _read_scale(question: Question, core: str, plain: str) -> Reading | None:
    core = _NOT_HARD.sub("大丈夫", core)
    between = _BETWEEN.match(core)
    if between:
        return Reading(min(between.groups(), key=lambda step: abs(int(step) - 3)), True)
    end = _FAR_END.match(core)
    if end:
        return Reading("5" if end.group(1) in "右下" else "1", True)
    if core.strip("。!です") in _MARKS:
        return Reading(_MARKS[core.strip("。!です")], True)
    if _ALMOST.search(core):
        return Reading("4", True)
    score = _SCORE.match(core)
    if score is not None:
        return Reading(score.group(1), True)
    number = _number(core)
    if number is not None:
        return Reading(str(number), True) if number <= 5 else Reading("unknown", True) if number == 6 else None
    exact = next((v for v, words in _EXACT if words.match(core)), None)
    if exact is not None:
        return Reading(exact, True)
    if len(core) <= (_OWN_WORDS if _FIT.search(core) or _UNFIT.search(core) else _BRIEF) and not is_question(plain):
        said = _brief(core, plain)
        if said is not None:
            return Reading(said, True)
    found = _scored(question, plain, _hints_of_scale(question, core, plain))
    sides = {
        "yes": found["5"] + found["4"],
        "no": found["1"] + found["2"],
        "3": found["3"],
        examples.UNKNOWN: found[examples.UNKNOWN],
        examples.OTHER: found[examples.OTHER],
    }
    best = max(sides, key=lambda side: sides[side])
    if sides[best] < (_ENOUGH_OF_A_QUESTION if is_question(plain) else _ENOUGH) or best == examples.OTHER:
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
        return "5" if _FIRM.search(core) or not (_SOME.search(plain) or _HEDGE.search(plain)) else "4"
    if re.match(r"^(?:はい|うん)+[。!、 ]*$", plain):
        return "5"
    if _RATHER.match(core):
        return "4"
    if _BRIEF_NOT.match(core):
        return "2"
    return None


_ONLY_NUMBERS = re.compile(
    r"^(?:(?:10|[1-9])|[一二三四五六七八九十](?=番|つ|と|、|,|位)|番目|番|つ目|位|[と、,・。/.\s&+やは:>→]|次(?:に|が|は)?|まず|その次|それと|あとは?|強いて(?:言えば|いえば|言うなら)|しいて(?:言えば|いえば|言うなら)|だけ|が(?:一番|1番)|です|でお願いします|お願いします|にします|かな|の順(?:番)?(?:で)?|順に|最後に?|一番|1番)+$"
)
_DIGITS = re.compile(r"10|[1-9]|(?<!が)[一二三四五六七八九十](?=番|つ|と|、|,|位|です|$)")
_FIRST_N = re.compile(r"(?:上から|最初の|上の|はじめの)\s*([2-3二三])(?:つ|個)")


def _read_pick(question: Question, core: str) -> Reading | None:
    if _NONE_PICK.match(core):
        return Reading([], True)
    first = _FIRST_N.search(core)
    if first:
        count = _KANJI.get(first.group(1)) or int(first.group(1))
        return Reading([choice.v for choice in question.choices[:count]], True)
    number = _number(core)
    if number is not None and number <= len(question.choices):
        return Reading([question.choices[number - 1].v], True)
    if _ONLY_NUMBERS.match(core):
        places: list[int] = []
        # 「1番は3、次に5」: a rank word in front of は is no choice
        for found in _DIGITS.findall(re.sub(r"(?:[1-3一二三])(?:番(?:目)?|位)(?:は|が|:)", "", core)):
            place = _KANJI.get(found) or int(found)
            if 1 <= place <= len(question.choices) and place not in places:
                places.append(place)
        if places:
            return Reading([question.choices[place - 1].v for place in places], True)
    picked: list[str] = []
    exact = any(fold(choice.label) in core for choice in question.choices)
    hits = _hits(question, core)
    enough = _ENOUGH_OF_A_QUESTION if is_question(core) and not _DOUBTS.search(core) else _ENOUGH
    meant = None if exact else _meant(question, core, hits, enough)
    if not exact and meant is None and enough > _ENOUGH:
        return None
    if meant == examples.OTHER and not (hits and _meant(question, core, hits, _ENOUGH_AGAINST_A_NAME) is None):
        return None
    if meant == examples.NONE and not hits:
        return Reading([], True)
    refused = False
    for part in _named(core):
        if _UNWANTED.search(part):
            refused = True
            continue
        for v in _picked(question, part):
            if v not in picked:
                picked.append(v)
    if not picked and meant is not None and question.choice(meant):
        picked = [meant]
    if not picked:
        return Reading([], True) if meant == examples.NONE and not refused else None
    return Reading(picked, exact)


_DOUBTS = re.compile(r"(?:かな|かも|ですかね)\??$")
_AND = re.compile(
    r"けれども?|けども?|ですが|ますが|のに|でも|(?:じゃ|では)なく(?:て)?|[。、,/・&+→>!\s]|(?<=[ぁ-んァ-ヶ一-龠])(?:と(?:か)?|や|それ(?:と|から|か)|あと(?:は)?|次に?|または|もしくは)(?=[ぁ-んァ-ヶ一-龠a-z])"
)
# 「人じゃなくてデータ」
_NOT_THIS = re.compile(r"[^。、,]*?(?:じゃ|では)な(?:く(?:て)?|い(?:ほう|方)?が?)、?(?=.{2})")
_LESS = re.compile(r"^.*?より(?:は|も)?(?=.)")
_UNWANTED = re.compile(
    rf"{_UNLIKE.pattern}|気にし(?:な|ませ)|気にな(?:らな|りませ)|(?:安く|低く|少なく|なく|後)て?も?(?:いい|良い|かまわ|構わ|大丈夫)|二の次|どうでも|こだわ(?:らな|りませ)|いらな|不要|以外"
)


def _named(core: str) -> Iterator[str]:
    """The pieces of an answer in which something may be named, what is the lesser left out (人よりデータ)."""
    for piece in re.split(r"(?<=[。、,])", _NOT_THIS.sub("", core)):
        yield from (part for part in _AND.split(_LESS.sub("", piece)) if part and part.strip())


def _hits(question: Question, text: str) -> list[str]:
    return [choice.v for choice in question.choices if choice.words.search(text)]


def _picked(question: Question, part: str) -> list[str]:
    """The choices that a piece names, in order: by the word lists, else by what was learned."""
    by_words = [choice.v for choice in _picked_by_words(question, part)]
    found = _scored(question, part, by_words)
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


# --- what is learned from examples ------------------------------------------

# The best label must reach this, and a pick from a piece of an answer more; both by cross-validation.
_ENOUGH: Final = 0.2
_ENOUGH_FOR_PICK: Final = 0.4
# What asks in so many words (教えて, 何を) is an answer only if it clearly says one: 「先輩に教えてもらう」.
_ENOUGH_OF_A_QUESTION: Final = 0.5
# Of two choices named in one breath the lesser counts if it scores so much of the other's: of tasks hardly ever
# (備品の発注 is one task), of conditions mostly (安定した収入 is two).
_BESIDE: Final = 0.4
_BESIDE_A_TASK: Final = 0.9
_ONE_TASK: Final = frozenset({"q7", "q8"})
# So much more a choice must score than the named ones to be meant in their place.
_RATHER_THAN_A_NAME: Final = 0.3
# What names a choice is no other topic unless it looks very much like one.
_ENOUGH_AGAINST_A_NAME: Final = 0.6


# On a scale the rules see more: how strongly it is said, under what condition. Chosen by cross-validation.
_HINTS_OF_SCALE: Final = 1.0


def learns(question: Question) -> bool:
    """Whether typed answers to an item are learned from examples."""
    return question.kind != "text"


def learn(question: Question) -> LinearModel:
    """The model of what typed answers to an item mean."""
    looks: list[Example] = []
    labels: list[frozenset[str]] = []
    for answer in examples.answers(question):
        plain = fold(answer.text)
        looks.append(learning.look(plain, _hints(question, plain)))
        labels.append(answer.labels)
    hints = _HINTS_OF_SCALE if question.kind == "scale5" else learning.HINTS
    return learning.fit(looks, labels, examples.labels_of(question), hints=hints)


@lru_cache(maxsize=16)
def _model(question: Question) -> LinearModel:
    return learning.recall(question.id, lambda: learn(question))


def _meant(
    question: Question, text: str, hints: list[str] | tuple[str, ...], enough: float = _ENOUGH, last: str = ""
) -> str | None:
    """The label that a text most likely means; None if none is likely enough."""
    found = _scored(question, text, hints, last)
    best = max(found, key=lambda label: found[label])
    return best if found[best] >= enough else None


def _scored(question: Question, text: str, hints: list[str] | tuple[str, ...], last: str = "") -> dict[str, float]:
    """How much a text speaks for each label.

    Args:
        last: what stands after a turn (嫌いなので, …けど), where there is one: it decides as much as the whole.
    """
    model = _model(question)
    scores = learning.scores(model, learning.look(text, hints))
    if last:
        scores = (scores + learning.scores(model, learning.look(last, _hints(question, last)))) / 2
    return dict(zip(model.labels, scores.tolist(), strict=True))


def _hints(question: Question, plain: str) -> list[str]:
    core = _FILLER.sub("", plain) or plain
    if question.kind == "steps4":
        side = None
        for part in reversed([part for part in _TURN.split(core) if part.strip()]):
            side, _ = _side_of(question, part)
            if side:
                break
        return _hints_of_steps(question, plain, side)
    if question.kind == "scale5":
        return _hints_of_scale(question, core, plain)
    return _hits(question, core)


def _hints_of_steps(question: Question, plain: str, side: str | None) -> list[str]:
    """What the rules make of the words: the side they read, which ends are named, whether it is doubted or asked."""
    found = {
        "left": question.left.words.search(plain),
        "right": question.right.words.search(plain),
        "unlike": _UNLIKE.search(plain),
        "unsure": _UNKNOWN.search(plain),
        "asks": is_question(plain),
    }
    return [name for name, hit in found.items() if hit] + ([f"side {side}"] if side else [])


def _hints_of_scale(question: Question, core: str, plain: str) -> list[str]:
    found = {
        "agree": question.agree.search(core),
        "disagree": question.disagree.search(core),
        "yes": _YES.match(core),
        "no": _NO.match(core),
        "unlike": _UNLIKE.search(core),
        "unsure": _SCALE_UNKNOWN.search(core),
        "asks": is_question(plain),
        "some": _SOME.search(plain) or _HEDGE.search(plain),
        "little": _LITTLE.search(plain),
        "much": _MUCH_NOT.search(core) or _FIRM.search(core),
        "middle": _MIDDLE.search(core),
        "fits": _FIT.search(core),
        "unfit": _UNFIT.search(core),
        "almost": _ALMOST.search(core),
        "given": _GIVEN.search(core),
        "turns": _TURN.search(core),
    }
    return [name for name, hit in found.items() if hit]


def quoted(text: str) -> str | None:
    """What stands between 「」 in a message, e.g. the answer to be removed."""
    match = re.search(r"[「『\"]([^」』\"]+)[」』\"]", text)
    return match.group(1) if match else None


def item_number(text: str) -> int | None:
    """The item a message names: 「3番を変えたい」「質問５」; None if none of 1–12."""
    plain = fold(text)
    match = re.search(
        r"(?:q|質問|第)?\s*(1[0-2]|[1-9]|[一二三四五六七八九十])\s*(?:番|問|つ)(?:目)?", plain
    ) or re.search(r"(?:q|質問|番号)\s*(1[0-2]|[1-9])(?!\d)", plain)
    if not match:
        return None
    found = match.group(1)
    return _KANJI.get(found) or int(found)
