"""The adviser API's part of /api/openapi.json."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_ERROR: Json = {"$ref": "#/components/responses/Error"}
_ID: Json = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
_TEXT: Json = {"type": "string", "minLength": 1, "maxLength": 4000}
_UID: Json = {"type": "string", "format": "uuid", "description": "The same id again changes nothing"}


def _ok(description: str, schema: str = "") -> Json:
    good: Json = {"description": description}
    if schema:
        good["content"] = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return good


def _operation(summary: str, good: Json, *, body: Json | None = None, **more: Any) -> Json:
    operation: Json = {
        "summary": summary,
        "tags": ["desk"],
        "security": [{"adviser": []}, {"adviserToken": []}],
        "responses": {"200": good, **dict.fromkeys(("400", "401", "403", "404", "409", "413", "422"), _ERROR)},
        **more,
    }
    if body is not None:
        operation["requestBody"] = {
            "required": bool(body.get("required")),
            "content": {"application/json": {"schema": body}},
        }
    return operation


def _object(required: list[str], **properties: Json) -> Json:
    return (
        {"type": "object", "required": required, "properties": properties}
        if required
        else {
            "type": "object",
            "properties": properties,
        }
    )


def _query(name: str, schema: Json, description: str = "") -> Json:
    return {"name": name, "in": "query", "schema": schema, "description": description}


_STATE: Json = {"$ref": "#/components/schemas/DeskConversation"}
SCHEMAS: Json = {
    "DeskConversation": _object(
        ["id", "state", "version", "channel", "seq"],
        id={"type": "string", "format": "uuid"},
        state={"enum": ["bot", "queued", "scheduled", "active", "wrap_up", "closed", "abandoned", "failed"]},
        version={"type": "integer"},
        channel={"type": "string"},
        seq={"type": "integer"},
        urgent={"type": "boolean"},
        adviser={"type": ["object", "null"]},
        waiting_since={"type": ["string", "null"], "format": "date-time"},
        last_text={"type": "string"},
        unread={"type": "integer"},
        labels={"type": "array", "items": {"type": "string"}},
        person={"type": "object"},
    ),
    "DeskList": _object(
        ["conversations"], conversations={"type": "array", "items": _STATE}, next={"type": ["string", "null"]}
    ),
    "DeskThread": {
        "allOf": [
            _STATE,
            _object(
                ["events"],
                events={"type": "array", "items": {"type": "object"}},
                summary={"type": ["object", "null"]},
                self_analysis={"type": ["object", "null"]},
                appointment={"type": ["object", "null"]},
            ),
        ]
    },
    "DeskEvent": _object(["seq"], seq={"type": "integer"}, created={"type": "boolean"}),
}
_BOX: Json = {"type": "string", "enum": ["mine", "waiting", "all"], "default": "all"}
_BASE = "/api/desk/conversations"
_DONE = _ok("The conversation as it is now", "DeskConversation")


def _act(name: str, summary: str, body: Json | None = None, good: Json = _DONE) -> Json:
    return {
        f"{_BASE}/{{id}}/{name}": {
            "parameters": [_ID],
            "post": _operation(summary, good, body=body, operationId=f"desk_{name}"),
        }
    }


_SAID = _ok("Stored", "DeskEvent")
PATHS: Json = {
    _BASE: {
        "get": _operation(
            "List conversations",
            _ok("A page of conversations", "DeskList"),
            operationId="desk_list",
            parameters=[
                _query("box", _BOX),
                _query("q", {"type": "string", "maxLength": 200}, "Words in the transcript"),
                _query("label", {"type": "string"}),
                _query("before", {"type": "string"}, "`next` of the page before"),
            ],
        )
    },
    f"{_BASE}/{{id}}": {
        "parameters": [_ID],
        "get": _operation("Read a conversation", _ok("The conversation", "DeskThread"), operationId="desk_read"),
    },
    f"{_BASE}/{{id}}/export": {
        "parameters": [_ID],
        "get": _operation(
            "Export a conversation; recorded",
            {"description": "A file"},
            operationId="desk_export",
            parameters=[
                _query("format", {"type": "string", "enum": ["json", "csv", "pdf", "txt"], "default": "json"}),
                _query("notes", {"type": "string", "enum": ["0", "1"], "default": "1"}),
            ],
        ),
    },
    **_act("claim", "Take it; 409 names the holder", _object([], version={"type": "integer"})),
    **_act("reply", "Answer the visitor", _object(["text"], text=_TEXT, id=_UID), _SAID),
    **_act("note", "Add an internal note", _object(["text"], text=_TEXT, id=_UID), _SAID),
    **_act("return", "Give it back to the bot"),
    **_act("close", "End it", _object([], reason={"type": "string"})),
    **_act("wrap_up", "The talk is over; notes follow"),
    **_act("resume", "Back from wrapping up"),
    **_act("take_over", "Take it from a colleague (supervisors)"),
    **_act("transfer", "Give it to a colleague", _object(["to"], to={"type": "string"}, note={"type": "string"})),
    **_act("labels", "Set the labels", _object(["labels"], labels={"type": "array", "items": {"type": "string"}})),
    **_act("read", "Mark as read", _object(["seq"], seq={"type": "integer"}), _ok("Marked")),
    **_act("typing", "Show that you are typing", _object(["typing"], typing={"type": "boolean"}), _ok("Shown")),
    "/api/desk/events": {
        "get": {
            **_operation("Changes as an event stream", {"description": "text/event-stream"}, operationId="desk_events"),
            "parameters": [
                _query("conversation", {"type": "string", "format": "uuid"}),
                _query("after", {"type": "integer"}),
            ],
            "security": [{"adviser": []}],
        }
    },
}
