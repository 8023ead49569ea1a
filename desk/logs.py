"""Structured logs: one JSON object a line. Callers give ids and figures in `extra`, never what people wrote."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName", "color_message"}
#: Fields that could carry what people wrote; a mistake in a call must not put them into a log.
_NEVER = frozenset({"text", "body", "message_text", "payload", "request", "args"})


def is_news(record: logging.LogRecord) -> bool:
    """False for Django's line about each 503: it is said where it arises, or it is /readyz doing its work."""
    return getattr(record, "status_code", 0) != 503


class JsonFormatter(logging.Formatter):
    """Formats a record as JSON with its extra fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line of JSON."""
        entry: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "log": record.name,
            "event": record.getMessage(),
        }
        for key, value in record.__dict__.items():
            if key in _STANDARD or key in _NEVER or key.startswith("_"):
                continue
            entry[key] = value if isinstance(value, int | float | bool | None) else str(value)
        if record.exc_info and record.exc_info[0] is not None:
            entry["error"] = record.exc_info[0].__name__
            entry["trace"] = self._frames(record)
        return json.dumps(entry, ensure_ascii=False)

    @staticmethod
    def _frames(record: logging.LogRecord) -> list[str]:
        """Where it happened, without the error's own text: that may quote what people wrote."""
        frames: list[str] = []
        trace = record.exc_info[2] if record.exc_info else None
        while trace is not None:
            code = trace.tb_frame.f_code
            frames.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
        return frames[-12:]
