"""'I am like this, what suits me?': a hint with reasons, never a verdict."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from actions.job_answers.choosing import RATHER_NOT
from actions.job_answers.hardships import told_hardship
from actions.job_answers.lines import once
from actions.job_answers.model import Line, Plan, Question
from actions.job_answers.names import without_names
from actions.job_answers.subjects import Subjects
from actions.knowledge.model import GROUPS, Clue
from actions.knowledge.search import spell
from actions.self_analysis import evidence
from actions.self_analysis.data import load as self_analysis
from bot.nlu.normalise import normalise

# What is said of a trait, folded: the first of these after its word decides. '数字が好きで人と話すのは苦手'
_LIKES: Final = re.compile(
    "(?P<well>(?:苦手|嫌い|きらい|嫌|無理|だめ)(?:とか)?(?:じ[ゃや]|では|でも|とは)(?:な[いくし]|ありません)"
    "|(?:怖|こわ)くな|苦にな?ら?な|苦じ[ゃや]な|緊張しな|平気)"
    "|(?P<no>^かな|(?:利か|読め)な|苦手|嫌い|きらい|嫌|あれるぎ|アレルギ|吐き|(?<!抵抗)(?:の|が)ない|少ない|不得意|得意じ[ゃや]な|得意ではな|好きじ[ゃや]な|好きではな|できない|できませ|出来ない|出来ませ|下手|したくな|やりたくな|"
    "向いてな|ダメ|だめ|無理|こりごり|うんざり|勘弁|ぱす|追われ|もういい|もう十分|疲れ|たくない|避けたい|興味な|興味はな|興味がな|全然|全く|飽き|つらい|弱い|ちよつと(?:$|ね|な|苦)"
    "|頭痛|頭が?痛|眠くなる|混乱|怖|こわい|こわく|苦痛|しんど|すとれす|ストレス|緊張|震え|不安|びびる|ビビる|トラウマ|とらうま|固まる|頭が真っ白)"
    "|(?P<yes>好き|得意|興味|関心|したい|たい|自信|向いて|できる|出来る|褒め|ほめ|楽し|嬉し|うれし|ます)"
)
# What a job asks for is no trait of one's own: '人を見る目ないとダメ？', '数学できなきゃ無理？'.
_REQUIRED: Final = re.compile(
    "^[^、。,.!?]{0,8}(?:な(?:い|かった)(?:と|ら)|なくちゃ|なきゃ|なければ|なくては)[^、。,.]{0,6}"
    "(?:だめ|ダメ|無理|いけ|ならな|きつ|厳し|難し|でき|やれ|入れ|なれ|務ま|やってけ)"
)
# A fault by itself, whatever is said of it: 'うっかりミスが多い'.
_FAULT: Final = re.compile(
    "(?:ミス|みす)(?:が|の|も|ばかり)?(?:多|おお|ばかり|ばっか)|うっかり|ケアレス|パニ[ック]|詰めが甘|大雑把|おおざっぱ|大ざっぱ|[ずズ][ぼボ][らラ]|そそっかし"
    "|おっちょこちょい|どんぶり勘定|忘れっぽ|雑(?:だ|な|って|と言)|耐えられ"
)
# How far behind its word a predicate may stand, in characters.
_REACH: Final = 16
# What seeks a job, with what leads over to it: '…な人に合う仕事は？', '…のを活かせる職種'; the rest tells of oneself.
_SEEKS: Final = re.compile(
    "(?:(?:な|の|する|した|てる|ている|い|った|だった|という|みたいな|系)"
    "(?:人間|人|ひと|私|わたし|俺|僕|自分|タイプ|性格|子|者|経験|の|やつ|こと)"
    "|これ|それ|そう(?:いう)?の?|ん(?:だ|です)(?:けど|が))?(?:って|は|に|が|を|でも|で|も|なら|だと|だけど|ですが|、)*"
    "(?:向[いく]|むい|合[うっい]|あう|適性|適職|[活生い]かせ|活き|おすすめ|お勧め|オススメ|何(?!度|回|時間|日|でも|年|も|人|か(?!に|な))"
    "|なに|なん(?:の|か)|どれ|どの(?!くらい)|どこ|どっち|どんな|(?:教え|おしえ)て(?:ください|くれ|ほし|[?!。]|$)|ある[?]|あります|ありませ"
    "|大丈夫|無理|いけ[るま]|選ん|強み|使える|いい仕事|職種|部署|事務(?:が|で|は|の仕事)|仕事(?:が|って|を探|は|に))[^。?!、]*[。?!、]?"
)
# '美容師だったけど事務に活かせることある？', 'トラック運転手してたんやけど向いてるのある？'
TO_USE: Final = re.compile("(?:活|生|い)か(?:せ|し|す)|活き|役に?立|使え(?:る|ます|ない)|武器に|強みに")
_FITS: Final = re.compile("向[いく]|むい[てと]|合[うっい]|あう|近い|どれ|どの|どんな|(?:何|なに)(?:が|に|を|なら)")
# That work was one's own: '飲食店で働いてました', '看護師です'; '受付をするのはどの事務？' tells of nobody.
_OWN: Final = re.compile(
    "経験|経歴|前職|出身|元|歴|年|しか|一筋|ずっと|ばか|バイト|パート|だけ|辞め|やめ|もう|疲れ|嫌|(?:だ|じゃ)った|でした|だけど|ですけど|ですが"
    "|(?:し|や|い|っ|働い|勤め)て(?:き|い?[たまる])|[師士員官手屋長](?:です|から|の|を|。|だ|、|$)|(?:ドライバー|マン|[ラニタ]ー|主婦)(?:です|から|の|を|。|だ|、|$)"
)
# 'ありがとう！ついでに…' is said to the bot.
_COURTESY: Final = re.compile("^(?:ありがと|あざす|あざっす|さんきゅ|サンキュ|感謝|たすか|助か)[^。、!?]{0,10}[。、!]+")
# Shorter things tell nothing, characters.
_TELLS: Final = 5


class Hints(Subjects):
    """Reads what people say of themselves."""

    def what_suits_me(self, question: Question) -> Plan:
        """A hint with reasons from what the person says of themselves; never a verdict."""
        texts = self.known.clue_texts
        lines: list[Line] = []
        named: list[str] = []
        told: set[str | None] = set()
        for clue, liked in self._clues(question.text) or self._heard_clues(question.text):
            if not liked and clue.avoid in told:
                continue
            told.add(clue.avoid)
            lines.append(self._hint(clue, liked, question))
            named += self._pointed(clue, question) if liked else []
        if not lines and not question.jobs and self.hits(question, self._is_task, self.known.settings["own_task"]):
            # '見積もりを代わりに作ってあげる仕事がいいな'
            return self.who_does(replace(question, intent="ask_who_does"))
        if not lines:
            plan = (Line("clue.choice", texts["choice"], bullet=False), Line("clue.none", texts["none"], bullet=False))
            suits = [
                replace(self._line(passage), level=1, header=f"【{name}に向く人】")
                for name in GROUPS
                for passage in self.known.subjects[name].section("suits").passages
                if passage.title
            ]
            hit = self.hits(question, lambda p: p.aspect == "suits" and p.subject in GROUPS)
            first = [self._line(passage, bullet=False) for passage in hit[:1]]
            return Plan(once([*first, *plan, *suits]), end="", offer="start_self_analysis", plain=texts["choice"])
        found = tuple(dict.fromkeys(named))
        return Plan(
            once(lines), lead=texts["lead"], end=texts["end"], jobs=found[:1], offer="start_self_analysis",
            plain=f"{'、'.join(found[:3])}が候補になりそうです。" if found else "",
        )  # fmt: skip

    def first_hint(self, question: Question) -> Line | None:
        """The first thing that a person says of themselves, and where it points; of several jobs, to one of these."""
        of_these = len(question.jobs) > 1
        for clue, liked in self._clues(question.text):
            if not of_these or (liked and not set(question.jobs).isdisjoint(clue.jobs)):
                return replace(self._hint(clue, liked, question), bullet=False)
        return None

    def _hint(self, clue: Clue, liked: bool, question: Question) -> Line:
        texts = self.known.clue_texts
        if liked:
            jobs = self._with_groups(self._pointed(clue, question))
            said = texts["experience" if clue.experience else "like"].format(
                label=clue.label, jobs=jobs, because=clue.because
            )
        else:
            said = texts["unwanted" if clue.experience else "dislike"].format(topic=clue.topic, avoid=clue.avoid)
        return Line(f"clue.{clue.label}", said)

    def _pointed(self, clue: Clue, question: Question) -> list[str]:
        """The jobs that a liking points to; '英語が得意です。どの事務がいい？': only among these."""
        named = [job for job in clue.jobs if job in question.jobs]
        if named:
            return named
        within = set(question.jobs) & set(GROUPS) if len(question.jobs) == 1 else set()
        return [job for job in clue.jobs if not within or self._groups[job] in within] or list(clue.jobs)

    def hints(self, question: Question) -> bool:
        """Whether a person says something of themselves that points to jobs."""
        return bool(self._clues(question.text))

    def experienced(self, question: Question) -> bool:
        """Whether a person tells of work they did before and may want to go on with."""
        return any(clue.experience and liked for clue, liked in self._clues(question.text))

    def puts_to_use(self, question: Question) -> bool:
        """Whether somebody asks where their experience is of use, among all jobs or those of a group."""
        text = spell(question.text)
        asked = TO_USE.search(text) or _FITS.search(text)
        return bool(asked) and set(question.jobs) <= set(GROUPS) and self.experienced(question)

    def tells_of_oneself(self, question: Question) -> bool:
        """The same, though no word of a clue stands in it: '洋楽ばっか聴いてて字幕なしで映画みる'."""
        return self.hints(question) or bool(self._heard_clues(question.text))

    def _clues(self, text: str) -> list[tuple[Clue, bool]]:
        """What a person says of themselves, and whether they like it; what was hard is no strength to go on with."""
        hard = told_hardship(self.known, text)
        found = self._named_clues(text)
        unwanted = {*(hard.unwanted if hard else ()), *(word for _, liked, word in found if not liked)}

        def is_hard(clue: Clue) -> bool:
            built_on = spell(f"{clue.topic}{clue.because}")
            return clue.experience and bool(clue.avoid) and any(word in built_on for word in unwanted)

        # 'お客様に怒られてばかり' is no liking either.
        liked_no_more = {clue for clue, liked, word in found if liked and not clue.experience and word in unwanted}
        return [(clue, liked and not is_hard(clue)) for clue, liked, _ in found if clue not in liked_no_more]

    def _named_clues(self, text: str) -> list[tuple[Clue, bool, str]]:
        """The clues whose words stand in a text, each with whether that is liked and the last of the words."""
        text = _COURTESY.sub("", RATHER_NOT.sub("", spell(text)))
        found = []
        own = _OWN.search(text)
        for clue in self.known.clues:
            if (clue.experience and not own) or any(word in text for word in clue.without):
                continue
            end, word = max(
                ((text.find(word) + len(word), word) for word in map(spell, clue.words) if word in text),
                default=(-1, ""),
            )
            if end >= 0 and not _REQUIRED.search(text[end:]):
                told = re.split("[、。,.!?\n]|けど|ですが", text[end:])[0][:_REACH]
                said = _LIKES.search(told)
                liked = not (said and said["no"]) and not _FAULT.search(told)
                if liked or clue.avoid:
                    found.append((clue, liked, word))
        return found

    def _heard_clues(self, text: str) -> list[tuple[Clue, bool]]:
        """The same where no word of a clue stands: what the self-analysis hears, if both agree on the liking."""
        told = _SEEKS.sub("。", without_names(normalise(text).text)).strip("。、?! ")
        if len(told) < _TELLS:
            return []
        said = _LIKES.search(spell(told))
        liked = not (said and said["no"]) and not _FAULT.search(told)
        tags = {one.tag for one in evidence.read(self_analysis(), told) if one.counter is not liked}
        return [(clue, liked) for clue in self.known.clues if clue.tag in tags]

    def _with_groups(self, jobs: Sequence[str]) -> str:
        """'経理、財務（バックオフィス）と経理事務（事務職）'."""
        runs = [(group, [job for job in jobs if self._groups[job] == group]) for group in GROUPS]
        return "、".join(f"{'、'.join(names)}（{group}）" for group, names in runs if names)
