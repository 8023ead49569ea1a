"""What a person does not want: '電話以外の事務', '英語を使わない仕事', '貿易事務抜きで'."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from actions.job_answers.asking import JOB, seeks
from actions.job_answers.names import Named, named_in
from bot.nlu.normalise import normalise

_THE_ONE: Final = re.compile("(?:の|なの|やつ|ほう|方)(?:は|って|が(?:いい|良い)|で(?:お願いします|頼む)?)[?]?$")
# What is refused of people is what one does with them: '人と話さない'.
_PEOPLE: Final = ("人", "ひと", "誰か", "他人")
_MORE_THAN: Final = re.compile("(?:だけ|ばかり|ばっか|のみ)(?:じゃ|では)?$")
# Behind the names of jobs.
_NOT_THESE: Final = re.compile(
    "(?:さん|部|課|職|系|関係|関連|とか|みたいな|の仕事)*(?:は|を|も)?(?:(?:以外|いがい)|(?<!だけ)(?:じゃ|では|で)な(?:い(?:やつ|ほう|方|とこ|事務|仕事|部署|職種|バックオフィス)|くて)"
    "|抜き|ぬき|を?除|はずし|外し|(?:もう)?(?:パス|ぱす|勘弁|ng|論外|なし(?:で|の|に)))"
)
_BETWEEN: Final = re.compile("(?:さん|部|課|系|関係)?(?:と|や|、|・|か|とか|も|および|,|/)")
# Behind anything else; a noun for jobs follows, or one of several is sought.
_WITHOUT: Final = re.compile(
    "(?P<what>[^、。?!\n]{1,14}?)(?:"
    "(?:以外|いがい)(?:の|で|に(?!も)|なら|だと)"
    f"|(?<!だけ)(?<!ばかり)(?<!ばっか)(?:じゃ|では)な(?:い|さそうな)(?={JOB})"
    "|(?:(?:が|の|は|も|を|に|と|へ)?(?:一切|全然|全く|あまり|あんまり|そんなに|ほとんど)?"
    "(?:使わ|つかわ|しな|し|やら|関わら|かかわら|接し|会わ|話さ|しゃべら|喋ら|出|取ら|扱わ|触ら|いじら|見|書か|かけ|あわ|い|要|さ|読ま|求められ|必要)?"
    "(?:ない|無い|なくて(?:も)?(?:いい|良い|よい|ok|済む|すむ|大丈夫な)|ずに(?:済む|すむ|できる)|少ない|すくない|少なめの|少なそうな)"
    f"|(?:なし|無し|ゼロ|抜き|ノータッチ)(?:の|な|で)(?:(?:でき|入れ|働け|なれ|ok|い)[^、。?!]{{0,3}})?)(?:でも?(?:でき|い|入れ|働け)る)?(?={JOB}|の(?:は|って|どれ|が(?:いい|良)))"
    ")"
)
_NOUN: Final = re.compile("ない(?:事務|仕事|部署|職種|バックオフィス)$")
# A way in that is not wanted: '派遣じゃなくて', '契約社員は嫌'.
_NO_TEMP: Final = re.compile(
    "(?:派遣|契約)(?:社員)?(?:とか|で働くの|で入るの|で)?(?:の|は|を|に|も|から|という|って){0,2}"
    "(?:(?:じゃ|では|で)な(?:くて|く、|しに|い(?:ほう|方|やり方|方法|道|の))|以外|抜き|ぬき|なしで|無しで|嫌|いや(?!す)|イヤ|やだ"
    "|避けたい|(?:し|なり|行き|やり|働き|入り)たくな|ng|パス|勘弁)"
)
# What was spoken of just before: 'そういうのがない事務'.
THAT_KIND: Final = ("そういう", "そんな", "こういう", "こんな", "そういった", "そうゆう")
# Characters; longer texts tell a story.
_LONGEST: Final = 200
_THAT: Final = ("それ", "これ", "そこ", "それら")
# What stands before the thing itself.
_BEFORE: Final = re.compile("^.*(?:けど|から|ので|たら|なら|って|だし|中で|うち|で、|は(?!い))(?=.)")
_AFTER_MORE: Final = re.compile("(?:が|の|は|を|に|と|も)+$")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is not wanted of a text: jobs by name, other things in the person's words, and what is left of the text."""

    jobs: tuple[str, ...]
    things: tuple[str, ...]
    rest: str
    # one of several jobs is sought
    seeks: bool
    # ... by a noun for jobs or by 'which', not by a mere 'the one that …'
    surely: bool


def refused(text: str) -> Refusal | None:
    """What a text does not want; None where it refuses nothing."""
    plain = normalise(text).text
    if len(plain) > _LONGEST:
        return None
    names = named_in(text)
    jobs, spans = _jobs_refused(plain, names)
    things: list[str] = []
    for found in _WITHOUT.finditer(plain):
        begin, end = found.span("what")
        inside = [name for name in names if name.end == end]
        if inside or any(begin < to and since < found.end() for since, to in spans):
            continue
        what = _AFTER_MORE.sub("", _BEFORE.sub("", found["what"]))
        if what in _THAT:
            # '法務や労務はちょっと…。それ以外で'
            jobs += [name.job for name in names if name.end <= begin]
            spans += [(name.start, name.end) for name in names if name.end <= begin]
        elif what and not _MORE_THAN.search(what):
            things.append(found.group()[found.group().find(what) :] if what in _PEOPLE else what)
            spans.append((end - len(found["what"]) + found["what"].rfind(what), found.end()))
    if not jobs and not things:
        return None
    rest = plain
    for since, to in sorted(spans, reverse=True):
        rest = f"{rest[:since]} {rest[to:]}"
    # The noun may have gone with what is refused: '貿易じゃない事務で、専門っぽいのない？'
    swallowed = any(_NOUN.search(plain[since:to]) for since, to in spans) and bool(jobs)
    surely = seeks(rest) or (swallowed and seeks(plain))
    return Refusal(tuple(dict.fromkeys(jobs)), tuple(things), rest, surely or _THE_ONE.search(rest) is not None, surely)


def refuses_temp(text: str) -> bool:
    """Whether to begin as a temporary worker is not wanted."""
    return _NO_TEMP.search(normalise(text).text) is not None


def of_temp(text: str, aspect: str) -> bool:
    """Whether a sentence offers just that."""
    return aspect == "temp_work" or "派遣" in text


def _jobs_refused(plain: str, names: Sequence[Named]) -> tuple[list[str], list[tuple[int, int]]]:
    """The jobs whose names stand before 'other than', and where they stand."""
    jobs: list[str] = []
    spans: list[tuple[int, int]] = []
    for at, name in enumerate(names):
        mark = _NOT_THESE.match(plain, name.end)
        if mark is None:
            continue
        first = at
        # '経理と財務以外で'
        while first and _BETWEEN.fullmatch(plain[names[first - 1].end : names[first].start]):
            first -= 1
        jobs += [one.job for one in names[first : at + 1]]
        spans.append((names[first].start, mark.end()))
    return jobs, spans
