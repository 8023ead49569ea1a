"""The description of both APIs at /api/openapi.json: this is the chat's; other apps add theirs.

A module named in `settings.OPENAPI_PARTS` has `PATHS` and `SCHEMAS` of the same form.
"""

from __future__ import annotations

import functools
import importlib
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

Json = dict[str, Any]


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def body(schema: Json, *, required: bool = True) -> Json:
    """A JSON request body."""
    return {"required": required, "content": {"application/json": {"schema": schema}}}


def answers(ok: int, schema: Json | None, *codes: int, content: str = "application/json") -> Json:
    """The answers of an operation: one good one, and the errors it may give."""
    good: Json = {"description": "OK"}
    if schema is not None:
        good["content"] = {content: {"schema": schema}}
    errors = {str(code): {"$ref": "#/components/responses/Error"} for code in sorted({*codes, 400, 403, 429, 503})}
    return {str(ok): good, **errors}


def _operation(
    summary: str, responses: Json, *, request: Json | None = None, public: bool = False, **more: Any
) -> Json:
    operation: Json = {"summary": summary, "tags": ["chat"], "responses": responses, **more}
    if request is not None:
        operation["requestBody"] = request
    operation["security"] = [] if public else [{"session": []}]
    return operation


_UUID: Json = {"type": "string", "format": "uuid", "pattern": "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"}
_TEXT: Json = {"type": "string", "minLength": 1, "maxLength": 2000}
_SEQ: Json = {"type": "integer", "minimum": 0}
_SEQ_PATH: Json = {"name": "seq", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}


def _object(required: list[str], properties: Json) -> Json:
    return {"type": "object", "required": required, "properties": properties}


_AFTER: Json = {
    "name": "after",
    "in": "query",
    "schema": {**_SEQ, "default": 0},
    "description": "Last seq the client has",
}
_LAST_ID: Json = {"name": "Last-Event-ID", "in": "header", "schema": _SEQ, "description": "Wins over `after`"}

SCHEMAS: Json = {
    "Error": _object(["code", "message"], {"code": {"type": "string"}, "message": {"type": "string"}}),
    "Config": _object(
        ["service", "consent", "limits"],
        {
            "service": _object(["name"], {"name": {"type": "string"}}),
            "consent": _object(
                ["version", "text"],
                {"version": {"type": "string"}, "text": {"type": "string"}, "url": {"type": "string"}},
            ),
            "limits": _object(["text"], {"text": {"type": "integer"}}),
            "texts": {"type": "object"},
            "human": _object(["available"], {"available": {"type": "boolean"}}),
            "session_days": {"type": "integer"},
        },
    ),
    "Session": _object(["token", "conversation"], {"token": {"type": "string"}, "conversation": _UUID}),
    "Message": {
        "oneOf": [
            {**_object(["id", "text"], {"id": _UUID, "text": _TEXT}), "additionalProperties": False},
            {
                **_object(["id", "choice"], {"id": _UUID, "choice": {"type": "string", "minLength": 1}}),
                "additionalProperties": False,
            },
        ]
    },
    "Accepted": _object(["seq"], {"seq": _SEQ}),
    "Event": _object(
        ["type", "from"],
        {
            "seq": {**_SEQ, "description": "Rises; hints (typing, waiting) have none and are not replayed"},
            "id": {**_UUID, "description": "The client's own id for the visitor's messages"},
            "type": {"type": "string", "examples": ["message", "status", "typing"]},
            "from": {"enum": ["user", "bot", "adviser", "system"]},
            "at": {"type": "string", "format": "date-time"},
            "text": {"type": "string"},
            "choices": {
                "type": "array",
                "items": _object(
                    ["id", "title"],
                    {
                        "id": {"type": "string"},
                        "title": {"type": "string"},
                        "control": {
                            "type": "boolean",
                            "description": "Steers a guided question (skip, back, pause) instead of answering it",
                        },
                    },
                ),
            },
            "card": {"type": "object"},
            "image": {"type": "string"},
            "name": {"type": "string"},
            "state": {"type": "string"},
            "position": {"type": "integer"},
            "progress": _object(["step", "of"], {"step": {"type": "integer"}, "of": {"type": "integer"}}),
        },
    ),
}

PATHS: Json = {
    "/api/chat/config": {
        "get": _operation("What the widget needs before consent", answers(200, _ref("Config")), public=True)
    },
    "/api/chat/sessions": {
        "post": _operation(
            "Open a session after consent",
            answers(201, _ref("Session"), 413, 422),
            request=body(
                _object(
                    ["consent", "consent_version"],
                    {
                        "consent": {"const": True},
                        "consent_version": {"type": "string", "minLength": 1, "maxLength": 100},
                    },
                )
            ),
            public=True,
        )
    },
    "/api/chat/messages": {
        "post": _operation(
            "Send a text or a tapped choice; the same id again gives the same seq",
            answers(202, _ref("Accepted"), 401, 409, 413, 422),
            request=body(_ref("Message")),
        )
    },
    "/api/chat/events": {
        "get": _operation(
            "Server-sent events after a seq: `id:` is the seq, `data:` one Event as JSON",
            answers(200, {"type": "string"}, 401, content="text/event-stream"),
            parameters=[_AFTER, _LAST_ID],
        )
    },
    "/api/chat/human": {
        "post": _operation(
            "Ask for a human",
            answers(202, _ref("Accepted"), 401, 409, 413, 422),
            request=body(_object([], {"id": _UUID}), required=False),
        ),
        "delete": _operation(
            "Stop waiting for a human; where nobody waits, nothing changes",
            answers(200, _object(["state"], {"state": {"type": "string"}}), 401, 429),
        ),
    },
    "/api/chat/end": {
        "post": _operation(
            "End the conversation", answers(202, _object(["state"], {"state": {"const": "closed"}}), 401)
        )
    },
    "/api/chat/rating": {
        "post": _operation(
            "Rate the conversation",
            answers(202, _object(["score"], {"score": {"type": "integer"}}), 401, 413, 422),
            request=body(
                _object(
                    ["score"],
                    {
                        "score": {"type": "integer", "minimum": 1, "maximum": 5},
                        "comment": {"type": "string", "maxLength": 2000},
                    },
                )
            ),
        )
    },
    "/api/chat/typing": {
        "post": _operation(
            "Show the adviser that the visitor types",
            answers(204, None, 401, 413, 422),
            request=body(_object(["typing"], {"typing": {"type": "boolean"}})),
        )
    },
    "/api/chat/consents": {
        "post": _operation(
            "Record a later consent or refusal",
            answers(
                201,
                _object(["kind", "given"], {"kind": {"type": "string"}, "given": {"type": "boolean"}}),
                401,
                413,
                422,
            ),
            request=body(
                _object(
                    ["kind", "version", "given"],
                    {
                        "kind": {"enum": ["self_analysis", "handover", "summary", "contact"]},
                        "version": {"type": "string", "minLength": 1, "maxLength": 100},
                        "given": {"type": "boolean"},
                    },
                )
            ),
        )
    },
    "/api/chat/transcript": {
        "get": _operation(
            "The transcript as a file",
            answers(200, {"type": "string"}, 401, 422, content="text/plain"),
            parameters=[{"name": "format", "in": "query", "schema": {"enum": ["txt", "json"], "default": "txt"}}],
        )
    },
    "/api/chat/line": {
        "get": _operation(
            "Whether going on in LINE is offered, and whether this visitor is linked",
            answers(
                200,
                _object(["available", "linked"], {"available": {"type": "boolean"}, "linked": {"type": "boolean"}}),
                401,
            ),
        ),
        "post": _operation(
            "A code, good once and for some minutes, that the visitor sends in LINE to link it",
            answers(
                201,
                _object(
                    ["code", "url", "qr", "minutes"],
                    {
                        "code": {"type": "string"},
                        "url": {"type": "string", "format": "uri"},
                        "qr": _object(["size", "path"], {"size": {"type": "integer"}, "path": {"type": "string"}}),
                        "minutes": {"type": "integer"},
                    },
                ),
                401,
                404,
                409,
                429,
            ),
        ),
        "delete": _operation("Part from LINE", answers(204, None, 401, 429)),
    },
    "/api/chat/data": {
        "get": _operation("Everything stored about the visitor", answers(200, {"type": "object"}, 401)),
        "delete": _operation("Delete everything stored about the visitor", answers(204, None, 401)),
    },
}
for _file, _kind in (("chart.png", "image/png"), ("sheet.pdf", "application/pdf")):
    PATHS[f"/api/chat/self-analysis/{{seq}}/{_file}"] = {
        "get": _operation(
            "The result of a self-analysis as a file",
            answers(200, {"type": "string", "format": "binary"}, 401, 404, content=_kind),
            parameters=[_SEQ_PATH],
        )
    }
_DRAFT_PARTS: Json = {name: {"type": "string"} for name in ("opening", "situation", "task", "action", "result")}
_DRAFT = _object(
    [*_DRAFT_PARTS, "text", "edited_at"],
    {**_DRAFT_PARTS, "text": {"type": "string"}, "edited_at": {"type": ["string", "null"], "format": "date-time"}},
)
PATHS["/api/chat/self-analysis/{seq}/draft"] = {
    "get": _operation("The draft of 自己PR as it stands", answers(200, _DRAFT, 401, 404), parameters=[_SEQ_PATH]),
    "put": _operation(
        "Reword the draft of 自己PR; 900 characters in all. The sheet is made with it",
        answers(200, _DRAFT, 400, 401, 404, 413, 422, 429),
        request=body(_object([], _DRAFT_PARTS)),
        parameters=[_SEQ_PATH],
    ),
}
PATHS["/api/chat/transcript"]["get"]["responses"]["200"]["content"]["application/json"] = {
    "schema": {"type": "array", "items": _ref("Event")}
}


@functools.cache
def described() -> Json:
    """The whole document."""
    paths, schemas = dict(PATHS), dict(SCHEMAS)
    for name in settings.OPENAPI_PARTS:
        part = importlib.import_module(name)
        paths.update(part.PATHS)
        schemas.update(part.SCHEMAS)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "道しるべ",
            "version": "1",
            "description": "The chat API of website visitors and the adviser API. Errors are {code, message}.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {
                "Error": {"description": "An error", "content": {"application/json": {"schema": _ref("Error")}}}
            },
            "securitySchemes": {
                "session": {"type": "http", "scheme": "bearer", "description": "Token of POST /api/chat/sessions"},
                "adviser": {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
                "adviserToken": {"type": "http", "scheme": "bearer", "description": "Token of an adviser's account"},
            },
        },
    }


@require_safe
def document(_request: HttpRequest) -> HttpResponse:
    """GET /api/openapi.json."""
    return JsonResponse(described(), json_dumps_params={"ensure_ascii": False})
