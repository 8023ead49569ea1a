"""The summary that a person sees before it is shared: from what was recognised, never from free text.

Free text could hold what must not be passed on (family, health, beliefs); recognised jobs and topics cannot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from actions.topic_texts import topic_texts

LONGEST: Final = 500
_MOST_TOPICS: Final = 4

TOPICS: Final = {
    "ask_job": "仕事の内容",
    "ask_types": "仕事の種類",
    "ask_difference": "仕事の違い",
    "ask_suits": "向いている人",
    "ask_what_suits_me": "自分に合う仕事",
    "ask_skills": "必要なスキル",
    "ask_merits": "良いところ",
    "ask_demerits": "大変なところ",
    "ask_career": "キャリアの進み方",
    "ask_worklife": "働き方・残業",
    "ask_certificates": "資格",
    "ask_entry": "未経験からの始め方",
    "ask_temp_work": "派遣から始めること",
    "ask_industry": "業界・会社選び",
    "ask_steps": "転職の進め方",
    "ask_step_self_analysis": "自己分析のしかた",
    "ask_step_research": "情報の集め方",
    "ask_step_documents": "応募書類",
    "ask_step_interview": "面接",
    "ask_who_does": "どの仕事が何をするか",
    "ask_untold": "求人ごとの条件",
    "ask_service": "サービスの内容",
    "ask_service_terms": "料金・時間など",
}
REASONS: Final = {
    "complaint": "チャットの返事が十分でなかった",
    "not_understood": "チャットではうまく伝わらなかった",
    "distress": "不安な気持ちを話したい",
    "labour": "職場のことで困っている",
    "discrimination": "応募や面接で気になることがあった",
    "self_analysis": "自己分析の結果を相談したい",
}
_BANDS: Final = {
    "clear": "はっきりした傾向",
    "slight": "やや傾向あり",
    "both": "どちらにも手がかりあり",
    "insufficient": "途中",
}


def _jobs(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _result(payload: Mapping[str, Any]) -> str:
    """One line about a self-analysis: the band and up to three jobs, no numbers."""
    axis = payload.get("axis") or {}
    told = _BANDS.get(str(axis.get("band")), "")
    value = axis.get("value")
    if axis.get("band") in ("clear", "slight") and isinstance(value, int | float):
        told = f"{'バックオフィス' if value > 0 else '事務職'}寄り（{told}）"
    roles = [str(one.get("job")) for one in payload.get("roles") or [] if isinstance(one, dict)][:3]
    return told + (f"、{'・'.join(roles)}" if roles else "")


def summarise(events: Iterable[Mapping[str, Any]], focus_jobs: object, reason: str) -> str:
    """The summary of a conversation, '' where nothing was recognised; at most LONGEST characters."""
    texts = topic_texts("handoff")
    jobs: dict[str, None] = {}
    topics: dict[str, None] = {}
    result: Mapping[str, Any] | None = None
    for event in events:
        if event.get("event") == "user":
            data = event.get("parse_data") or {}
            topic = TOPICS.get(str((data.get("intent") or {}).get("name")))
            if topic:
                topics.pop(topic, None)
                topics[topic] = None
            for entity in data.get("entities") or []:
                if entity.get("entity") == "job" and topic:
                    jobs.update(dict.fromkeys(_jobs(entity.get("value"))))
        elif event.get("event") == "bot":
            custom = (event.get("data") or {}).get("custom")
            if isinstance(custom, dict) and isinstance(custom.get("self_analysis"), dict):
                result = custom["self_analysis"]
    jobs.update(dict.fromkeys(_jobs(focus_jobs)))
    lines: list[str] = []
    if reason in REASONS:
        lines.append(texts["summary_reason"].format(reason=REASONS[reason]))
    if jobs:
        lines.append(texts["summary_jobs"].format(jobs="、".join(list(jobs)[-_MOST_TOPICS:])))
    if topics:
        lines.append(texts["summary_asked"].format(asked="、".join(list(topics)[-_MOST_TOPICS:])))
    if result is not None:
        lines.append(texts["summary_result"].format(result=_result(result)))
    return "\n".join(lines)[:LONGEST]
