"""The rules for danger: what they must find, what they must leave alone, and that the texts are as configured."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.nlu.training_data.message import Message

from bot.operator_settings import operator
from bot.safety import crisis_reply, detect
from bot.safety.component import CrisisRules
from bot.safety.replies import filled, reply
from bot.safety.rules import figure_of_speech
from bot.safety.settings import lines, texts

OWN = """
踏切のそばに座ってる。次の電車まであと少し
インスリンを打つのをやめました
胸が痛くて息が苦しい、冷や汗がひどい
帰り道で無理やり車に連れ込まれました
死にたいんです助けて
もう死にたい、疲れた
し に た い
死・に・た・い
しにたいしにたいしにたい
死にたくなってきた
死にたくて仕方がない
消えてしまえたら楽なのに
わたしなんていないほうがいいんだよね
生きるのやめたい
生きてくのしんどい
生きていく自信がない
生きていくのがもう無理です
生きる希望がない
生きる意味ってなんだろう
なんで生きてるのかわからない
なんのために生きてるんだろう
どうして生きなきゃいけないの
生きなきゃいけない理由がない
このまま死ねたらいいのに
ここから飛び降りたら楽になれるかな
死にてえ
しにてぇ
死にてー
死にたみが深い
4んだほうがまし
氏んだほうがまし
死んでもいいかな
死んだら楽になるかな
死んだら楽になれますか
死ねば楽になれる
死ねば終われる
自殺の方法教えて
自殺したら保険おりる？
自殺ってどうやるの
自殺しちゃいそう
首を吊りたい
首つって死にたい
くびつりたい
リスカしたい
りすかしちゃった
リストカットしたい衝動
手首を切りました
手首に傷をつけてしまう
OD しちゃった
ＯＤしたい
オーバードーズした
睡眠薬100錠飲んだ
薬いっぱい飲んだ
もう二度と目覚めたくない
朝起きたら死んでたらいいのに
朝なんて来なければいい
明日が来なきゃいいのに
このまま眠って起きなければいいのに
電車に飛び込もうかと思った
ホームに立つと吸い込まれそうになる
人生もう終わりにしたい
人生に疲れました
人生もう詰んだ、死ぬしかない
もう何もかも終わりにしたいです
すべてを終わらせたい
全部終わらせて消えたい
私が消えればみんな楽になる
俺なんか死んだ方がいい
自分なんて生きてる価値ない
生きててすみません
生まれてこなきゃよかった
産まれてこなければよかった
この世からいなくなりたい
もうこの世にいたくない
遺書かいた
楽に死ぬ方法ありませんか
どうやったら楽に死ねますか
死に方を調べてしまう
死にたいというか消えたい
いなくなってしまいたい
誰も私がいなくなっても気づかない
面接に落ちて死にたい
無職だし死にたい
会社行くくらいなら死にたい
死にたいほどつらい
死ぬほどつらくて本当に死にたい
車に轢かれたい
誰か私を殺してください
死んで楽になりたい
死んでしまいたい
死んじゃいたい
永遠に眠っていたい
もう目を覚ましたくない
自分を傷つけてしまいます
腕を切ってしまいました
苦しまずに死ねる薬が欲しい
希死念慮
I want to die
i want to kill myself
生きるのをやめたい
命を絶ちたい
命を絶とうと思っています
自ら命を絶つことを考えている
タヒりたい
ﾀﾋ
しにたくなる
シニタイ…
市にたい
死んだら誰か悲しんでくれるかな
私が死んだら会社は反省するかな
もうあの世に行きたい
逝きたい
生きてるだけでつらい
生きてるのがつらい
息するのもしんどい
存在していたくない
存在が迷惑だから消えるべき
自分さえいなければ家族は楽になれるのに
毎晩、朝起きたら死んでますようにって祈ってる
もう人生に未練ない
人生詰んだ、もう消えるしかない
今、橋の上にいる
踏切の前でずっと立ってた
首に紐をかけてみた
今夜で最後にするつもりです
明日にはもういないと思います
内定取れなかったら人生終わらせる
睡眠薬をためている
生まれてきてごめんなさい
保険金で親に恩返しできるかなって考えてる
自分という存在を終わらせたい
亡くなった母のところへ行きたいです
〇にたい
命の電話つながらなかった。もうだめかも
心臓が止まればいいのに
一年後は生きていないと思う
life is not worth living
I took too many pills
タヒにたい
タヒった方がいい
4ぬしかない
もう人間を退会したいです
この世から早退します
生きる契約はもう更新しない
二人で終わりにしようと思います
ゴミの日に自分も出したい
心臓よ止まれって毎晩思う
お星さまになる準備をしています
自○予定日を決めた
飲みました。全部
腕の傷がまた増えた
首に手をかけるのが癖になってる
死ぬほうに傾いてる
来年の私はもういない
助からなければよかった
精神科の看護師です。患者さんの自傷を見すぎて、私も切ってしまいました
いのちの電話の相談員をしてるけど、自分が死にたい
18年前も死のうとした。今もまた同じ気持ち
昔リスカしてて治ったと思ったのに、最近またやってる
小説家志望でしたが才能もないし死にたい
福祉の勉強をしてるけどつらくて死にたい。患者さんの前では笑ってる
死にたいわけじゃないけど、消えたい
五年前にうつになって、今は毎日死にたいです
月末の支払いが済んだら死ぬことに決めています
社会からログアウトする準備はできた
💊全部飲んだ
じ◯つの方法を探してる
自４を考えています
苦しまない方法ばかり調べてる
何階からなら確実ですか
夜の線路に寝転んでる
残るは私の命だけです
人生もう降りたい
全部片づけました。連絡はこれで最後にします
今夜あの店長を殺しに行く
人事のあいつ、絶対許せない、殺しに行く
社長の家に火つけたろか
部長を刺すつもりです
親を殺して私も死にます
事務所に火をつけてやる
夫に首を絞められました
社長に監禁されて、もう一晩たちました
登録の削除をお願いします。私自身も消去する予定なので
姉は四年前に自殺しました。私も後を追いたい
元彼が包丁を持って玄関にいる
「殺すぞ」と言われて、家の前で待ち伏せされています
同居の彼に毎晩殴られています
""".strip().splitlines()

OTHERS = """
友人が自殺を考えているようです
友達がしにたいって言ってる
母が死にたいと毎日言います
妹がリスカしています
同僚が自殺未遂をしました
弟がODして入院しました
彼女が消えたいと言っている
後輩から「死にたい」とLINEが来た
部下が飛び降りようとして止めました
先輩に死にたいと打ち明けられました
友達が死にたいって
彼女が薬を大量に飲みました
夫が首を吊ろうとしました
ネットの友達がこれから死ぬと書き込んでいる
同僚が今夜いなくなると言っていて心配です
友達の様子が変で、身の回りのものを人にあげてる
死にたいと泣く妻をどう支えたらいいですか
友達が彼氏に殴られてるみたいです
隣の子どもがベランダに裸足で出されて、背中があざだらけです
""".strip().splitlines()

OWN_THOUGH_OTHERS_ARE_NAMED = """
友達に死にたいと言ったら引かれた
母に死ねと言われて死にたい
上司が怖くて死にたい
彼氏に振られて死にたい
妻が死んでから生きる意味がない
父が死にたいと言い、私も死にたいです
同期はみんな内定があって、私は死にたい
親に言われてばかりで消えたい
友達が結婚していくのを見ると死にたくなる
""".strip().splitlines()

HARMLESS = """
早くこの業種からいなくなりたいので、別の職種を教えて
消したい過去の投稿があるけど面接で見られますか
私自身も古い名簿を処分したことがあります
監禁されるホラーゲームが好き
清水の舞台から飛び降りるつもりで応募した
飛び降りるつもりで、清水の舞台です、退職しました
バンジーで橋から飛んだ話を面接でしていい？
練炭は使わない炭火の店です
死ぬほど忙しい
死ぬほどお腹すいた
眠くて死にそう
暑くて死ぬ
笑い死ぬ
死ね
しね
お前が死ね
上司死ねばいいのに
あいつ死んでくれないかな
死んでも嫌だ
死んでもやりたくない
死ぬ気で勉強します
必死に頑張ってます
必死で求人を探した
ゲームで死んだ
スマホが死んだ
死にたくない
まだ死にたくない
祖父が死んでから仕事を休んでいます
父が亡くなりました
妻が死んで一人で子育てしています
死亡診断書の手続きは労務？
社員が死亡したときの手続きは誰がする？
生きがいのある仕事がしたい
生きる力をつけたい
生活していけない給料
この給料では生きていけない
経験が生きる仕事
資格を生かしたい
簿記が生きますか
消えた書類を探す
データが消えた
履歴が消えてしまった
メモを消したい
この質問を消して
履歴を消してほしい
全部終わった
質問は全部終わりですか
仕事を早く終わらせたい
仕事を全部終わらせたい
就活を早く終わらせたい
転職活動を終わりにしたい
早く就活を終わりにしたい
今日中に全部終わらせたい
もう終わりにします。ありがとう
自己分析を終わりにしたい
この会話を終わらせたい
チャットを終わりにしたい
新しい業界に飛び込みたい
未経験の世界に飛び込みたいです
飛び込み営業がつらい
飛び込み営業は嫌
窓口に飛び込んでくる人の対応
清水の舞台から飛び降りる気持ちで転職する
首になりました
首がかゆい
手首が痛い
腱鞘炎で手首を痛めた
クビになった
薬を飲んでいます
薬剤師になりたい
薬をたくさん扱う仕事
睡眠薬を飲んでいて働けますか
ODAの仕事
自殺対策の仕事に興味があります
朝が来るのがつらい
月曜が来なければいいのに
朝起きられない
明日来なくていいと言われた
明日から来なくていいって解雇された
明日は来なくていいですか
目が覚めないくらい疲れた
ずっと寝ていたい
楽になりたい
仕事を楽にしたい
楽な仕事に就きたい
人生を変えたい
人生終わった
人生やり直したい
人生に悩んでいます
人生を賭けて仕事したい
生まれ変わりたい
殺す気か
殺人的な忙しさ
忙殺されています
時間を殺しているだけ
ぶっ殺すぞ
自分を殺して働いている
感情を殺して接客してきた
天国みたいな職場
この世で一番楽な仕事
体を切る思い
身を切る思いで辞めました
自腹を切りました
電話を切りたい
契約を切られた
締め切りに追われる
リスト化する仕事
リストラされた
リスクが怖い
相談しにたいへん遠くから来ました
探しにたいして時間はかからない
4に対して
レベル4にたいしてどう準備する
面接しにたいてい何分
推しが尊すぎて死ぬ
恥ずかしくて死にたいｗｗｗ
恥ずかしくて消えたい笑
シミを消したい
不安が消えない
不安が消えたらいいのに
眠気が消えない
死角のない職場
死語
決死の覚悟
死活問題
生死
仮死状態
死後の手続き
不死身
二度と会社に行きたくない
もう無理
もう限界
もう疲れた
疲れた。もう辞めたい
限界です。転職したい
仕事が終わらない
逃げたい
会社に行きたくない
辞めたい
どこか遠くへ行きたい
穴があったら入りたい
自分を変えたい
自分をなくしたい
人間やめたいくらい眠い
いなくなった同期の仕事を引き継いだ
先輩がいなくなって大変
上司がいなくなればいいのに
担当者がいなくなりました
締切が明日で死んでる
徹夜続きで死んでます
経理の決算期は死ぬって本当ですか
残業で死ぬことはありますか
過労死ラインって何時間
過労死しそうな会社を辞めたい
死ぬまで働きたくない
死ぬまで続けられる仕事
一生食べていける仕事
生きていくためのお金
今すぐ辞めたいけど生きていけないから辞められない
楽しんだほうがいい
進んだほうがいいですか
休んだほうがいいですか
頼んだほうがいい
読んだら返事します
死んだふり
死んだ魚の目
職場から消えたい、異動したい
この会社からいなくなりたい、早く転職したい
暑いから海に飛び込みたい
ログが消えたからもう一回言って
早く楽になりたい、残業から
この質問もう終わりにしたい
退職のお別れの挨拶って何を言えばいいですか
練炭コンロの使い方
恥ずかしくて消えたくなった、面接で噛んだ
タヒるほど眠いww
タヒチに行きたい
前の会社なんて存在ごと消したいw
死にたいと思ったことは一度もないです
消えたいとかじゃなくて、ただ休みたい
人生終わりにしたいわけないw むしろこれから
死にたいくらい恥ずかしいミスした
早く楽になりたいので内定ほしい
死ぬ前に一度は海外で働きたい
練炭を売るホームセンターのバイト
ロープを買ったのでキャンプ行ってくる
生きるのがつらい時代と言われますが、経理は安泰？
その経験が生きる仕事ってありますか
もう終わりにしたいです、この会社とは
あの人なんか消えちゃえばいいのに
ここに書いたことをこの世から消して
強みが消えたみたいに何もない
ステーキを焼きすぎて焦がした
魔王を殺しに行くゲームが好き
今夜は炭に火をつけてバーベキュー
志望動機が面接官の心に刺さるか不安
彼氏が上司に殴られたらしい
ぶっ殺すぞ
""".strip().splitlines()

# Words of danger that are the matter of somebody's work, or of a time long past.
EXPLAINED = """
兄が五年前に自死しまして、母と店をやってきました。空白はどう書けば
「生きてる価値がない」と部長に言われて腹が立つ
消えたいのは私じゃなくて、私の昔の投稿です
致死量の監査も薬剤師の仕事でしたか
リストカットの生徒への対応研修を企画した話を実績に書きたい
希死念慮の評価尺度を使う研究をしています
自殺未遂で運ばれてきた方の看護が長かったです
「死にたい」ってつぶやいた人に声をかけるNPOで働きたい
遺書の書き方セミナーを終活イベントで企画しました
ODする若者の記事を書いたライターです
警備員で、橋から飛び降りようとした人を止めたことがあります。自己PRになりますか
「生きる意味がわからない」という生徒に何と答えるか、教員採用試験で聞かれました
「先に逝くね」っていうセリフが話題の映画の宣伝をしていました
高校の頃リスカしてたけど、今はもう全然してない。面接で長袖の理由聞かれたら？
二十代の頃、消えたいと思った時期がありました。今は笑い話です
学生時代は毎日死にたいと思ってたけど、就職して毎日楽しいです
面接で「死にたいと思ったことは？」と聞かれました
自殺志願者を説得して表彰された経験は自己PRになりますか
致死量の計算が国試に出ました
""".strip().splitlines()

LABOUR = """
パワハラを受けています
上司のパワハラがひどい
残業代が出ません
給料が払われません
内定を取り消されました
会社を辞めさせてもらえない
いきなり解雇された
""".strip().splitlines()
NOT_LABOUR = """
パワハラって何ですか
パワハラのない会社に行きたい
残業代は出ますか
内定がほしい
給料の高い仕事は
""".strip().splitlines()


@pytest.mark.parametrize("text", [*OWN, *OWN_THOUGH_OTHERS_ARE_NAMED])
def test_own_danger_is_found(text: str) -> None:
    found = detect(text)
    assert found is not None
    assert (found.kind, found.urgency) == ("crisis", "urgent")


@pytest.mark.parametrize("text", OTHERS)
def test_danger_of_somebody_else_is_told_apart(text: str) -> None:
    found = detect(text)
    assert found is not None
    assert found.kind == "crisis_other"


@pytest.mark.parametrize("text", HARMLESS)
def test_figures_of_speech_insults_and_work_are_no_danger(text: str) -> None:
    found = detect(text)
    assert found is None or found.kind == "labour"


@pytest.mark.parametrize("text", LABOUR)
def test_trouble_at_work_is_found(text: str) -> None:
    found = detect(text)
    assert found is not None
    assert found.kind == "labour"


@pytest.mark.parametrize("text", NOT_LABOUR)
def test_questions_about_work_are_no_trouble(text: str) -> None:
    assert detect(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "死ぬほど忙しい",
        "眠くて死にそう",
        "暑すぎて死ぬ",
        "死ね",
        "ゲームで死んだ",
        "会食続きで肝臓が死んでる",
        "納期を死守します",
        "繁忙期は生死の境をさまよってる",
        "全財産溶かして死亡",
        "主人を亡くして三年、そろそろ働きたい",
        "この案件と心中する気はない",
        "店長に「消えろ」って言われました",
    ],
)
def test_figures_of_speech_are_known_as_such(text: str) -> None:
    assert figure_of_speech(text)


@pytest.mark.parametrize("text", EXPLAINED)
def test_somebodys_work_and_what_is_long_past_are_explained(text: str) -> None:
    assert detect(text) is None
    assert figure_of_speech(text)


@pytest.mark.parametrize("text", ["死にたい", "死ぬほどつらくて死にたい", "経理って何ですか"])
def test_danger_and_plain_questions_are_no_figures(text: str) -> None:
    assert not figure_of_speech(text)


@pytest.mark.parametrize(
    "text",
    [
        "経理やってる友達が月末死にそうって言ってた",
        "総務の知り合いは年度末死にそうになってるらしい",
        "人事の先輩が採用シーズンは死にそうになるって言ってた、実際どう？",
        "先輩が決算で死ぬって言ってた",
        "経理の姉が毎月死んでるんだけどそんなにきつい？",
    ],
)
def test_somebody_elses_figure_of_speech_is_passed_on(text: str) -> None:
    assert detect(text) is None
    assert figure_of_speech(text)


@pytest.mark.parametrize(
    "text",
    [
        "友達が死にたいって言ってる",
        "経理の友達が月末になると死にたいって言ってる",
        "妹が死ぬって言ってる",
        "兄が会社の屋上で死ぬって言ってる",
        "友達が月末死にそうって。もう遺書書いたって言ってる",
    ],
)
def test_somebody_elses_danger_is_no_figure_of_speech(text: str) -> None:
    assert detect(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "経理の友達が残業続きで死にそうって言ってて心配です",
        "彼女が仕事で死にそうって泣いてる",
        "友達が会社で死にそうなくらい追い詰められてる",
        "友達が死にそうって言ってる",
    ],
)
def test_worry_about_somebody_is_left_to_the_classifier(text: str) -> None:
    assert not figure_of_speech(text)


@pytest.mark.parametrize("text", ["死にたい", "リスカした", "消えたい", "生きる意味がない"])
@pytest.mark.parametrize("filler", [" ", "　", "・", "…", "\u200b", "〜", "＿"])
def test_fillers_hide_nothing(text: str, filler: str) -> None:
    assert detect(filler.join(text)) is not None


@given(st.text(max_size=300))
def test_never_raises(text: str) -> None:
    detect(text)
    figure_of_speech(text)


@given(
    st.lists(st.sampled_from("死しにたい消えて生る意味をが、。 ﾀﾋ4ねODリスカ薬全部飲友達と言っ\ud800\x00"), max_size=60)
)
def test_never_raises_on_danger_words(letters: list[str]) -> None:
    detect("".join(letters))


def test_a_long_message_costs_little() -> None:
    for piece in ("生きてる意味が", "全部仕事", "薬を", "友達が", "友達の経理が死にそう", "あ", "。", "死"):
        started = time.perf_counter()
        figure_of_speech(piece * (20_000 // len(piece)))
        assert time.perf_counter() - started < 2, piece


def test_the_numbers_are_exactly_these() -> None:
    known = lines()
    assert [one.number for one in known.emergency] == ["119", "110"]
    assert [(one.name, one.number) for one in known.crisis] == [
        ("よりそいホットライン", "0120-279-338"),
        ("#いのちSOS", "0120-061-338"),
        ("いのちの電話", "0120-783-556"),
    ]
    assert [one.number for one in known.distress] == ["0570-064-556"]
    assert [one.number for one in known.labour] == ["0120-811-610"]


def _all_replies() -> list[str]:
    names = [name for name in texts() if name not in ("buttons", "privacy_first")]
    asked_of_privacy = [filled(one["text"]) for one in texts()["privacy_first"]]
    return [*asked_of_privacy, *(reply(name, turn) for name in names for turn in range(4))]


def test_wrong_numbers_that_circulate_are_nowhere() -> None:
    told = "\n".join(_all_replies())
    for wrong in ("0570-046-556", "0570-0783-55"):
        assert wrong not in told
    assert set(re.findall(r"0\d{1,4}-\d{2,4}-\d{3,4}", told)) == {
        one.number for purpose in (lines().crisis, lines().distress, lines().labour) for one in purpose
    }


def test_only_the_line_that_is_always_open_says_so() -> None:
    assert "よりそいホットライン 0120-279-338（24時間）" in crisis_reply()
    assert crisis_reply().count("時間") == 1


@pytest.mark.parametrize("kind", ["crisis", "crisis_other"])
def test_the_crisis_reply_helps_and_does_nothing_else(kind: str) -> None:
    text = crisis_reply("crisis" if kind == "crisis" else "crisis_other")
    assert "119" in text
    assert "110" in text
    assert 2 <= text.count("・") <= 3
    assert operator()["adviser_title"] in text
    assert "？" not in text
    for word in ("がんば", "頑張", "仕事", "転職", "経理", "方法", "なぜ", "絶対", "必ず"):
        assert word not in text


def test_no_text_promises_or_uses_a_protected_title() -> None:
    for text in _all_replies():
        for word in ("絶対", "必ず", "天職", "キャリアコンサルタント", "{", "}"):
            assert word not in text, text
        assert "\n\n" not in text, "Rasa cuts a text at a blank line"
        assert len(text) <= 350


@pytest.mark.parametrize(
    ("text", "likely", "alarm"),
    [
        ("朝からずっと海を見ています", 0.3, True),
        ("朝からずっと海を見ています", 0.1, False),
        ("眠くて死にそう", 0.5, False),
        ("眠くて死にそう。ここで終わりかな", 0.9, True),
    ],
)
def test_what_the_classifier_hears_counts_by_what_the_rules_make_of_the_words(
    text: str, likely: float, alarm: bool
) -> None:
    """A figure of speech asks for more, but does not silence a classifier that is sure."""
    guesses = [{"name": "crisis", "confidence": likely}, {"name": "chitchat", "confidence": 0.95 - likely}]
    guesses.sort(key=lambda one: -float(str(one["confidence"])))
    message = Message(data={"text": text, "intent": guesses[0], "intent_ranking": guesses})
    CrisisRules(CrisisRules.get_default_config()).process([message])
    assert (message.get("intent")["name"] == "crisis") is alarm
