"""What people tell of a hard time: told, not asked for, and not said of the jobs spoken about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from actions.job_answers.asking import stretches
from actions.job_answers.names import named_in
from actions.knowledge.model import Hardship, Knowledge
from actions.knowledge.search import spell

# A clause that tells ends here, though the sentence goes on: '腰を痛めて、…', '残業続きで、…'.
_CLAUSE: Final = re.compile("(?<=[てでし])[、,]")
_ASKED: Final = re.compile("(?:[?]|か|かな|かね|かしら|の|でしょう|教えて.{0,6})[。!…]*$")
# '経理は…', '事務って…': what follows is said of the job.
_OF_THE_JOB: Final = re.compile("(?:職|の仕事|系)?(?:は|って|が|も|の|だと|なら)")


def told_hardship(known: Knowledge, text: str) -> Hardship | None:
    """The first kind of hardship, in the order of the file, that somebody tells of; None where nobody does."""
    told = [spell(clause) for clause in _told(text)]
    told = [clause for clause in told if not any(word in clause for word in known.no_hardship)]
    return next((kind for kind in known.hardships if any(_fits(kind, clause) for clause in told)), None)


def _told(text: str) -> Iterator[str]:
    for stretch in stretches(text):
        for clause in _CLAUSE.split(stretch):
            of_a_job = any(_OF_THE_JOB.match(clause, name.end) for name in named_in(clause))
            if not (_ASKED.search(clause) or of_a_job):
                yield clause


def _fits(kind: Hardship, clause: str) -> bool:
    return all(any(word in clause for word in words) for words in kind.every)
