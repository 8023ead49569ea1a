"""Errors of the APIs: `{code, message}`, the message in Japanese and saying what to do next."""

from __future__ import annotations

from django.http import JsonResponse

from desk import metrics

MESSAGES = {
    "invalid_json": "送信内容を読み取れませんでした。ページを読み込み直してからお試しください。",
    "invalid_request": "送信内容に誤りがあります。入力を確認してもう一度お試しください。",
    "consent_required": "ご利用には、はじめの説明への同意が必要です。",
    "origin_not_allowed": "このサイトからはご利用いただけません。サイトの運営者にお問い合わせください。",
    "session_expired": "前回の相談から時間がたったため、接続が切れました。もう一度相談を始めてください。",
    "not_found": "お探しのものは見つかりませんでした。",
    "method_not_allowed": "この操作はできません。",
    "conversation_closed": "この相談は終了しています。新しい相談を始めてください。",
    "unknown_choice": "その選択肢は今は選べません。最新のメッセージからお選びください。",
    "empty": "メッセージを入力してください。",
    "too_long": "メッセージが長すぎます。2,000文字以内に分けてお送りください。",
    "too_large": "送信内容が大きすぎます。短くしてからお試しください。",
    "too_fast": "送信が続いています。少し待ってからもう一度お試しください。",
    "too_many_streams": "同時に開ける画面の数を超えました。使っていない画面を閉じてください。",
    "unavailable": "ただいま混み合っています。少し待ってからもう一度お試しください。",
    "internal": "申し訳ありません。問題が起きました。少し待ってからもう一度お試しください。",
}


def error(status: int, code: str, message: str = "", *, retry_after: int | None = None) -> JsonResponse:
    """The error as a response; without a message the usual one of its code."""
    metrics.REQUESTS.labels(code).inc()
    response = JsonResponse(
        {"code": code, "message": message or MESSAGES[code]}, status=status, json_dumps_params={"ensure_ascii": False}
    )
    response["Cache-Control"] = "no-store"
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response
