"""The way to a new job, the advisers' service, and what cannot be told."""

from __future__ import annotations

from dataclasses import replace

from actions.job_answers.asking import asks, stretches
from actions.job_answers.aspects import INTENT_OF, PHRASES, STEP_OF
from actions.job_answers.lines import once
from actions.job_answers.model import Line, Plan, Question
from actions.job_answers.tasks import Tasks
from actions.knowledge.model import Matter
from actions.knowledge.search import spell


class Guides(Tasks):
    """Tells of steps and service; says what it does not know."""

    def step(self, question: Question) -> Plan:
        """The way to a new job, or one of its four steps."""
        section = self.known.steps[STEP_OF[question.intent]]
        lines = [replace(self._line(passage), level=0 if passage.level == 0 else 1) for passage in section.passages]
        plan = Plan(tuple(lines), lead=section.lead or "", plain=section.plain or "", jobs=())
        return self._asked_first(plan, question, elsewhere=False)

    def service(self, question: Question) -> Plan:
        """What the advisers do."""
        section = self.known.service
        lines = [self._line(passage) for passage in section.passages]
        lines += [replace(self._line(passage), level=1) for passage in self.known.view.passages]
        plan = Plan(once(lines), lead=section.lead or "", plain=section.plain or "", offer="request_human")
        return self._asked_first(plan, question, elsewhere=False)

    def service_terms(self, question: Question) -> Plan:
        """Fee, hours and the like from the operator's settings; an honest sentence where they are not set."""
        texts = self.known.service_terms
        asked = spell(question.text)
        wanted = [item for item in texts["items"] if any(spell(word) in asked for word in item["words"])]
        lines: list[Line] = []
        open_questions: list[str] = []
        for item in wanted or texts["items"][:3]:
            value = self.operator.get(item["key"])
            if isinstance(value, list):
                value = "、".join(map(str, value))
            if value:
                text = texts["known"].format(item=item["name"], value=str(value))
                lines.append(Line(f"terms.{item['key']}", text, bullet=len(wanted) != 1))
            else:
                open_questions.append(item["name"])
        if open_questions:
            text = texts["unknown"].format(item="、".join(open_questions)) + texts["how"]
            lines.append(Line("terms.unknown", text, bullet=False))
        if wanted and any(asks(part) and not self.asks_terms(part) for part in stretches(question.text)):
            # '無料ですか？あとどんな相談ができますか'
            lines += [replace(line, header="") for line in self.service(replace(question, text="")).lines]
        return Plan(tuple(lines), plain="", offer="request_human" if open_questions else None)

    def names_matter(self, text: str, *, outside: bool = False) -> bool:
        """Whether a text names something that cannot be told; `outside`: by words that never mean anything else."""
        return any(matter.outside or not outside for matter in self._matters_in(text))

    def _matters_in(self, text: str) -> list[Matter]:
        asked = spell(text)
        return [matter for matter in self.known.matters if any(spell(word) in asked for word in matter.words)]

    def untold(self, question: Question) -> Plan:
        """What the bot cannot know: said so, with the way to find out; then what it does know."""
        named = list(question.entities.get("matter", ()))
        matters = [matter for matter in self.known.matters if matter.name in named]
        if not matters:
            matters = self._matters_in(question.text)
        if not matters and question.text and not question.sure:
            told = self._by_words(question)
            if told is not None:
                return told
        lines: list[Line] = []
        for matter in matters[:2]:
            lines.append(Line(f"untold.{matter.name}", matter.text + matter.how, bullet=False))
        if matters and matters[0].name == "難易度":
            for name in question.entities.get("certificate", ())[:1]:
                section = self.known.certificates.get(name)
                lines += [self._line(passage, bullet=False) for passage in section.passages[:1]] if section else []
        if not lines:
            lines += self.unknown(question).lines
        rest: list[Line] = []
        if question.intent in STEP_OF:
            # '面接の服装は？': how to prepare is known.
            rest = [replace(line, level=1) for line in self.step(replace(question, text="", entities={})).lines]
        elif question.intent not in ("ask_untold", "ask_difference"):
            rest = [replace(line, level=1) for line in self.about(replace(question, entities={})).lines]
        elif matters and matters[0].then and len(question.jobs) == 1:
            # '営業事務の一日って？': what is done in it is known.
            beside = self.about(Question(matters[0].then, question.jobs)).lines
            rest += [replace(line, header=line.header or "") for line in beside]
        return Plan(once([*lines, *rest]), plain="", jobs=question.jobs, offer="request_human")

    def _matter(self, question: Question) -> Matter | None:
        named = question.entities.get("matter", ())
        return next((matter for matter in self.known.matters if matter.name in named), None)

    def how_to_find_out(self, question: Question) -> str:
        """Where what cannot be told is found out."""
        matter = self._matter(question)
        return matter.how if matter else self.known.untold["other"]

    def untold_again(self, question: Question) -> str:
        """The same of what is asked next, without where to find it out."""
        matter = self._matter(question)
        return str(self.known.replies["untold_again"]).format(
            text=matter.text if matter else self.known.untold["again"]
        )

    def unknown(self, question: Question) -> Plan:
        """That something is not known, and where it can be found out."""
        said = Line("untold.other", self.known.untold["lead"] + self.known.untold["other"], bullet=False)
        return Plan((said,), jobs=question.jobs, offer="request_human")

    def _by_words(self, question: Question) -> Plan | None:
        """The answer that the words alone point to, where the intent led nowhere; None where they do not."""
        sure = self.known.settings["sure_task"]
        if not question.jobs and self.hits(question, self._is_task, sure):
            return self.who_does(replace(question, intent="ask_who_does"))
        for passage in self.hits(question, lambda p: p.aspect not in PHRASES, sure)[:1]:
            if passage.aspect in INTENT_OF and (not question.jobs or passage.subject in question.jobs):
                jobs = question.jobs or ((passage.subject,) if passage.subject in self.known.subjects else ())
                return self._planned(replace(question, intent=INTENT_OF[passage.aspect], jobs=jobs, entities={}))
        return None
