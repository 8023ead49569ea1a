"""Figures of the LINE channel for /metrics."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

WEBHOOKS = Counter("desk_line_webhooks_total", "Webhook requests, by result", ["result"])
EVENTS = Counter("desk_line_events_total", "Webhook events dealt with, by type", ["kind"])
CALLS = Counter("desk_line_calls_total", "Calls of LINE's API, by call and result", ["call", "result"])
LIMITED = Counter("desk_line_limited_total", "429 of LINE's API, by reason: monthly or rate", ["reason"])
DOUBTS = Counter("desk_line_doubts_total", "Replies of which nobody can say whether LINE took the first try")
EXHAUSTED = Gauge("desk_line_monthly_limit_reached", "1 while the last push was refused for the monthly limit")
WEBHOOK_SECONDS = Histogram(
    "desk_line_webhook_seconds", "Time to answer a webhook", buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2)
)
