"""LINE's own API description (OpenAPI files beside the repository), as a check of requests, answers and webhooks."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from bot.documents import read_yaml

Json = dict[str, Any]
FOLDER = Path(__file__).resolve().parents[3] / "shared" / "line-openapi"
WHY_NOT = "" if FOLDER.exists() else "LINE's API description is not there (../shared/line-openapi)"
_FILES = ("messaging-api.yml", "channel-access-token.yml")


@cache
def _described(name: str) -> Json:
    """A file whose discriminators are rules of JSON Schema: of this type, so also of that schema."""
    described: Json = read_yaml(FOLDER / name)
    schemas: Json = described["components"]["schemas"]
    for schema in schemas.values():
        found = schema.get("discriminator")
        if not found:
            continue
        rules = []
        for value, ref in found["mapping"].items():
            special = schemas[ref.split("/")[-1]]
            own = {key: part for key, part in special.items() if key != "allOf"}
            parts = [part for part in special.get("allOf", []) if "$ref" not in part]
            is_this = {"properties": {found["propertyName"]: {"const": value}}, "required": [found["propertyName"]]}
            rules.append({"if": is_this, "then": own | {"allOf": parts}})
        schema["allOf"] = [*schema.get("allOf", []), *rules]
        schema.setdefault("properties", {})[found["propertyName"]] = {"enum": list(found["mapping"])}
    return described


def _wrong(name: str, schema: Json, value: Any) -> list[str]:
    checker = jsonschema.Draft7Validator({"components": _described(name)["components"], "allOf": [schema]})
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in checker.iter_errors(value)]


def wrong_of(schema: str, value: Any, name: str = "messaging-api.yml") -> list[str]:
    """What is wrong with a value, by the name of its schema."""
    return _wrong(name, {"$ref": f"#/components/schemas/{schema}"}, value)


def _operation(method: str, path: str) -> tuple[str, Json] | None:
    plain = path.split("?")[0]
    for name in _FILES:
        for template, operations in sorted(_described(name)["paths"].items(), key=lambda one: one[0].count("{")):
            if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), plain) and method.lower() in operations:
                return name, operations[method.lower()]
    return None


def wrong_exchange(method: str, path: str, body: bytes, status: int, answer: bytes) -> list[str]:
    """What LINE's description has against a request and its answer."""
    found = _operation(method, path)
    if found is None:
        return [f"{method} {path}: no such call"]
    name, operation = found
    wrong: list[str] = []
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content and status < 400:
        wrong += _wrong(name, content["application/json"]["schema"], json.loads(body))
    described = operation["responses"].get(str(status))
    if described is None:
        # Described only in words: errors that every call may give, content that is not ready yet or gone.
        return (
            wrong if status in {202, 400, 401, 404, 409, 410, 429, 500} else [*wrong, f"{method} {path}: no {status}"]
        )
    expected = described.get("content", {}).get("application/json", {}).get("schema")
    if expected:
        wrong += _wrong(name, expected, json.loads(answer or b"{}"))
    return [f"{method} {path} {status}: {one}" for one in wrong]
