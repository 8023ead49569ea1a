"""Figures for Prometheus, served at /metrics: turns, waiting, failures, time by stage."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

_STAGES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

ACCEPTED = Counter("desk_messages_accepted_total", "Messages stored, by channel", ["channel"])
TURNS = Counter("desk_turns_total", "Messages dealt with, by outcome", ["outcome"])
APOLOGIES = Counter("desk_apologies_total", "Answers that the engine did not give in time")
DROPPED = Counter("desk_replies_dropped_total", "Bot replies dropped because the owner had changed")
LATE = Counter("desk_replies_late_total", "Bot replies dropped because the apology had been sent")
UNTOLD = Counter("desk_engine_untold_total", "Internal intents that the engine could not be told in time")
ENGINE_FAILURES = Counter("desk_engine_failures_total", "Failed tries of the engine, by kind", ["kind"])
INVALID_PAYLOADS = Counter("desk_invalid_payloads_total", "Custom payloads of the engine that break their schema")
ALERTS = Counter("desk_alerts_total", "Alerts to advisers, by kind", ["kind"])
OWNER_CHANGES = Counter("desk_owner_changes_total", "Changes of a conversation's state", ["before", "after"])
DELIVERIES = Counter("desk_deliveries_total", "Outbox rows dealt with, by channel and state", ["channel", "state"])
LIMITED = Counter("desk_limited_total", "Calls refused by a rate limit, by limit", ["limit"])
UNCHECKED = Counter("desk_crisis_unchecked_total", "Diverted messages that the engine's classifier never saw")
REQUESTS = Counter("desk_api_errors_total", "Errors of the chat API, by code", ["code"])

STREAMS = Gauge("desk_streams", "Open event streams", ["kind"])
WAITING = Gauge("desk_messages_waiting", "Messages without an outcome, as the sweeper last saw them")
WAITING_SECONDS = Gauge("desk_messages_waiting_seconds", "Age of the oldest of them")
OUTBOX_WAITING = Gauge("desk_outbox_waiting", "Outbox rows not yet sent, as the sweeper last saw them")

STAGE = Histogram(
    "desk_stage_seconds", "Time of a turn by stage: queued, engine, store, total", ["stage"], buckets=_STAGES
)
