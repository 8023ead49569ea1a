"""Schemas of the custom payloads that the engine sends and the desk validates, in one place.

Imports only the standard library and jsonschema: both environments use it.
"""

from __future__ import annotations

from typing import Any, Final

import jsonschema

URGENCIES: Final = ("normal", "soon", "urgent")

_TEXT: Final[dict[str, Any]] = {"type": "string", "maxLength": 2000}
_SHORT: Final[dict[str, Any]] = {"type": "string", "minLength": 1, "maxLength": 200}
# A place on the axis: -1 is its left end (事務職), +1 its right end (バックオフィス), null is not answered.
_PLACE: Final[dict[str, Any]] = {"type": ["number", "null"], "minimum": -1, "maximum": 1}
_TAGGED: Final[dict[str, Any]] = {"tag": _SHORT, "words": _TEXT}


def _closed(properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """An object that has all of `properties` but the `optional` ones, and nothing else."""
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


HANDOFF: Final = _closed(
    {
        "reason": _SHORT,  # asked, not_understood, distress, crisis, complaint, self_analysis, ...
        "summary": _TEXT,  # what the person has seen and agreed to share; may be empty
        "urgency": {"enum": list(URGENCIES)},
    }
)

PROGRESS: Final = _closed({"step": {"type": "integer", "minimum": 0}, "of": {"type": "integer", "minimum": 1}})

ALERT: Final = _closed({"kind": {"enum": ["crisis", "crisis_other", "labour"]}, "urgency": {"enum": list(URGENCIES)}})

# The person was asked and has answered; the desk keeps the record, with the version of its own wording by default.
CONSENT: Final = _closed(
    {"kind": {"enum": ["self_analysis", "handover", "summary"]}, "given": {"type": "boolean"}, "version": _SHORT},
    optional=("version",),
)

SELF_ANALYSIS: Final = _closed(
    {
        "version": _SHORT,
        "axis": _closed(
            {
                "value": {"type": ["number", "null"], "minimum": -1, "maximum": 1},  # + is バックオフィス
                "coverage": {"type": "number", "minimum": 0, "maximum": 1},
                "band": {"enum": ["insufficient", "both", "slight", "clear"]},
            }
        ),
        "roles": {
            "type": "array",
            "items": _closed(
                {"job": _SHORT, "score": {"type": "number"}, "sources": {"type": "array", "items": _SHORT}}
            ),
        },
        "evidence": {"type": "array", "items": _closed({**_TAGGED, "confirmed": {"type": "boolean"}})},
        "counter": {"type": "array", "items": _closed(dict(_TAGGED))},
        "conditions": {"type": "array", "items": _SHORT},
        "confidence": {"enum": ["not_enough", "weak", "fair"]},
        "next_step": _TEXT,
        # What the widget, LINE's picture and the sheet show; all of it follows from the answers.
        "chart": _closed(
            {
                "rows": {
                    "type": "array",
                    "maxItems": 12,
                    "items": _closed(
                        {
                            "label": _SHORT,
                            "left": _SHORT,
                            "right": _SHORT,
                            "value": _PLACE,
                            "low": _PLACE,
                            "high": _PLACE,
                        }
                    ),
                }
            }
        ),
        "card": _closed(
            {
                "headline": _TEXT,
                "clues": {"type": "array", "items": _TEXT},
                "cautions": {"type": "array", "items": _TEXT},
                "sureness": _TEXT,
                "more": {"type": "array", "items": _TEXT},  # what is missing; jobs between the two; a deciding question
                "jobs": _TEXT,  # a sentence beside the jobs of `roles`; may be empty
                "next": _TEXT,
                "closing": {"type": "array", "items": _TEXT},  # the wish, and that this is no test
            },
            optional=("more", "jobs", "closing"),
        ),
        # 自己PR, only from the person's own words; an empty part was not told
        "draft": _closed(
            {"opening": _TEXT, "situation": _TEXT, "task": _TEXT, "action": _TEXT, "result": _TEXT, "text": _TEXT},
            optional=("opening",),
        ),
        "wish": _TEXT,  # 'in a year, what would make you say good'
        "text": {"type": "string", "maxLength": 8000},  # the card in words, for whoever shows none
    },
    optional=("chart", "card", "draft", "wish", "text"),
)

SCHEMAS: Final[dict[str, dict[str, Any]]] = {
    "handoff": HANDOFF,
    "self_analysis": SELF_ANALYSIS,
    "progress": PROGRESS,
    "alert": ALERT,
    "consent": CONSENT,
}

# Compiled once: checking a schema against its meta-schema on every message costs milliseconds.
_VALIDATORS: Final = {name: jsonschema.Draft7Validator(schema) for name, schema in SCHEMAS.items()}


class PayloadError(ValueError):
    """A custom payload that is not of the shape agreed between engine and desk."""


def validate(custom: object) -> None:
    """Checks a reply's `custom` object: one or more of the known payloads, each of its schema.

    Raises:
        PayloadError: names the payload and the first place that is wrong; never quotes the value.
    """
    if not isinstance(custom, dict) or not custom:
        raise PayloadError("custom is not an object with a payload")
    for name, payload in custom.items():
        validator = _VALIDATORS.get(name)
        if validator is None:
            raise PayloadError(f"unknown payload {str(name)[:40]!r}")
        error = next(iter(validator.iter_errors(payload)), None)
        if error is not None:
            place = ".".join(str(part) for part in error.absolute_path) or "(top)"
            raise PayloadError(f"{name}: {place} violates {error.validator}")
