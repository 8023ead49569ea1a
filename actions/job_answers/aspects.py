"""Which intent asks for which aspect of what is known."""

from __future__ import annotations

import re
from typing import Final

# Intent -> the aspect of a subject that answers it.
ASPECT_OF: Final = {
    "ask_suits": "suits",
    "ask_skills": "skills",
    "ask_merits": "merits",
    "ask_demerits": "demerits",
    "ask_career": "career",
    "ask_worklife": "worklife",
    "ask_certificates": "certificates",
    "ask_entry": "entry",
    "ask_temp_work": "temp_work",
    "ask_industry": "industry",
}
STEP_OF: Final = {
    "ask_steps": "steps_all",
    "ask_step_self_analysis": "self_analysis",
    "ask_step_research": "research",
    "ask_step_documents": "documents",
    "ask_step_interview": "interview",
}
# The other way round.
OF_ASPECT: Final = {aspect: intent for intent, aspect in ASPECT_OF.items()}
OF_STEP: Final = {aspect: intent for intent, aspect in STEP_OF.items()}
# Aspect of an entry in direct.yml -> the intent whose answer goes on from there.
INTENT_OF: Final = {
    "job": "ask_job", "types": "ask_types", "difference": "ask_difference", "service": "ask_service",
    **OF_ASPECT, **OF_STEP,
}  # fmt: skip
# Work with pay, not how much it is.
PAY_WORK: Final = re.compile(
    "計算|手続|集計|管理|処理|振り?込|払[うっいわ]|額[をも](?:決|計)|(?:給料|給与)[をも]?(?:決|出|渡)"
)
# Aspects whose passages are phrases ('契約書を作成し、確認する'), not sentences.
PHRASES: Final = ("duties",)
