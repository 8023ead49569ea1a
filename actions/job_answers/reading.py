"""What went before corrects what was heard: 'the second one', 'which of them?', 'what do they do?'."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from actions.job_answers.asking import PAST, asks, closed, content, last_asked, seeks, stretches
from actions.job_answers.aspects import ASPECT_OF, STEP_OF
from actions.job_answers.choosing import LEFT, RATHER_NOT, WHICH
from actions.job_answers.hints import TO_USE
from actions.job_answers.model import Question
from actions.job_answers.names import named_in, without_names
from actions.job_answers.pointing import STEPS, Pointing
from actions.job_answers.refusing import THAT_KIND, refused, refuses_temp
from actions.job_answers.turns import (
    ABOUT_FOCUS,
    CERTAIN,
    HARDLY,
    LEANS,
    SERVICE,
    TOPIC,
    TWO_THINGS,
    State,
    Turn,
    only_names,
)
from actions.knowledge.model import GROUPS
from bot.nlu.normalise import normalise

_WITHIN: Final = re.compile("中で|なかで|うち|どの|どれ|一番|いちばん|(?:事務|職種|部署)(?:って|は)[?]?$")
# 'バックオフィスのなかで一番人と関わるのは？'
_WITHIN_GROUP: Final = re.compile("(?:中で|なかで|中だと|うち).*(?:一番|いちばん|どれ|どの|のは|のって)")
# 'なら' sets one beside others only where there are others.
_CONDITION: Final = re.compile("なら|だったら")
# '飽きないのは' after two jobs
_THE_ONE: Final = re.compile("(?:い|う|る|な)のは[?。]*$")
_EITHER: Final = re.compile("どっち|どちら")
_PREFERS: Final = re.compile("(?:ほう|方)が.{0,6}(?:好き|得意|合|向|楽|いい|まし|落ち着|楽しい)")
_THESE: Final = re.compile(
    "(?:この|その|今の|いまの)(?:中|なか|うち|[2-4二三四]つ|ふたつ|みっつ|どっち)|[2-4二三四]つ(?:の中|のうち|で|なら)|両方"
)
_AMONG: Final = re.compile("どれ|どっち|どちら|どの|職種|部署|のは|仕事は|事務は|誰|だれ")
# One of several is surely asked for; 'なら' and '…のは？' also end other questions.
_SURELY_WHICH: Final = re.compile("どっち|どちら|どれ|どの|一番|いちばん")
# 'それって難しい？' asks; 'もっと簡単に' and a bare '難しい' are about the words of the last answer.
_HARDNESS: Final = re.compile(
    "(?:それ|これ|そこ|どっち|どちら|どれ|そっち)(?:って|は|が|も)?.{0,4}(?:難し|むずかし|むず|簡単|かんたん|楽)"
    "|(?:きつ|しんど|大変|つら)そう?(?:だ|です|だな)?(?:ね|な)?[。!…]*$|(?:難しい|むずかしい|簡単な|楽な|大変な)(?:の(?:は|って)|ほう|方|やつ)|^(?:難し|むずかし|むず)い?(?:です|の|かな|か)*[?]"
    "|(?:難し|むずかし|むず)そう?(?:だ|です|だな)?(?:ね|な)?[。!…]*$"
)
_EXAM: Final = re.compile(
    "独学|取れ(?:る|ます|ん)|とれ(?:る|ます)|どのくらい|どれくらい|どんくらい|期間|何ヶ月|何か月|何日|受か|難し|むず|簡単"
)
# 'じゃあなくてもいけるってこと？' after how hard the examination is
_WITHOUT_IT: Final = re.compile("な(?:くて|しで)|いらない|必須|ないと")
_WHEN: Final = re.compile("どのくらい|どれくらい|どんくらい|何分|何時|いつ|何曜|曜|今から|予約|夜|時間|長い|長さ")
_HOW_LONG: Final = re.compile(
    "(?:どれ|どの|どん)(?:くらい|ぐらい)の?(?:時間|期間|日数|年数)?(?:で|が|は)?(?:かか|要|で(?:なれ|でき|入れ))"
)
_TAKES_TIME: Final = ("ask_progress", "ask_service_terms")
_ASKED_IN: Final = re.compile("聞かれ|きかれ|質問|訊かれ")
_OF_THE_BOT: Final = re.compile("あなた|君|きみ|お前|おまえ|ボット|bot|ここ|チャット|ai|何者")
_TO_PREPARE: Final = re.compile("できること|やること|やれること|準備")
_TO_GET_IN: Final = re.compile(
    "どう(?:やって|やったら|すれば|したら)[^。?]{0,6}(?:なる|なれ|入る|入れ)|(?:で働く|に入る|になる|入る|なる|就く|つく)には[?]?$"
)
_MORE_OF_IT: Final = re.compile(
    "(?:どっち|どちら|どれ|比べ|くらべ).{0,10}(?:高|多|低|少な|安い|上|長い|短い|良い|いい)"
)
_TOO: Final = re.compile("も(?:して|やって|見て|みて|お願い|でき|手伝)?[^、。]{0,6}[?]?$")
_HARDLY_A_STEP: Final = 0.7
_SAME_THING: Final = re.compile(
    "(?:言い方|呼び方|呼び名|別名|言い換え|意味|の(?:こと|事))(?:って|と|で|な|じゃ|でしょ|です|だ|か|[?])"
)
# '貿易事務に興味ある': tell me of it.
_INTERESTED: Final = re.compile(
    "(?:興味|関心)(?:が|は|も)?(?:ある|あって|あり|出て|湧|わい|持って|もって)[^?]{0,6}$|気になって(?:る|いる|ます|います)[^?]{0,4}$"
)
_MAY_BE_INTEREST: Final = ("ask_suits", "ask_what_suits_me", "ask_job", "follow_up", "ask_entry")
# A job by what is done in it.
_WHO_DOES: Final = re.compile(
    "(?P<what>[^、。?!]{4,30}(?:する|やる|つくる|作る|手伝う|支える|整える|受ける|扱う|とる|取る|みる|見る|助ける|してる|やってる))"
    "(?:系の|ような|みたいな|タイプの)?(?:事務|部署|バックオフィス|裏方)"
)
# Surely about something else than the jobs compared just before.
_OTHER_MATTERS: Final = (*STEP_OF, "ask_service", "ask_service_terms", "ask_untold", "ask_what_suits_me")
# After these 'それって難しい？' is about a job.
_OF_JOBS: Final = (*ABOUT_FOCUS, "ask_difference", "ask_who_does", "ask_types", "ask_what_suits_me")
# Where no job was spoken of, '一番英語を使うのは？' asks among all.
_WITHOUT_NAMES: Final = (
    "ask_difference", "ask_types", "ask_who_does", "ask_what_suits_me", "ask_worklife", "ask_skills", "ask_job",
    "ask_career", "ask_entry", "answer_typed", "nlu_fallback", "out_of_scope", "follow_up",
)  # fmt: skip
# Surely heard, these ask for one of several only in so many words: '社労士を取るなら？' does not.
_NOT_WHICH: Final = ("ask_certificates", "ask_entry", "ask_merits", "ask_demerits", "ask_suits", "ask_temp_work")
# What may be heard where one of all jobs is sought.
_OF_ALL_JOBS: Final = ("ask_job", "ask_types", "ask_who_does", "ask_what_suits_me", "ask_difference", "ask_skills")
# What two things that are no jobs may be weighed for.
_WEIGHED: Final = (
    "ask_skills", "ask_certificates", "ask_suits", "ask_worklife", "ask_entry", "ask_temp_work", "ask_untold", *STEP_OF,
)  # fmt: skip
# Other topics that a question is now and then taken for.
_ELSEWHERE: Final = (
    "complaint", "bye", "chitchat", "praise", "insult", "ask_bot", "acknowledge", "change_answer", "show_result",
    "doubt_result",
)  # fmt: skip
# What is wanted of the bot or of an adviser, unless it is of the job talked about: 'お客さんと話す？'.
_WANTED: Final = ("ask_capabilities", "request_human")
# '他の仕事は？' after a job
_OTHER_JOBS: Final = re.compile("^(?:じゃあ?|では|で)?、?(?:ほか|他|別|べつ)の?(?:仕事|職種|事務|部署|職)")
# 'けっこう人と話す？' asks of the work.
_WITH_PEOPLE: Final = re.compile(
    "[^、。?]{0,8}(?:人|ひと|誰か)と[^、。?]{0,5}(?:話す|喋る|しゃべる|関わる|かかわる|接する|会う)(?:の|こと|系)?(?:が|は)?(?:多い|ある)?(?:の|ん|か)*[?]"
)
_OF_SERVICE: Final = ("ask_service", "ask_service_terms")
# '結局どっちがおすすめ' after two jobs may be heard as any of these.
_MAY_CHOOSE: Final = ("ask_difference", "ask_what_suits_me", "ask_types", "follow_up", "nlu_fallback")
_OF_PAPERS: Final = ("ask_step_documents", "ask_step_interview")
_MAY_BE_SAID: Final = re.compile(
    "(?:聞い|言っ|話し|質問し|書い|使っ)ても?(?:いい|良い|大丈夫|平気|ok|あり)|印象(?:が|は)?(?:悪|わる|良|よ)|不利|マイナス"
)
# All of the way to a new job, or another step.
_WHOLE_WAY: Final = re.compile(
    "転職|就活|全体|流れ|次|つぎ|最初|はじめ|始め|何から|どこから|未経験|ステップ|段階|順番|その後|あと"
)
# 'パートの事務から経理になるまで'
_FROM_TO: Final = re.compile("から.{0,16}(?:になる|になれ|へ(?:行|移|の|いく|いけ)|に(?:行|移|いく|いけ|転)|を目指)")
_FROM_THERE: Final = re.compile("(?:そこ|それ|ここ)から|そのあと|その後")
# What is said beside the names where a job is asked to belong to a group.
_IS_ONE_OF: Final = re.compile(
    "(?:えっ?|へえ|へー|ふーん|じゃあ?|では|で|てか|ん)?[、。 ]*(?:それ|これ|そこ|うちの(?:会社の)?)?"
    "[、 ]*(?:さん)?(?:って|は|も|と)?[、 ]*"
    "(?:の(?:仕事|うち|一種|仲間|一つ|ひとつ|部類|中))?(?:に(?:入る|入り|入って|含まれ|なる))?"
    "(?:と(?:は|も)?(?:呼|言|い)(?:[ばわ](?:な|れ)|[ぶう])|い|じゃな(?:い|く|かった)|ではな(?:い|く)|やない|ちゃう|違う"
    "|なん|です|だ|ます|る|ん|の|か|よね|ね|っけ|でしょう?|て)*[?。!]*"
)
_RATHER: Final = re.compile("(?:ほう|方)が(?:いい|良い|よい|合|向|おすすめ|まし)")
_MAY_RATHER: Final = ("follow_up", "correct_job", "ask_merits", "ask_suits", "ask_what_suits_me", "ask_difference")
# 'それってどうすればいい' after the drawbacks
_HOW: Final = re.compile("ど(?:う|ない)(?:すれ|した|し(?:の|よ)|やって|向き)|対処|対策")
# The same and nothing else, which may sound like despair.
_WHAT_TO_DO: Final = re.compile(
    "(?:え+、?|じゃあ?|では|で|なら|それ(?:って|なら)?|、|。)*ど(?:う|ない)(?:すれ|した|し|やっ)(?:ば|たら|て)"
    "(?:いい|良い|よい|ええ|なれる|なる|入れる|入る)?(?:の|ん|です|でしょう?|か|かな)*[?。]*"
    "|(?:でき|出来|なれ|いけ|やれ)(?:る|ます)(?:の|ん|です|か|かな)*[?]"
)
_LOST: Final = ("distress", "ask_capabilities", "nlu_fallback", "out_of_scope")
# 'それはどこがやってるの': whose work something is, and no more.
_WHO: Final = re.compile(
    "(?:じゃあ?|では|で|へえ|ふーん|[、。 ])*(?:それ|これ|そこ)?(?:って|は|を|も)?、?"
    "(?:誰|だれ|どこ|どの(?:部署|仕事|職種|人)|何課|担当)"
    "(?:が|の|は|で|に|って)?(?:担当|仕事|部署|職種|課|やる|やって|する|して|決め|受け|なの|い?る|ん|の|です|ます|か|て)*[?。]*"
)
# What one can learn by oneself, or at a cost.
_STUDIED: Final = ("ask_skills", "ask_certificates")
# These are what they are, however short.
_NEVER_LEANS: Final = (
    "crisis", "crisis_other", "labour_trouble", "affirm", "deny", "acknowledge", "thanks", "greet", "repeat",
    "start_self_analysis", "correct_job", "point",
)  # fmt: skip
# What a short question is taken for that asks for yes or no.
_YES_OR_NO: Final = ("affirm", "deny", "cancel", "bye")
# '誰に向いてる' after a job
_WHOM: Final = re.compile("誰|だれ|どんな(?:人|ひと|タイプ)|どういう(?:人|ひと|タイプ)")
# '両方やりたいときは' after two jobs
_BOTH: Final = re.compile("両方|どっちも|どちらも|2つとも|二つとも|ふたつとも")
# Which job it is like that somebody does: 'どの仕事に近い？', '何て職種？'.
_WHICH_WORK: Final = re.compile(
    "何系|(?:置き換え|置きかえ|たとえ|例え)ると|(?:似た|近い|似てる)(?:仕事|職種|事務)|(?:ど(?:の|こ|んな|ういう)|何|なん|なに)(?:の|て|って|という|ていう)?(?:仕事|職種|職|部署|事務|係|課|系)?"
    "(?:に|が)?(?:いちばん|一番)?(?:近|似て|と?って?言|っていう|と呼|にあた|に当た|にな[りる])|(?:何|なん|なに)(?:の|て|って|という|ていう)?(?:職種|事務|係|部署)(?:です|なん|か|って|っぽ|[?。]|$)"
)
# Told work is set beside a job: '総務っぽい', '人事事務に近い？', '経理って言っていい？'.
_LIKENED: Final = re.compile(
    "(?:の仕事|系|職)?(?:っぽ[いく]|に(?:近|似|あた|当た|入[りる])|み(?:たいな|たい)(?:こと|仕事|もの|です|[?])|(?:って|と)(?:言|名乗)(?:って|え))"
)
# So short a question after the service is about that, in characters.
_FEW_WORDS: Final = 8
# A question about the examination of the certificate just spoken of is short.
_EXAM_LENGTH: Final = 16


class Reading(Pointing):
    """Reads a turn in the light of the last answer."""

    def heard(self, turn: Turn, state: State) -> Turn:
        """The turn as what went before lets it be understood."""
        return self._in_light(self._known(turn), state)

    def _in_light(self, known: Turn, state: State) -> Turn:
        """A turn of known things as it is meant; the same object where nothing corrects it."""
        named = self._beside_another(self._by_what_it_is(self._told_work(self._told_apart(self._wanted(known)))), state)
        named = self._of_a_stranger(named)
        meant = self._apart(self._taken_over(self.referring(named, state), state), state)
        return self._short_of_words(self._choosing(self._reread(meant, state), state), state)

    @staticmethod
    def _wanted(turn: Turn) -> Turn:
        """'契約社員じゃなくて正社員がいい。未経験でもなれる？' does not ask how to begin as a temporary worker."""

        def refuses(part: Turn) -> bool:
            return part.intent == "ask_temp_work" and refuses_temp(part.text)

        if not any(map(refuses, (turn, *turn.questions))):
            return turn
        left = [part for part in turn.questions if not refuses(part)]
        intent = left[0].intent if len(left) == 1 else "ask_entry"
        return turn.meant(intent, questions=left if len(left) > 1 else ())

    @staticmethod
    def _told_apart(turn: Turn) -> Turn:
        """The parts of a message as they are meant beside each other; the same object where they are as heard.

        '無料？それと何してくれるの' asks two things of the service; '面接にも出た。どこの仕事？' tells of a past and
        asks one thing.
        """
        of_service = any(part.intent in _OF_SERVICE for part in turn.questions)
        of_the_bot = [part for part in turn.questions if part.intent == "ask_capabilities"]
        if of_service and of_the_bot and not any(_OF_THE_BOT.search(part.text) for part in of_the_bot):
            parts = (replace(p, intent="ask_service") if p in of_the_bot else p for p in turn.questions)
            return replace(turn, questions=tuple(parts))
        asked = [
            part
            for part in turn.questions
            if part.intent not in STEP_OF or asks(part.text) or not PAST.search(normalise(part.text).text)
        ]
        if len(turn.questions) < 2 or len(asked) != 1 or asked[0].intent not in TOPIC:
            return turn
        entities = {name: values for name, values in turn.entities.items() if name != "step"}
        return turn.meant(asked[0].intent, questions=(), entities=entities)

    @staticmethod
    def _told_work(turn: Turn) -> Turn:
        """'シフト作成、発注。どの仕事に近い？', '備品を発注してて、総務っぽいって': whose work is told of."""
        text = normalise(turn.text).text
        if len(stretches(text)) < 2:
            return turn
        jobs = turn.entities.get("job", ())
        if all(job in GROUPS for job in jobs) and _WHICH_WORK.search(last_asked(text)):
            return turn.meant("ask_who_does", questions=())
        likened = any(_LIKENED.match(text[name.end :]) for name in named_in(text) if name.job not in GROUPS)
        return turn.meant("ask_job", questions=()) if likened else turn

    def _beside_another(self, turn: Turn, state: State) -> Turn:
        """What is asked of one job beside another, or beside its group, as a comparison of the two."""
        jobs = tuple(turn.entities.get("job", ()))
        text = normalise(turn.text).text
        if not jobs or turn.questions:
            return turn
        other = [job for job in state.focus_jobs if job not in jobs] if len(state.focus_jobs) == 1 else []
        pair = jobs if len(jobs) == 2 else (*other, *jobs)
        if len(pair) != 2:
            return turn
        if (_FROM_TO if len(jobs) == 2 else _FROM_THERE).search(text):
            # 'パートの事務から経理になるまでの道のり', 'そこから経理に行ける？' after 経理事務
            return turn.meant("ask_career", entities=_of(turn, pair))
        one_of_them = len({job for job in pair if job in GROUPS}) == 1 and jobs[-1] in GROUPS
        if one_of_them and _IS_ONE_OF.fullmatch(without_names(text)):
            # 'じゃあ営業事務はバックオフィスじゃないの？'
            return turn.meant("ask_difference", entities=_of(turn, pair))
        if len(jobs) == 1 and _RATHER.search(text) and turn.intent in _MAY_RATHER:
            # '人事事務のほうがいい？' after 労務
            return turn.meant("ask_difference", entities=_of(turn, pair))
        return turn

    def _of_a_stranger(self, turn: Turn) -> Turn:
        """'医療事務はどうなんでしょう': a job that is none of ours, which is said whatever else it looks like."""
        stranger = self.answers.stranger(turn.text, alone=not turn.entities.get("job")) if turn.text else None
        if stranger is None or turn.questions or turn.confidence >= CERTAIN:
            return turn
        if not turn.entities.get("job"):
            # What was talked about before is not meant.
            return turn.meant("ask_types", entities={})
        return turn if turn.intent in TOPIC else turn.meant("ask_job")

    def _taken_over(self, turn: Turn, state: State) -> Turn:
        """What a message leaves unsaid, in the words of the last one: 'それはどこがやってるの' after a task."""
        last = Question.from_slot(state.level["question"]) if state.level else Question("")
        jobs = turn.entities.get("job", ())
        if not last.text or turn.questions or not turn.text:
            return turn
        both, text = f"{last.text} {turn.text}", normalise(turn.text).text
        who = turn.intent == "ask_who_does" or turn.confidence < HARDLY
        if who and not jobs and not content(turn.text) and _WHO.fullmatch(text):
            return replace(turn, intent="ask_who_does", text=both)
        if turn.intent == "ask_what_suits_me" and not jobs and not self.answers.tells_of_oneself(turn.question()):
            # 'じゃあどれならいける？' after what one is like
            if last.entities.get("certificate"):
                # '活かせる？' after '簿記2級持ってます'
                return replace(turn, entities={**last.entities, **turn.entities})
            if last.intent == "ask_what_suits_me":
                told = self.answers.tells_of_oneself(last)
            else:
                told = self.answers.hints(last) and not asks(normalise(last.text).text)
            return replace(turn, text=both) if told else turn
        if turn.intent == "ask_service_terms" and last.intent in _STUDIED and not jobs:
            # 'タダで' after where it is learned asks no fee.
            whole = replace(last, text=both, sure=False)
            return replace(turn, intent=last.intent, text=both) if self.answers.knows(whole) else turn
        if last.intent == "ask_who_does" and jobs and closed(turn.text) and not content(turn.text):
            # '事務の人もやる？' after whose work it is
            return replace(turn, intent="ask_job", text=both)
        if last.intent == "ask_demerits" and not jobs and turn.intent not in TOPIC and _HOW.search(turn.text):
            return turn.meant("ask_demerits", text=self._replies["overcome"])
        if turn.intent in _LOST and _WHAT_TO_DO.fullmatch(text) and last.intent in TOPIC:
            # 'どうしたらいい？', 'できる？' after a job or a step
            return turn.meant(last.intent if last.intent in STEPS else "ask_entry" if state.focus_jobs else "ask_steps")
        return turn

    def _short_of_words(self, turn: Turn, state: State) -> Turn:
        """'それ書いていいの？': other topics would take it, though after the last answer it asks one thing."""
        if state.level is None or turn.questions or not turn.text:
            return turn
        text = normalise(turn.text).text
        elsewhere = (turn.guessed or turn.intent not in (*TOPIC, *_NEVER_LEANS)) and turn.confidence < CERTAIN
        last = Question.from_slot(state.level["question"])
        leans = (turn.intent == last.intent or not content(text)) if turn.guessed else asks(text)
        if elsewhere and leans and self._leaning_question(turn, state) is not None:
            return turn.meant("leaning")
        tells = turn.guessed and not (asks(text) or WHICH.search(text)) and last.intent in _MAY_CHOOSE
        if tells and self.answers.hints(turn.question()) and not self.answers.knows(turn.question()):
            # '性格はおとなしめ' after two jobs
            return replace(turn, intent="ask_what_suits_me", ranking=())
        if turn.guessed and _OTHER_JOBS.search(text):
            return turn.meant("ask_types")
        asked = text.endswith("?") or (turn.intent == "bye" and asks(text))
        if turn.intent in _YES_OR_NO and turn.confidence < CERTAIN and asked:
            # '嫌なら断れる？' says no to nothing, 'じゃあ何' no farewell.
            return replace(turn, intent="nlu_fallback")
        if last.intent in _OF_PAPERS and not turn.entities.get("job") and _MAY_BE_SAID.search(text):
            # '残業のこと聞いていい？' in an interview
            return turn.meant(last.intent)
        return turn

    def _apart(self, turn: Turn, state: State) -> Turn:
        """'受付と電話以外の事務ない？': one of the jobs that are left, where it is known which have little of that."""
        refusal = refused(turn.text) if turn.text else None
        if refusal is None or any(part.intent not in _OF_ALL_JOBS for part in turn.questions):
            return turn
        named = [job for job in turn.entities.get("job", ()) if job not in refusal.jobs]
        groups = [job for job in named if job in GROUPS]
        before = Question.from_slot(state.level["question"]) if state.level else Question("")
        last = before.jobs
        if not refusal.jobs and set(refusal.things) <= set(THAT_KIND):
            # 'そういうのがない事務' after '電話が苦手'
            refusal = replace(refusal, things=tuple(content(before.text)))
            if not refusal.things:
                return turn
        among = [job for job in named if job not in GROUPS]
        if len(groups) == len(GROUPS) or (len(among) > 1 and not refusal.jobs):
            # 'お客さんと会わないのはどっち？' of those that are named
            return turn
        if len(among) == 1 or not refusal.seeks:
            among = []
        elif not among and not named and not refusal.surely and not refusal.jobs:
            # '語学以外に必要なのは' after a job is about that.
            among = list(last) if len(last) > 1 else self._members(state.focus_jobs)
            # '人と話さなくていいやつで' is no wish for a human.
            among = among or (self._members(GROUPS) if turn.intent not in TOPIC else [])
        elif not among:
            among = self._members(groups or [job for job in GROUPS if job not in refusal.jobs])
        among = [job for job in among if job not in refusal.jobs]
        entities = {**turn.entities, "job": among}
        question = Question("ask_difference", tuple(among), entities, refusal.rest, refused=refusal.things)
        plan = self.answers.choice(question) if len(among) > 1 else None
        asks_aspect = turn.intent in ASPECT_OF and turn.confidence >= self._settings["sure"]
        told = bool(named) and not refusal.jobs and self.answers.knows(turn.question())
        if plan is not None and told and not plan.lines[0].id.startswith(LEFT):
            # '事務で残業ないとこある？' has its own sentence.
            return turn
        if plan is not None and not (asks_aspect and plan.lines[0].id == LEFT):
            return turn.meant("ask_difference", questions=(), entities=entities,
                text=refusal.rest, refused=refusal.things,
            )  # fmt: skip
        others = [job for job in GROUPS if job not in refusal.jobs]
        if not named and not refusal.things and len(refusal.jobs) == len(others) == 1:
            # '事務じゃないほう' is the other one.
            return replace(turn, text=refusal.rest, entities={**turn.entities, "job": others}, questions=())
        if "以外" not in turn.text or refusal.surely or not (named or state.focus_jobs):
            return turn
        # What is not wanted is no word of what is.
        return replace(turn, text=refusal.rest, entities={**turn.entities, "job": named})

    def _choosing(self, turn: Turn, state: State) -> Turn:
        """'総務と人事なら、採用するのはどっち？', or 'どっちが英語を使う？' after a comparison, as a comparison."""
        if turn.refused is not None:
            return turn
        text = normalise(turn.text).text
        if not turn.entities.get("job") and len(turn.entities.get("certificate", ())) > 1:
            # '簿記と社労士、どっちがどの仕事につながる？'
            return turn
        if not turn.entities.get("job") and TWO_THINGS.search(text):
            if turn.intent == "ask_difference":
                return self._of_two_things(turn)
            turn = replace(turn, questions=())
        if self.answers.puts_to_use(turn.question()):
            # '営業を10年やってきました。バックオフィスならどれが合いますか'
            return turn
        rather = RATHER_NOT.search(text) and _PREFERS.search(text) and not _SURELY_WHICH.search(text)
        if rather and not turn.entities.get("job") and self.answers.hints(turn.question()):
            # '人と話すより黙々と作業するほうが好き' tells of oneself.
            return turn.meant("ask_what_suits_me", questions=())
        real = [part for part in turn.questions if not only_names(part)]
        if not WHICH.search(text) or len({part.intent for part in real}) > 1:
            return turn
        if turn.confidence >= CERTAIN and turn.intent in _NOT_WHICH and not _SURELY_WHICH.search(text):
            return turn
        named = tuple(turn.entities.get("job", ()))
        jobs = named
        if not named:
            jobs = Question.from_slot(state.level["question"]).jobs if state.level else ()
            elsewhere = turn.intent in _OTHER_MATTERS and turn.confidence >= CERTAIN and not _THESE.search(text)
            # 'どっちがいい？' after two jobs
            of_two = turn.intent == "ask_what_suits_me" and len(jobs) == 2 and _EITHER.search(text)
            if elsewhere and not (of_two and not self.answers.tells_of_oneself(turn.question())):
                return turn
            one_of_two = _EITHER.search(text) or (_THE_ONE.search(text) and not _THESE.search(text))
            if state.level and len(jobs) < 2 and one_of_two:
                # '後者は？' was asked in between.
                jobs = tuple(state.level.get("compared", ())) or jobs
            recent = tuple(state.level.get("recent", ())) if state.level else ()
            if len(jobs) < 2 and len(recent) > 1 and (_THESE.search(text) or _EITHER.search(text)):
                # 'この3つで一番…なのは？', 'どっちが楽？' after one job and another
                jobs = recent[-2:] if _EITHER.search(text) else recent
        elif len(named) == 1 and named[0] not in GROUPS and turn.intent == "ask_difference":
            jobs = self._both_sides(Question("ask_difference", named), state).jobs
        if len(named) == 1 and not self._which_of(named[0], turn, text) and self.answers.knows(turn.question()):
            return turn
        if len(named) == 1 and named[0] in GROUPS and not WHICH.search(_CONDITION.sub(" ", text)):
            # '事務に移るなら最初の一歩は？' wishes for the group and asks for none of it.
            return turn
        if len(jobs) == 1 and not (jobs[0] in GROUPS and _WITHIN.search(text)):
            jobs = named
        about_one = len(state.focus_jobs) == 1 and state.focus_jobs[0] not in GROUPS
        if about_one and not _AMONG.search(text):
            # '英語がいちばん大事？' is about the job talked about.
            return turn
        if not named and TWO_THINGS.search(text):
            # '正確さとスピード、どっちが大事？' weighs no jobs.
            return turn
        unsure = _EITHER.search(text) is not None and turn.confidence < CERTAIN
        unsure = unsure or ((turn.guessed or turn.intent not in TOPIC) and turn.confidence < CERTAIN)
        if not jobs and (turn.intent in _WITHOUT_NAMES or unsure) and not self.answers.told_otherwise(turn.question()):
            jobs = GROUPS if _EITHER.search(text) else self.known.jobs
        if not jobs:
            return turn
        entities = {**turn.entities, "job": list(jobs)}
        told = self.answers.choice(Question("ask_difference", jobs, entities, turn.text)) is not None
        of_both = state.level is not None and len(jobs) == 2 and not named and _EITHER.search(text)
        if not told and not (of_both and turn.intent in (*ASPECT_OF, *_MAY_CHOOSE)):
            # 'どっちが難しい？' after two jobs is of both, whatever is known of that.
            return turn
        return turn.meant("ask_difference", questions=(), entities=entities)

    def _which_of(self, group: str, turn: Turn, text: str) -> bool:
        """'バックオフィスのなかで一番人と関わるのは？': one of a group, that no sentence of its own names."""
        if group not in GROUPS or not _WITHIN_GROUP.search(text):
            return False
        return self.answers.direct_aspect(turn.question()) != "types"

    @staticmethod
    def _of_two_things(turn: Turn) -> Turn:
        """'正確さとスピード、どっちが大事？' weighs no jobs: a question of its own, whatever was compared before."""
        likely = next((name for name, _ in turn.ranking if name in _WEIGHED), "ask_skills")
        return replace(turn, intent=likely, confidence=HARDLY, ranking=())

    def _reread(self, turn: Turn, state: State) -> Turn:
        """A reading that the last answer corrects: 'どんなことしてくれるの？' after the advisers is about them."""
        if not turn.text or turn.questions:
            return turn
        text = normalise(turn.text).text
        jobs = tuple(turn.entities.get("job", ()))
        of_work = turn.confidence < CERTAIN or _WITH_PEOPLE.fullmatch(text)
        wanted = turn.intent in _WANTED and of_work and state.focus_jobs and not jobs
        if wanted and self.answers.knows(turn.question("ask_job").with_jobs(state.focus_jobs)):
            return turn.meant("ask_job")
        if turn.intent in _ELSEWHERE and turn.confidence < CERTAIN:
            own = turn.question("ask_job")
            if self.answers.task_owner(own):
                return turn.meant("ask_who_does")
            if self.answers.knows(own) or (not jobs and self.answers.knows(own.with_jobs(state.focus_jobs))):
                return turn.meant("ask_job")
            if self.answers.is_near(own, "near"):
                return replace(turn, intent="ask_job", confidence=HARDLY, ranking=())
        unsure = turn.confidence < HARDLY and not jobs and not state.focus_jobs
        # '大学で法律をやってたけど活かせる？' tells of oneself.
        tells = unsure and TO_USE.search(text) and self.answers.hints(turn.question())
        if tells and not self.answers.is_near(turn.question("ask_job"), "surely_near"):
            return turn.meant("ask_what_suits_me")
        told = turn.intent == "ask_who_does" and turn.confidence < CERTAIN and not jobs and PAST.search(text)
        if told and self.answers.experienced(turn.question()):
            # '銀行の窓口やってた'
            return turn.meant("ask_what_suits_me")
        in_step = turn.intent in STEP_OF and not turn.entities.get("step") and turn.confidence < _HARDLY_A_STEP
        if in_step and self.answers.task_owner(turn.question()):
            # '輸出の書類に興味あり' speaks of a task, not of the papers for an application.
            return turn.meant("ask_who_does")
        if len(jobs) == 1 and turn.intent in _MAY_BE_INTEREST and _INTERESTED.search(text):
            return turn.meant("ask_job", text="")
        if (jobs or (state.focus_jobs and turn.intent not in TOPIC)) and _TO_GET_IN.search(text):
            return turn.meant("ask_entry")
        if turn.intent == "distress" and jobs and self._bare(turn):
            # '営業事務 しんどい' is what people type into a search box.
            return turn.meant("ask_demerits")
        if turn.intent == "cancel" and jobs:
            return turn.meant("follow_up")
        if state.level is None:
            return turn
        to, entities = self._after(Question.from_slot(state.level["question"]), turn, text)
        return turn if to is None else turn.meant(to, entities=entities)

    def _by_what_it_is(self, turn: Turn) -> Turn:
        """'資料づくりを手伝う事務のやりがい': the job that is named by what is done in it."""
        jobs = tuple(turn.entities.get("job", ()))
        text = normalise(turn.text).text
        end = last_asked(text)
        if _SAME_THING.search(text) and (len(jobs) > 1 or len(named_in(end)) > 1):
            # 'バックオフィスって要は事務のカッコいい言い方？', '社内SEって情シスのこと？'
            return turn.meant("ask_difference", questions=(), text=end if len(jobs) > 1 else turn.text)
        does = _WHO_DOES.search(text) if len(jobs) == 1 and jobs[0] in GROUPS else None
        owner = None if does is None else self.answers.owner(does["what"], self._members(jobs))
        if owner is None:
            return turn

        def renamed(part: Turn) -> Turn:
            return replace(part, entities={**part.entities, "job": [owner]}) if part.entities.get("job") else part

        return replace(renamed(turn), questions=tuple(map(renamed, turn.questions)))

    def _after(self, last: Question, turn: Turn, text: str) -> tuple[str | None, Mapping[str, Sequence[str]]]:
        """The intent that `turn` has after `last`, if another than was heard, and its entities."""
        jobs = turn.entities.get("job")
        hardness = {**turn.entities, "matter": ["難易度"]}
        to: str | None = None
        of_exam = last.intent == "ask_certificates" or last.entities.get("certificate")
        if of_exam and not jobs and len(text) <= _EXAM_LENGTH and _EXAM.search(text):
            return ("ask_untold", hardness) if turn.intent not in ("more_detail", "ask_difference") else (None, {})
        if of_exam and last.intent == "ask_untold" and not jobs and _WITHOUT_IT.search(text):
            return "ask_certificates", {}
        of_other = turn.intent in TOPIC and turn.intent != "ask_difference"
        if not of_other and _HARDNESS.search(text) and last.intent in _OF_JOBS:
            several = len(last.jobs) > 1 and _AMONG.search(text)
            to = "ask_difference" if several or _EITHER.search(text) else "ask_demerits"
        elif last.intent in SERVICE and not jobs:
            of_hours = turn.intent == "ask_worklife" and len(text) <= _FEW_WORDS
            terms = self.answers.asks_terms(text)
            if (turn.intent not in TOPIC and (terms or _WHEN.search(text))) or (of_hours and terms):
                # '土日は？' after the fee
                to = "ask_service_terms"
            elif turn.intent not in (*TOPIC, *_NEVER_LEANS) and turn.confidence < CERTAIN and asks(text):
                # '強制じゃないよね'
                to = "ask_service"
            elif (turn.intent == "ask_capabilities" and not _OF_THE_BOT.search(text)) or (
                turn.intent in STEP_OF and _TOO.search(text)
            ):
                to = "ask_service"
        elif turn.intent == "ask_capabilities" and last.intent in TOPIC and turn.confidence < CERTAIN:
            if last.intent == "ask_step_interview" and _ASKED_IN.search(text):
                to = "ask_step_interview"
            elif last.intent == "ask_entry":
                to = "ask_steps"
        elif last.intent == "ask_untold" and turn.intent not in TOPIC and turn.entities.get("matter"):
            to = "ask_untold"
        elif last.intent == "ask_untold" and last.entities.get("matter") and _MORE_OF_IT.search(text):
            # '事務と比べてどっちが高いの？' after the pay
            if not turn.entities.get("matter") and not self.answers.choice(turn.question("ask_difference")):
                return "ask_untold", {**last.entities, "job": list(jobs or last.jobs)}
        elif turn.intent == "ask_what_suits_me" and len(last.jobs) == 1 and not jobs and _WHOM.search(text):
            to = "ask_suits"
        elif not jobs and _BOTH.search(text) and len(last.jobs) == 2 and turn.confidence < CERTAIN:
            return "ask_difference", {**turn.entities, "job": list(last.jobs)}
        elif last.intent in _OF_PAPERS and turn.intent == "ask_what_suits_me" and not jobs and not seeks(text):
            # 'レジしかやったことないし' after the papers
            to = last.intent
        elif last.intent in STEPS and turn.intent in ("ask_steps", "ask_entry") and not jobs and len(text) <= LEANS:
            # '何準備すればいい' after the interview
            to = None if turn.entities.get("step") or _WHOLE_WAY.search(text) else last.intent
        elif last.intent == "ask_entry" and turn.confidence < HARDLY and _TO_PREPARE.search(text):
            to = "ask_steps"
        elif turn.intent == "distress" and last.intent in STEP_OF and turn.confidence < _HARDLY_A_STEP:
            # '声が震えるんだけど' after the interview
            to = last.intent
        elif last.intent in TOPIC and last.intent != "ask_step_self_analysis" and turn.intent in _TAKES_TIME:
            # 'どれくらいかかる？' after a way in asks for no fee.
            to = "ask_untold" if turn.intent == "ask_progress" or _HOW_LONG.search(text) else None
        return to, turn.entities


def _of(turn: Turn, jobs: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """The entities of a turn, with these jobs."""
    return {**turn.entities, "job": list(jobs)}
