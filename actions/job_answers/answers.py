"""Plans the answer to one question: which facts, in which order. The wording stands in data/knowledge."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Final

from actions.job_answers.asking import asking, asks, closed, content, last_asked, share_known, stretches
from actions.job_answers.aspects import INTENT_OF, PAY_WORK, STEP_OF
from actions.job_answers.choosing import WHICH
from actions.job_answers.direct import OF_PEOPLE, OPENLY, RUMOUR, SUPPOSED, ends_in_name, weighs_other_things
from actions.job_answers.guides import Guides
from actions.job_answers.lines import alike, bare_text, once, says
from actions.job_answers.model import Line, Plan, Question
from actions.job_answers.names import named_in
from actions.job_answers.refusing import of_temp, refuses_temp
from actions.job_answers.sources import UNFIT
from actions.knowledge.model import GROUPS, Direct
from bot.nlu.normalise import normalise

_WHICH_ONE: Final = re.compile(
    "どの|どれ|どんな(?:仕事|職種|事務)|何が|なにが|どっち|どちら|何事務|(?:向いてい?る|向く|合う|合った|[活生]きる|[活生]かせる)(?:事務|仕事)"
)
# What may be said of a job behind its back.
_RUMOURS: Final = ("ask_job", "ask_suits", "ask_merits", "ask_demerits", "ask_career", "ask_worklife", "ask_entry")
# The name of another job as one side of a question, no part of a longer word.
_BESIDE: Final = (
    "(?<![ァ-ヺー一-鿿a-z]){name}(?:職|さん|員|の仕事|の人|系)?"
    "(?:と|って|は|とか|や|も|に|より|について|という|、|・|[?]|の(?:事務|仕事|ほう|方))"
)
# The same where no job of ours is named: what is asked is of that one.
_BY_ITSELF: Final = (
    "(?<![ァ-ヺー一-鿿a-z]){name}(?:職|さん|員|の仕事|の人|系|の資格|の求人)?"
    "(?:って|は|とか(?:は|って)?|も|について|という|だと|なら|では)?(?:[?]|$|(?<=[てはかもう])[^。?]{{0,14}}[?]?$)"
)
# 'どうなんでしょう', and a name that stands alone
_ALONE: Final = re.compile("(?:どう|どんな|でしょう)|^[一-鿿ァ-ヺーa-z]+[?]?$")
# 'どの事務が活きますか' after one's own likings may be heard as any of these.
_OF_ONESELF: Final = ("ask_what_suits_me", "ask_suits", "ask_entry", "ask_job", "ask_types")
# '何年で'
_COUNTED: Final = re.compile(
    "(?:何|ど(?:の|れ|ん)(?:くらい|ぐらい)の?)(?:年|か月|ヶ月|カ月|ヵ月|ケ月|週間|日|時間|期間|人|名|社|割|パー|回|件|文字|枚)(?!か(?!か|け))"
)
# The same the other way round: '時間どのくらい必要', 'どれくらいで取れる'.
_HOW_LONG: Final = re.compile(
    "(?:時間|期間|年数|日数|人数|枚数)(?:は|って|が|も)?、?(?:だいたい)?(?:ど(?:の|れ|ん)(?:くらい|ぐらい)|いくら)"
    "|ど(?:の|れ|ん)(?:くらい|ぐらい)で(?:取れ|とれ|受か|なれ|慣れ|終わ|決ま|入れ|覚え)"
)
# An answer that tells a number; the order of a list and '1つ' are none.
_NUMBER: Final = re.compile(
    "[0-9一二三四五六七八九十](?:年|か月|ヶ月|カ月|ヵ月|ケ月|週間|日|時間|人|名|社|割|%|回|件|文字|枚|分)"
)
# What may be so or not; whether a job is hard or good is a matter of taste.
_FACTS: Final = ("ask_job", "ask_career", "ask_worklife", "ask_entry")
# What one likes says more about jobs than a certificate.
_TASTE: Final = re.compile("好き|得意|苦手|嫌い|きらい|興味|性格")
# What is asked of applying, and of the service.
_APPLYING: Final = ("ask_service", *STEP_OF)
# '意味ある？' asks for reasons, which are told.
_WORTH: Final = re.compile("必要|意味|価値|メリット|得(?:ある|する|な)|大事|大切")
# These say nothing of which detail is asked for.
_OF_SERVICE: Final = re.compile(
    "相談|サポート|フォロー|サービス|支援|アドバイザー|キャリア|エージェント|転職|未経験|利用|可能|気|話"
)
_HOW_FAR: Final = re.compile("(?:どこ|どれ|どの)(?:まで|くらい|ぐらい|程度)")
# If no more of what is asked than this stands in the answer: it does not tell.
_PARTLY: Final = 0.5
# Whom a job suits is asked in nearly the words of whom it does not.
_SUITS: Final = re.compile("向い(?:て|と)|むい(?:て|と)|向く|むく|合う|合って")
# What a sentence says that cannot tell.
_NOT_TOLD: Final = re.compile("お答えできません|お伝えできません")
# The lines that say that something is not known.
_EXCUSES: Final = ("not_known", "hearsay", "detail_not_known", "elsewhere")
_OF_ALL: Final = re.compile("一番|いちばん|のは")


class Answers(Guides):
    """All answers about jobs, over one knowledge base and its index. Holds no state of a conversation."""

    def plan(self, question: Question) -> Plan:
        """The plan for any question of the topic job_answers.

        Raises:
            KeyError: the intent is none of this topic.
        """
        question = self._tidy(question)
        if question.intent in STEP_OF and len(question.jobs) == 1 and not question.entities.get("step"):
            # 'コンプラ違反を調べるのは法務？' is no research before applying.
            question = replace(question, intent="ask_job") if ends_in_name(question.text) else question
        plan = self._plan(question)
        if question.text and refuses_temp(question.text):
            # '派遣じゃなくて最初から正社員で': what is not wanted is not offered.
            lines = [line for line in plan.lines if not of_temp(line.text, line.passage.aspect if line.passage else "")]
            plan = replace(plan, lines=tuple(lines)) if lines else plan
        if not self._is_counted(question, plan):
            return plan
        honest = "detail_not_known" if question.intent in _APPLYING else "not_known"
        return self._with(Line(honest, self.known.replies[honest], bullet=False), plan, sure=True)

    def _plan(self, question: Question) -> Plan:
        """What there is to say, whether or not it tells a number that is asked."""
        if question.intent in _OF_ONESELF and self.puts_to_use(question):
            return self.what_suits_me(question)
        chosen = self.choice(question) or self.hearsay(question)
        if chosen is not None:
            return chosen
        stranger = self._beside_a_stranger(question)
        if stranger is not None:
            return stranger
        tells = question.intent in _OF_ONESELF and self._open_choice(question) and self._clues(question.text)
        if tells and not self._holds_certificate(question) and not self.is_near(question, "surely_near"):
            # '人付き合いはいいほうです。どの事務が？'
            return self.what_suits_me(question)
        direct = self._direct(question)
        if direct is not None and question.sure and direct[1] == question.intent:
            # What was heard and what the words say agree.
            return self._directly(question, *direct)
        near = self._near(question)
        if isinstance(near, Plan):
            return near
        if near is not None and question.in_doubt:
            return self._directly(question, near[0], near[1])
        plan = self._planned(question) if direct is None else self._directly(question, *direct)
        if near is not None and (self._is_loose(near, question, told=direct is not None) or self._owner_told(plan)):
            near = None
        if direct is None and (near is None or near[2] < float(self.known.settings["surely_near"])):
            honest = self._what_is_not_known(question, plan)
            if honest is not None:
                likely = near is not None and near[2] >= float(self.known.settings["near"])
                if near is not None and likely and _NOT_TOLD.search(near[0].text):
                    # The sentence says so itself.
                    return self._with(near[0], plan, sure=True)
                told = plan if near is None or not likely else self._with(near[0], plan, sure=True)
                first = self._with(Line(honest, self.known.replies[honest], bullet=False), told, sure=True)
                return replace(first, fill=plan.fill)
        if near is None or (plan.jobs and not self._fits(bare_text(near[0]), question.with_jobs(plan.jobs))):
            return plan
        # Beside a sentence that the words themselves lead to, it goes first only where it is surer.
        least = self.known.settings["near" if direct is None else "surely_near"]
        return self._with(near[0], plan, sure=near[2] >= least)

    def excuses(self, question: Question) -> bool:
        """Whether the answer begins with not being known."""
        return next((line.id for line in self.plan(question).lines), "") in _EXCUSES

    @staticmethod
    def _owner_told(plan: Plan) -> bool:
        """Whether a plan names the one whose task is asked for."""
        return bool(plan.lines) and plan.lines[0].id.startswith("who.") and plan.lines[0].id != "who.unknown"

    def stranger(self, text: str, *, alone: bool) -> str | None:
        """A job in a question that is none of ours; `alone`: none of ours stands beside it."""
        asked = asking(text)
        if alone and not (asks(asked) or _ALONE.search(asked)):
            # '営業は嫌' tells of oneself.
            return None
        names = [name for name in self.known.elsewhere if _beside(name, alone).search(asked)]
        return max(names, key=len, default=None)

    def _beside_a_stranger(self, question: Question) -> Plan | None:
        """'秘書と事務の違いは？': the other job is none of ours, which is said before what is known of this one."""
        if len(question.jobs) > 1 or question.entities.get("matter") or not question.text:
            return None
        name = self.stranger(question.text, alone=not question.jobs)
        if name is None or (not question.jobs and question.intent != "ask_types"):
            return None
        text = self.known.untold["elsewhere"].format(name=name)
        of_ours = "ask_job" if question.jobs else "ask_types"
        plan = self._planned(replace(question, intent=of_ours, text="", entities={}))
        return self._with(Line("elsewhere", text, bullet=False), plan, sure=True)

    def _what_is_not_known(self, question: Question, plan: Plan) -> str | None:
        """The reply that says so, where the plan does not tell what is asked."""
        if self._is_rumour(question, plan):
            return "hearsay"
        if self._is_detail(question, plan):
            return "detail_not_known"
        return "not_known" if self._is_open(question, plan) else None

    def _is_rumour(self, question: Question, plan: Plan) -> bool:
        """Whether something is said of a job that nothing here speaks of: '人事って性格悪い人多いってマジ？'."""
        if len(question.jobs) != 1 or question.intent not in _RUMOURS:
            return False
        people = OF_PEOPLE.search(question.text) and SUPPOSED.search(normalise(question.text).text)
        # 'APDって言うらしい。事務きつい？' is no talk about the job.
        heard = [part for part in stretches(question.text) if RUMOUR.search(part)]
        if not people and not any(named_in(part) or part == last_asked(question.text) for part in heard):
            return False
        # '嫌われるって聞いた' holds no word that could be looked for.
        return not content(asking(question.text)) or not self.told_in(question, plan)

    @staticmethod
    def told_in(question: Question, plan: Plan) -> bool:
        """Whether a plan speaks of what is asked."""
        known = [line.text for line in plan.lines]
        known += [word for line in plan.lines if line.passage is not None for word in line.passage.words]
        return share_known(asking(question.text), known) > _PARTLY

    def _is_open(self, question: Question, plan: Plan) -> bool:
        """Whether yes or no is asked of a job and of nothing that the answer tells: '社長の予定も管理するの？'."""
        if question.intent == "ask_career" and len(question.jobs) == 2:
            # '経理から人事って行ける？'
            return closed(question.text) and not self.is_near(question, "near")
        # 'どこまで知るの': there is an answer or there is none.
        text = _HOW_FAR.sub("", asking(question.text))
        possible = _FACTS if question.sure else _RUMOURS
        if len(question.jobs) != 1 or question.intent not in possible or OPENLY.search(text) or not closed(text):
            return False
        if question.intent == "ask_merits" and _WORTH.search(text):
            return False
        # 'コンビニ店員だけど事務になれる？': the way in is the same, whatever was told before.
        bare = self.experienced(question) or not content(last_asked(question.text))
        return not (question.intent == "ask_entry" and bare) and not self.told_in(question, plan)

    def _is_detail(self, question: Question, plan: Plan) -> bool:
        """Whether yes or no is asked of applying, or of the service, and nothing said of it: '添え状はいりますか'."""
        if question.intent not in _APPLYING:
            return False
        text = asking(question.text)
        if OPENLY.search(text) or _WORTH.search(text) or not closed(text):
            return False
        if not any(_OF_SERVICE.sub("", word) for word in content(text)) or self.told_in(question, plan):
            return False
        if self.is_near(question, "near_detail"):
            return False
        likeness = max((self.asked.likeness(text, line.text) for line in plan.lines), default=0.0)
        return likeness < float(self.known.settings["means_detail"])

    @staticmethod
    def _is_counted(question: Question, plan: Plan) -> bool:
        """Whether a number is asked that the answer does not tell: '何年たてば正社員にしてもらえる？'."""
        asked = asking(question.text)
        if question.intent in ("ask_untold", "ask_service_terms"):
            return False
        if not (_COUNTED.search(asked) or _HOW_LONG.search(asked)):
            return False
        return not any(_NUMBER.search(line.text) or _NOT_TOLD.search(line.text) for line in plan.lines)

    def _is_loose(self, near: tuple[Line, str, float], question: Question, *, told: bool) -> bool:
        """Whether a sentence is hardly near, and about another side of the job than was surely asked for.

        Args:
            near: the sentence, the intent whose answer goes on, how near it is.
            question: what is asked.
            told: the words lead to a sentence that answers.
        """
        elsewhere = near[1] != question.intent
        if elsewhere and {near[1], question.intent} == {"ask_merits", "ask_demerits"}:
            return True
        return (told or (question.sure and elsewhere)) and near[2] < float(self.known.settings["near_elsewhere"])

    @staticmethod
    def _with(said: Line, plan: Plan, *, sure: bool) -> Plan:
        """A plan with a sentence that answered a question like this: before it where that is sure, else after it."""
        if any(line.id == said.id or alike(said.text, line.text) for line in plan.lines[: 1 if sure else 3]):
            return plan
        lines = [line for line in plan.lines if line.id != said.id and not says(said.text, line)]
        if not sure or not lines:
            return replace(plan, lines=tuple(lines), aside=said)
        rest = [replace(line, header=line.header or plan.lead or "") for line in lines]
        return replace(plan, lines=once([said, *rest]), lead="", fill=False)

    def is_near(self, question: Question, least: str | None = None) -> bool:
        """Whether people asked something like this before.

        Args:
            question: what is asked.
            least: the setting that says how like it must be: 'near', or 'surely_near', from which on a question tells
                nothing of oneself; as like as an answer must be at all where nothing is said.
        """
        near = self._near(self._tidy(question))
        if isinstance(near, Plan) or near is None or least is None:
            return near is not None
        return near[2] >= float(self.known.settings[least])

    def near_id(self, question: Question) -> str | None:
        """Which sentence answered something like this, if any."""
        near = self._near(self._tidy(question))
        if near is None:
            return None
        return near.lines[0].id if isinstance(near, Plan) else near[0].id

    def _near(self, question: Question) -> tuple[Line, str, float] | Plan | None:
        """The sentence that answered a question much like this one, the intent whose answer goes on, how near it is.

        Of what cannot be told, the whole plan. None where no question is near enough.
        """
        if not question.text or question.bare or self._is_of_terms(question):
            return None
        if question.entities.get("matter"):
            return None
        least = self.known.settings[
            "near_leaning" if question.leaning else "near_in_doubt" if question.in_doubt else "rather_near"
        ]

        def fits(say: str) -> bool:
            return self._fits(say, question) and (not question.leaning or self._goes_on(say, question))

        # All of a story: its end alone is answered right half as often.
        found = self.asked.nearest(question.text, fits, surely=question.leaning)
        if found is None or found.score < least:
            return None
        at = self._said[found.say][1]
        task = question.intent == "ask_who_does" or PAY_WORK.search(question.text)
        compared = question.intent == "ask_difference" and len(question.jobs) > 1
        if at is None and (task or compared or found.score < self.known.settings["near"]):
            # '人事は給料の額も決めるの？' is about a task, 'どっちがおすすめ' after two jobs about these.
            return None
        if at is None:
            (matter,) = (matter for matter in self.known.matters if matter.text == found.say)
            entities = {**question.entities, "matter": [matter.name]}
            return self.untold(replace(question, intent="ask_untold", entities=entities))
        if isinstance(at, Direct):
            return Line(f"direct.{at.number}", at.say, bullet=False), INTENT_OF[at.aspect], found.score
        intent = INTENT_OF.get(at.aspect, "ask_job" if at.subject in self.known.subjects else "ask_service")
        return replace(self._alone(at), level=0), intent, found.score

    def _goes_on(self, say: str, question: Question) -> bool:
        """Whether an answer in asked.yml is of the aspect in question."""
        at = self._said[say][1]
        return at is not None and INTENT_OF.get(at.aspect, "ask_job") == question.intent

    def _fits(self, say: str, question: Question) -> bool:
        """Whether an answer in asked.yml may be about the jobs in question."""
        about, at = self._said.get(say, (None, None))
        if about is None:
            return False
        if at is not None and INTENT_OF.get(at.aspect) == "ask_difference" and weighs_other_things(question):
            return False
        if refuses_temp(question.text) and of_temp(say, at.aspect if at is not None else ""):
            return False
        if say in self._of_unfit and _SUITS.search(question.text) and not UNFIT.search(question.text):
            return False
        if at is None or not question.jobs:
            return True
        wide = {*question.jobs, *(self._groups.get(job) for job in question.jobs)}
        return not about.isdisjoint(wide) or about.isdisjoint(self.known.subjects)

    def _planned(self, question: Question) -> Plan:
        """The plan by intent and entities, whatever the words."""
        if question.intent == "ask_untold" or self._is_untold(question):
            return self.untold(question)
        if question.intent in STEP_OF:
            return self.step(question)
        special: dict[str, Callable[[Question], Plan]] = {
            "ask_difference": self.difference,
            "ask_who_does": self.who_does,
            "ask_what_suits_me": self.what_suits_me,
            "ask_service": self.service,
            "ask_service_terms": self.service_terms,
            "ask_types": self.types,
            "ask_certificates": self.certificates,
        }
        if question.intent == "ask_difference" and len(question.jobs) == 1 and question.entities.get("certificate"):
            return self.certificates(replace(question, intent="ask_certificates"))
        if question.intent == "ask_what_suits_me" and not question.jobs and self._holds_certificate(question):
            return self.certificates(replace(question, intent="ask_certificates"))
        if question.intent == "ask_what_suits_me" and len(question.jobs) == 1 and not self._open_choice(question):
            return self.about(replace(question, intent="ask_suits"))
        if question.intent == "ask_suits" and not question.jobs and self._clues(question.text):
            return self.what_suits_me(question)
        plan = special.get(question.intent, self.about)(question)
        fit = question.intent == "ask_suits" and len(question.jobs) == 1
        if fit or (question.intent == "ask_difference" and len(question.jobs) > 1):
            # '数字を見ると頭が痛い。でも事務がいい', 'コツコツ派です。法務と経理で迷ってます'
            hint = self.first_hint(question)
            return plan if hint is None else self._with(hint, plan, sure=True)
        return plan

    def _holds_certificate(self, question: Question) -> bool:
        """'簿記3級とったんだけど活かせる仕事ある？': whether a known certificate is all that is told of oneself."""
        if _TASTE.search(question.text):
            return False
        return not self.known.certificates.keys().isdisjoint(question.entities.get("certificate", ()))

    @staticmethod
    def _open_choice(question: Question) -> bool:
        """Whether one of a group, or of all jobs, is asked for."""
        return bool(_WHICH_ONE.search(question.text)) and set(question.jobs) <= set(GROUPS)

    def _is_untold(self, question: Question) -> bool:
        """Pay, remote work and the like asked for under the name of a kindred intent."""
        kindred = {"ask_worklife", "ask_career", "ask_certificates", "ask_entry", "ask_industry", "ask_demerits"}
        named = set(question.entities.get("matter", ()))
        if question.intent == "ask_difference":
            # '財務と経理、どっちが年収高い？'
            return bool(named) and bool(WHICH.search(normalise(question.text).text))
        if question.intent == "ask_job":
            return bool(named) and not PAY_WORK.search(question.text)
        return (question.intent in kindred or question.intent in STEP_OF) and bool(named)

    def told_otherwise(self, question: Question) -> bool:
        """Whether a question after one of all jobs is answered without comparing them: by a task, or by hints."""
        if question.intent == "ask_what_suits_me" and self.hints(question) and not _OF_ALL.search(question.text):
            return True
        owner = self.who_does(replace(question, intent="ask_who_does", jobs=()))
        if question.intent == "ask_who_does":
            return owner.lines[0].id != "who.unknown"
        return self.task_owner(question)


@cache
def _beside(name: str, alone: bool) -> re.Pattern[str]:
    return re.compile((_BY_ITSELF if alone else _BESIDE).format(name=re.escape(normalise(name).text)))
