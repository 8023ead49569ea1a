"""What the desk itself says to visitors. The operator's own wording comes from data/operator.yml."""

from __future__ import annotations

from functools import lru_cache

from bot import operator_settings
from bot.documents import DocumentError


@lru_cache(maxsize=1)
def operator() -> operator_settings.Operator:
    """The operator's settings, read once: a change needs a restart. What is wrong in them ends the process."""
    try:
        return operator_settings.operator()
    except DocumentError as wrong:
        raise SystemExit(str(wrong)) from wrong


#: What a person is called who answers in the conversation: one name, here and in what the bot says.
ADVISER = str(operator().get("adviser_title") or "アドバイザー")

NOTICE = (
    "こんにちは。バックオフィスや事務のお仕事についての相談窓口です。"
    f"ここでは自動応答プログラムがお答えします。{ADVISER}との相談もいつでもご希望いただけます。"
)
APOLOGY = (
    "お待たせして申し訳ありません。ただいまお答えを準備できませんでした。"
    f"少し時間をおいてもう一度送っていただくか、{ADVISER}への相談をお選びください。"
)
NO_ANSWER = f"うまくお答えできませんでした。別の言い方でもう一度お送りいただくか、{ADVISER}への相談をお選びください。"
HUMAN_CHOICE = f"{ADVISER}に相談する"
ASKED_HUMAN = f"{ADVISER}に相談したいです"
HUMAN_ASK = (
    f"{ADVISER}への相談をご希望ですね。ただいま自動応答が止まっているため、こちらで承ります。"
    f"おつなぎすると、これまでの会話を{ADVISER}が読みます。おつなぎしてよろしいですか。"
)
HUMAN_YES = "つないでください"
HUMAN_NO = "やめる"
HUMAN_AT_ONCE = f"{ADVISER}におつなぎします。このまま、ここにいてください。"
STOP_WAITING = "待つのをやめる"
#: Typed while waiting, these are the wish to stop. Nothing that could be said in despair (「もういいです」).
STOP_WORDS = frozenset(
    {
        "やめる",
        "やめます",
        "やっぱりやめる",
        "やっぱりやめます",
        "やっぱやめる",
        "待つのをやめる",
        "待つのをやめます",
        "キャンセル",
        "キャンセルします",
        "取り消し",
        "取り消します",
    }
)
NO_HUMAN = f"申し訳ありません。ただいま{ADVISER}におつなぎできません。時間をおいてもう一度お試しください。"
ENDED_BY_VISITOR = "相談を終了しました。ご利用ありがとうございました。"
SLOW = "少し時間がかかっています。このままお待ちください。"

CONSENT_VERSION = "2026-11"
CONSENT_TEXT = (
    "この相談窓口では、お仕事のご相談にお答えするために、入力された内容を保存します。"
    "保存した内容は相談への対応のほかには使いません。いつでもご自分で削除できます。"
)


def notice() -> str:
    """The automatic-service notice."""
    return str(operator().get("notice") or NOTICE)


def service_name() -> str:
    """What the service is called."""
    return str(operator().get("service_name") or "道しるべ")


def consent() -> dict[str, str]:
    """Version and wording of what a visitor agrees to before anything is stored."""
    own = operator().get("consent") or {}
    result = {"version": str(own.get("version") or CONSENT_VERSION), "text": str(own.get("text") or CONSENT_TEXT)}
    link = own.get("link") or (operator().get("privacy") or {}).get("policy_url")
    if link:
        result["url"] = str(link)
    return result
