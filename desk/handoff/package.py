"""What an adviser is told on arrival, as an internal note: why, how urgent, self-analysis, topics, channel, consent."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from desk.conversations.models import Consent, Conversation, Event

REASONS = {
    "asked": "ご本人の希望",
    "button": "ご本人の希望（ボタン）",
    "not_understood": "自動応答が続けて理解できなかった",
    "distress": "つらい気持ちの訴え",
    "crisis": "命にかかわるおそれ",
    "complaint": "苦情・不満",
    "self_analysis": "自己分析の結果を相談したい",
    "engine_down": "自動応答が止まっている",
    "labour": "職場のトラブル",
}
URGENCIES = {"normal": "通常", "soon": "早め", "urgent": "至急"}
CHANNELS = {"web": "ウェブ", "line": "LINE"}
CONSENTS = {
    "chat": "チャットの利用",
    "self_analysis": "自己分析",
    "handover": "引き継ぎ",
    "summary": "要約の共有",
    "contact": "連絡先の保存",
}
_WORDS = 6
_ASKED = 5
#: 「はい」「うん」「OK」 and the like are no longer than this.
_ASSENT = 3


def latest_self_analysis(conversation: Conversation) -> dict[str, Any] | None:
    """The person's newest result, on whichever channel it was made."""
    cards = Event.objects.filter(
        conversation__person_id=conversation.person_id, type="message", data__card__kind="self_analysis"
    )
    newest = cards.order_by("-at").first()
    return newest.data["card"] if newest else None


def may_see_self_analysis(conversation: Conversation) -> bool:
    """The result is shown once the person has agreed to share it; the newest answer counts."""
    newest = (
        Consent.objects.filter(person_id=conversation.person_id, kind__in=["summary", "handover"])
        .order_by("-at", "-id")
        .first()
    )
    return newest is not None and newest.given


def build(conversation: Conversation, *, reason: str, summary: str, urgency: str) -> dict[str, Any]:
    """The package as data; the note's text is made of it."""
    # Taps and short assents tell an adviser nothing.
    said = Event.objects.filter(conversation=conversation, type="message", author=Event.Author.USER).exclude(
        data__has_key="choice"
    )
    recent = said.order_by("-seq").values_list("text", flat=True)[: _ASKED * 3]
    asked = [text for text in recent if len(text.strip()) > _ASSENT][:_ASKED]
    consents = Consent.objects.filter(person_id=conversation.person_id).order_by("at")
    result = latest_self_analysis(conversation) if may_see_self_analysis(conversation) else None
    return {
        "reason": reason,
        "reason_text": REASONS.get(reason, reason),
        "urgency": urgency,
        "summary": summary,
        "channel": conversation.channel,
        "since": timezone.now().isoformat(),
        "asked": asked[::-1],
        "self_analysis": _brief(result) if result else None,
        "consents": {consent.kind: consent.given for consent in consents},
    }


def _brief(result: dict[str, Any]) -> dict[str, Any]:
    return {
        "axis": result.get("axis"),
        "roles": [role["job"] for role in result.get("roles", [])[:3]],
        "words": [item["words"] for item in result.get("evidence", []) if item.get("words")][:_WORDS],
        "conditions": result.get("conditions", []),
        "next_step": result.get("next_step", ""),
    }


def as_text(package: dict[str, Any]) -> str:
    """The note that advisers read and search."""
    lines = [
        f"理由: {package['reason_text']}（緊急度: {URGENCIES.get(package['urgency'], package['urgency'])}）",
        f"窓口: {CHANNELS.get(package['channel'], package['channel'])}",
    ]
    if package["summary"]:
        lines.append(f"ご本人が確認した要約: {package['summary']}")
    analysis = package["self_analysis"]
    if analysis:
        if analysis["roles"]:
            lines.append(f"自己分析で挙がった仕事: {'、'.join(analysis['roles'])}")
        lines += [f"ご本人の言葉: 「{words}」" for words in analysis["words"]]
    if package["asked"]:
        lines.append("最近の発言: " + " / ".join(package["asked"]))
    given = [CONSENTS.get(kind, kind) for kind, yes in package["consents"].items() if yes]
    lines.append(f"同意: {'、'.join(given) if given else 'なし'}")
    return "\n".join(lines)
