"""Reads typed answers to the choice items (「どちらかというとB」, 「３」) and typed controls (「スキップ」)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, Literal

from actions.self_analysis.data import Choice, Question, fold

Control = Literal[
    "skip",
    "back",
    "pause",
    "over",
    "cancel",
    "reason",
    "explain",
    "example",
    "progress",
    "change",
    "result",
    "repeat",
    "keep",
]

# A control is said alone: a whole message of these words with nothing of weight around them.
_TAIL = r"(?:の?で)?(?:いい|良い|よい|大丈夫|ok)?(?:です|でお願いします|お願いします|お願い|ください|下さい|ね|よ|かな|たい|たいです|たいんですけど|たいのですが|たいんだけど|しよう|します|する|して|してください|してもいい|していい|しても(?:いい|大丈夫)ですか|してほしい|せて|もいい|もいいですか|も大丈夫ですか|か|の|な|けど|が|。|!|\?|、|\s)*"
_HEAD = r"(?:えっと|えーと|あの|すみません|すいません|ごめんなさい|ごめん|ちょっと|一旦|いったん|やっぱり?|この(?:質問|問題)?[はを]?|今日は|今は|とりあえず|じゃあ?|では|もう|一度|もう一度|それ|、|。|\s)*"
_CONTROL_WORDS: Final[tuple[tuple[Control, str], ...]] = (
    (
        "skip",
        r"スキップ|すきっぷ|skip|パス|飛ば(?:す|して|し)|とば(?:す|して|し)|次(?:の質問)?(?:へ|に|いこう|行こう|に進(?:む|んで|みたい)|に行って|お願い)?|答えたく(?:ない|ありません)|言いたく(?:ない|ありません)|ノーコメント|省略",
    ),
    (
        "back",
        r"(?:1つ|一つ|ひとつ|1個)?(?:前|まえ)?(?:の質問|の問題)?(?:に|へ)?(?:戻(?:る|って|り|して|りたい)|もど(?:る|って|り))|(?:1つ|一つ|ひとつ)?(?:前|まえ)(?:の質問|の問題)?(?:に|へ)?|戻(?:る|って|り|して)|もど(?:る|って)|back|さっきの(?:質問)?に(?:戻(?:る|って|り|して)|もど(?:る|って))",
    ),
    (
        "pause",
        r"中断|休憩|ひと休み|後で|あとで|また(?:今度|後で|あとで|明日)|続きは(?:また|後で|あとで|今度|明日).*|今日はここまで|ここまで(?:に|で)?|一時停止|ストップ|ポーズ|時間(?:が)?な(?:い|くなった)(?:ので|から)(?:また|後で|あとで|中断)?.*|保存(?:し)?",
    ),
    (
        "over",
        r"(?:最初|はじめ|初め|始め|1|一)から(?:やり直|やりなお)?(?:す|し|したい|して|もう一度)?|やり直(?:す|し|したい|して)|リセット|全部消して|もう一回最初から.*",
    ),
    (
        "cancel",
        r"やめ(?:る|ます|たい|て|とく|ておく|ときます)?|やっぱり?やめ.*|終了|終わ(?:る|り|りたい|らせて)|キャンセル|中止",
    ),
    (
        "reason",
        r"(?:(?:なんで|何で)(?!も)|なぜ|どうして|なにゆえ)(?:そんな|こんな|それ|これ|この)?(?:こと|質問)?(?:を|が)?(?:聞く|聞いて|聞かれ|きく|必要|答え|知りたい|るんです).*|(?:何|なん)の(?:ため|意味|目的).*|(?:聞く|質問の)(?:理由|意図|目的)(?:は|を)?(?:何|なに|教えて)?.*|理由(?:は|を教えて)?|(?:なんで|何で)(?!も)|なぜ|どうして",
    ),
    (
        "explain",
        r".*(?:意味|質問|意図|言ってること)(?:が|は|の意味が)?(?:よく|いまいち|ちょっと|あまり)?(?:わから|分から|判ら|わかりにく|分かりにく|理解でき|不明).*|(?:どういう|どうゆう)(?:意味|こと|質問).*|(?:もっと|もう少し)?(?:簡単|かんたん|わかりやすく|分かりやすく|噛み砕いて|やさしく)(?:に)?(?:言って|説明|して|言い換え|お願い)?.*|(?:質問|これ)(?:を|の)?(?:説明|意味).*|説明して|何を聞(?:いて|かれて).*|[ab]って(?:どういう|何|なに).*",
    ),
    (
        "example",
        r"(?:例|たとえ|具体例|サンプル|見本)(?:を|が|は|も)?(?:出(?:す|して|し)|教えて|見(?:る|せて|たい)|ほしい|欲しい|挙げて|あげて|ある|ください)?.*|(?:例えば|たとえば)(?:どんな(?:感じ|こと|の)?|何|なに)?|例示.*|(?:どんな|どういう)(?:こと|感じ|の)(?:を|で|が)?(?:書け|答え|言え|例|あり)?.*",
    ),
    (
        "progress",
        r"(?:あと|残り|後)(?:は)?(?:何(?:問|個|分)|どの(?:くらい|ぐらい)|どれ(?:くらい|ぐらい)|いくつ).*|(?:今|いま)?(?:何問目|何番目|どこ(?:まで)?).*|進捗|いつ終わ.*|まだ(?:続|ある|あり).*",
    ),
    (
        "change",
        r".*(?:答え|回答|さっきの|前の|選択|[0-9一二三四五六七八九十]+(?:番|問)(?:目)?|q[0-9]+)(?:の?(?:答え|回答|質問|やつ|分))?(?:を|は|だけ|も)?(?:変え|かえ|変更|直し|直す|訂正|修正|間違え|取り消|取消|消し|選び直).*|.*(?:は|を)(?:消して|取り消して|削除して|なかったことに|外して).*|(?:間違えた|間違えました|ミスった|押し間違え.*|訂正|変更|答えを変える)",
    ),
    ("result", r"(?:もう)?結果(?:を|が|だけ|は)?(?:見|み|知り|出し|教え|ほし).*|ここまでの結果.*"),
    (
        "repeat",
        r"(?:もう一[度回]|再度)(?:言って|質問|お願い|見せて|聞いて|教えて)?.*|質問は何(?:でしたっけ|だっけ|ですか)?|何(?:の質問)?(?:だっけ|でしたっけ)|質問(?:を)?忘れ.*",
    ),
    ("keep", r"(?:そのまま|このまま|前の(?:答え)?のまま|変えない|変更なし)"),
)
_CONTROLS: Final = tuple((name, re.compile(rf"^{_HEAD}(?:{body}){_TAIL}$")) for name, body in _CONTROL_WORDS)

_QUESTION = re.compile(
    r"何(?:を|が|の|ですか|なの|て)|なに(?:を|が)|なん(?:で|の|ですか|なん)|どういう|どんな|どうやって|どうすれ|どうなん|どう(?:違|ちが)|"
    r"なぜ|どうして|いくら|いつ(?:から|まで|です|ごろ)|どこ(?:で|に|が|から|です)|(?:誰|だれ)(?!か|で|も)|って(?:何|なに|どう|いう)|とは|教えて|違いは|"
    r"(?:必要|できます|なれます|あります|できる|なれる|いります|難しい|忙しい|多い|大変|きつい)(?:の|です|ん(?:です)?)?か(?:な)?\??$|\?$|知りたい|聞きたい|ですか\??$|ますか\??$|ませんか\??$|でしょうか\??$"
)
_ANSWERISH_QUESTION = re.compile(
    r"(?:^|[^a-z])[ab](?:[^a-z]|$)|[1-9]|かな\??$|かも\??$|でいい|ですかね|(?:ほう|方)(?:が|で)|寄り"
)

_HEDGE = re.compile(
    r"どちらか(?:と|て)?(?:言|い)?|どっちか(?:と|て|っ)?|どちらかと|やや|ちょっと|少し|すこし|わりと|割と|割に|寄り|より$|よりです|よりかな|気持ち|若干|かな(?![いくけか])|かも|"
    r"気が(?:し|す)|気もし|多分|たぶん|おそらく|恐らく|強いて|しいて|まあ|まぁ|どうせなら|選ぶなら|っぽい|のような|傾向|多少|いくらか|比較的|んー|うーん|なんとなく|何となく|迷う|悩|微妙|近い|比べ(?:れば|ると|たら)|基本的に|多め|どっちかなら|どちらかなら|選べと言われ|あえて|敢えて|に?傾|ほうかも|6割|7割|六割|七割|ときどき|時々|できれば|できたら"
)
_FIRM = re.compile(
    r"絶対|ぜったい|完全|断然|だんぜん|もちろん|とても|すごく|すっごく|間違いなく|はっきり|圧倒的|強く|かなり|100|一択|断トツ|めっちゃ|めちゃ|非常に|大いに|一番|ばっちり|バッチリ|本当に|ほんとに|まさに|明らかに|これしか|そのもの|10割|9割|ど真ん中|心から|ガッツリ|がっつり|迷わず|ダントツ|そのもの"
)
_UNKNOWN = re.compile(
    r"どっち(?:だろ|かな|なんだろ)|どちら(?:だろ|かな|なんだろ)|選び(?:にく|がた|きれ|かね|よう)|絞れ|比べられ|(?:言い|答え)(?:にく|づら|られな|ようが)|わから|分から|判ら|わかん|分かん|どちらとも|どっちとも|どちらも|どっちも|どちらでも|どっちでも|どちらもい|両方|半々|五分五分|半分(?:ずつ|くらい)|迷(?:う|い|って)|選べ|"
    r"決め(?:られ|にく|かね|がた)|決まら|半分|5分|中立|ニュートラル|保留|未定|考え中|混ざ|思いつか|謎|なんとも|何とも|ケースバイケース|場合による|時による|ときによる|同じ(?:くらい|ぐらい|程度)|想像(?:が)?つか|イメージ(?:が)?(?:わか|湧か|つか|でき)|"
    r"判断(?:でき|つか)|考えたこと(?:が)?な|特に(?:な|あり)|ピンとこ|間(?:くらい|かな|です|$)|中間|真ん中|不明|さあ|悩(?:む|み|ま)|"
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
            r"エー(?!と)|^上(?:です|かな)?$|^(?:1つ目|一つ目|ひとつめ|ひとつ目)|前者|(?<!一番)左|(?:最初|はじめ|初め|上|先)の(?:ほう|方|やつ)"
        ),
    ),
    (
        "b",
        re.compile(
            r"ビー|びー|^下(?:です|かな)?$|^(?:ふたつめ|ふたつ目)|後者|(?<!一番)右|(?:あと|後|下|2つ目|二つ目)の(?:ほう|方|やつ)"
        ),
    ),
)
_KANJI = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_ENDING = (
    r"(?:番|番目|つ目|個目|つめ|ばん|番の?(?:やつ|ほう|方)?)?(?:ですかね|かね|っぽいです|っぽい|です|で|でお願いします|お願いします|かな|かも|だ|だと思います|だと思う|にします|にする|を選びます|がいい(?:です)?|"
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


def control(text: str) -> Control | None:
    """The typed control, if the message is one and nothing else."""
    plain = fold(text)
    if len(plain) > 60:
        return None
    return next((name for name, pattern in _CONTROLS if pattern.match(plain)), None)


def nothing_to_say(text: str) -> bool:
    """「特にない」「思いつかない」 as the answer to an item where people write freely."""
    return _SHORT_NONE.match(_FILLER.sub("", fold(text))) is not None


_SHORT_ANSWER: Final = 4
_BARE_MARK = re.compile(r"\?+$")


def asks(text: str) -> bool:
    """Whether the message asks in so many words; 「普通？」 does not."""
    plain = fold(text)
    bare = _BARE_MARK.sub("", plain)
    return is_question(bare) or (bare != plain and len(bare) > _SHORT_ANSWER and is_question(plain))


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
    if question.kind in ("rank", "pick"):
        return _read_pick(question, core)
    if asks(text):
        return None
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
    side, sure = None, False
    parts = [part for part in _TURN.split(core) if part.strip()]
    for part in reversed(parts):
        side, sure = _side_of(question, part)
        if side:
            break
    if side is None:
        both = len(set(_LETTER.findall(core))) == 2
        return Reading("unknown", True) if both or _UNKNOWN.search(core) or not _FILLER.sub("", plain) else None
    if _UNKNOWN.search(parts[-1]) and (re.search(r"どちらとも|どっちとも|どちらも|どっちも|両方|半々", parts[-1])):
        return Reading("unknown", True)
    hedged = _degree(f"{plain} {core}", "weak", "strong") == "weak"
    v = {("a", False): "1", ("a", True): "2", ("b", True): "3", ("b", False): "4"}[(side, hedged)]
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
            if not flip and _UNLIKE.search(chosen):
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
    rf"^(?:レベル|星|★|点数は|5段階(?:で|なら|中)?|評価は?)*\s*([1-5])\s*(?:点|/5|つ星|個|割)?\s*{_ENDING}$"
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


_NOT_HARD = re.compile(
    r"(?:無理|苦手|嫌い?|不可能|つらく|苦痛?|難しく|難しい(?:こと|わけ)|面倒|負担|抵抗|不安)(?:では|じゃ|とは|には?|は|が|も)*(?:な(?:い|く|らな)|ありませ|なりませ|思わな|感じな)"
)


def _read_scale(question: Question, core: str, plain: str) -> Reading | None:
    core = _NOT_HARD.sub("大丈夫", core)
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
    if _UNFIT.search(core):
        return Reading("2" if _LITTLE.search(plain) and not _MUCH_NOT.search(core) else "1", True)
    if _MIDDLE.search(core) and not (_FIT.search(core) and re.search(r"まあまあ|微妙に", core)):
        return Reading("3", True)
    if _FIT.search(core):
        return Reading("5" if _FIRM.search(core) or not (_SOME.search(plain) or _HEDGE.search(plain)) else "4", True)
    parts = [part for part in _TURN.split(core) if part.strip()] or [core]
    for part in reversed(parts):
        against = question.disagree.search(part)
        for_it = question.agree.search(part)
        if against and (not for_it or against.start() <= for_it.start() or against.end() >= for_it.end()):
            return Reading("2" if _LITTLE.search(plain) and not _MUCH_NOT.search(core) else "1", False)
        if for_it:
            return Reading(
                "5" if _FIRM.search(core) or not (_SOME.search(plain) or _HEDGE.search(plain)) else "4", False
            )
    if re.match(
        r"^(?:まあ|まぁ)?(?:少し|ちょっと|多少|短期間|短時間|週末|週[1-3]くらい|頑張れば|がんばれば)(?:だけ)?(?:なら|でき|いけ)|^頑張れば|^がんばれば",
        core,
    ):
        return Reading("4", True)
    if re.match(r"^まあまあ|^そこそこ|^ある程度|^それなり|^わりと|^割と|^けっこう|^結構", core):
        return Reading("4", True)
    if _NO.match(core):
        return Reading("2" if _LITTLE.search(plain) and not _MUCH_NOT.search(core) else "1", True)
    if _YES.match(core):
        return Reading("5" if _FIRM.search(core) or not (_SOME.search(plain) or _HEDGE.search(plain)) else "4", True)
    if plain != core and re.match(r"^(?:うん|はい)", plain) and len(core) <= 6 and not _SCALE_UNKNOWN.search(core):
        return Reading("5" if not _SOME.search(plain) else "4", True)
    if re.match(r"^(?:うん|はい)+[。!、 ]*$", plain):
        return Reading("5", True)
    if re.match(r"^(?:とても|すごく|かなり|めっちゃ|非常に)(?:です)?$", core):
        return Reading("5", True)
    if re.match(r"^(?:全然|全く|まったく)(?:です)?$", core):
        return Reading("1", True)
    if re.match(r"^(?:あまり|あんまり|そんなに|それほど)(?:です|かな|かも|…|・)*$", core):
        return Reading("2", True)
    if re.match(r"^(?:やや|少し|ちょっと|まあ|まぁ)(?:です|かな|かも|ね)*$", core):
        return Reading("4", True)
    return (
        Reading("unknown", True) if _SCALE_UNKNOWN.search(core) or re.search(r"迷|悩|どうだろ|どうかな", core) else None
    )


_ONLY_NUMBERS = re.compile(
    r"^(?:(?:10|[1-9])|[一二三四五六七八九十](?=番|つ|と|、|,|位)|番目|番|つ目|位|[と、,・。/.\s&+やは:>→]|次(?:に|が|は)?|まず|その次|それと|あと|です|でお願いします|お願いします|にします|かな|の順(?:番)?(?:で)?|順に|最後に?|一番|1番)+$"
)
_DIGITS = re.compile(r"10|[1-9]|[一二三四五六七八九十](?=番|つ|と|、|,|位)")
_FIRST_N = re.compile(r"(?:上から|最初の|上の|はじめの)\s*([2-3二三])(?:つ|個)")


def _read_pick(question: Question, core: str) -> Reading | None:
    if _NONE_PICK.match(core):
        return Reading([], True)
    first = _FIRST_N.search(core)
    if first:
        count = _KANJI.get(first.group(1)) or int(first.group(1))
        return Reading([choice.v for choice in question.choices[:count]], True)
    if _ONLY_NUMBERS.match(core):
        places: list[int] = []
        # 「1番は3、次に5」: a rank word in front of は is no choice
        for found in _DIGITS.findall(re.sub(r"(?:[1-3一二三])(?:番(?:目)?|位)(?:は|が|:)", "", core)):
            place = _KANJI.get(found) or int(found)
            if 1 <= place <= len(question.choices) and place not in places:
                places.append(place)
        if places:
            return Reading([question.choices[place - 1].v for place in places], True)
    picked = _picked_by_words(question, core)
    if not picked or (asks(core) and not re.search(r"(?:かな|かも|ですかね)\??$", core)):
        return None
    exact = any(fold(choice.label) in core for choice in question.choices)
    return Reading([choice.v for choice in picked], exact)


def _picked_by_words(question: Question, core: str) -> list[Choice]:
    """Choices named in the text, in order; those said with dislike or as the lesser are left out."""
    found: list[tuple[int, int, Choice]] = []
    offset = 0
    for part in re.split(
        r"(けれども?|けども?|ですが|ますが|のに|でも|より(?:は|も)?|(?:じゃ|では|で)なく(?:て)?|。)", core
    ):
        start, offset = offset, offset + len(part)
        after = core[offset : offset + 4]
        if _UNLIKE.search(part) or re.match(r"より|じゃなく|ではなく|でなく", after):
            continue
        spans = [
            (match.start() + start, match.end() + start, choice)
            for choice in question.choices
            for match in choice.words.finditer(part)
        ]
        found.extend(spans)
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


def json_value(reading: Reading) -> dict[str, Any]:
    """The reading as an answer."""
    return {"v": reading.v}
