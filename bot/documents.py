"""Reads the YAML files that people edit, and says in Japanese what is wrong in which line and how to mend it.

Standard library, PyYAML and jsonschema only: both environments use it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import jsonschema
import yaml

# What a file may hold, in words for the person who edits it.
_TYPES: Final = {
    "string": "文字",
    "integer": "整数",
    "number": "数",
    "boolean": "true か false",
    "array": "「- 」で始まる並び",
    "object": "「名前: 値」の組",
    "null": "空(null)",
}


class DocumentError(ValueError):
    """A file that cannot be used. Its text is for the person who edits the file: file, line, cure."""


# libyaml's, ten times faster, where PyYAML was built with it: the files are read at every start of the engine.
LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:
    """The content of one YAML file, unchecked."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)  # noqa: S506 (a safe loader)


class _Loader(LOADER):
    """YAML without surprises: a name given twice is an error, a date stays the text that was typed."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node, deep=True))
        if key in found:
            raise yaml.constructor.ConstructorError(
                None, None, f"「{key}」が2回あります。どちらか1つを消してください。", key_node.start_mark
            )
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: str(node.value))


def is_date(text: object) -> bool:
    """True for a day as 2026-11-23."""
    try:
        date.fromisoformat(str(text))
    except ValueError:
        return False
    return True


def _line(node: yaml.Node | None, path: tuple[str | int, ...]) -> int:
    """The line (from 1) where the value at `path` stands, or the nearest place above it."""
    line = 1
    for step in path:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if k.value == str(step)), None)
            if pair is None:
                return line
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            return line
    return line


def _types(kinds: str | list[str]) -> str:
    return "、または".join(_TYPES[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _unknown(error: jsonschema.ValidationError) -> list[str]:
    """The names that the schema does not know, where that is what is wrong."""
    schema: Any = error.schema
    instance: Any = error.instance
    return [key for key in instance if key not in schema.get("properties", {})]


def _place(error: jsonschema.ValidationError) -> tuple[str | int, ...]:
    path = tuple(error.absolute_path)
    return (*path, _unknown(error)[0]) if error.validator == "additionalProperties" else path


def _cure(error: jsonschema.ValidationError) -> str:
    """What to do about one violation, in one sentence or two."""
    name = str(error.absolute_path[-1]) if error.absolute_path else "全体"
    rule: str = str(error.validator)
    wanted: Any = error.validator_value
    schema: Any = error.schema
    instance: Any = error.instance
    if rule == "required":
        missing = [key for key in wanted if key not in instance]
        return f"「{'」「'.join(missing)}」がありません。この行の下に書き足してください。"
    if rule == "additionalProperties":
        known = sorted(schema.get("properties", {}))
        meant = difflib.get_close_matches(_unknown(error)[0], known, n=1)
        perhaps = f"「{meant[0]}」の書きまちがいではありませんか。" if meant else ""
        return f"「{'」「'.join(_unknown(error))}」は使えない名前です。{perhaps}使える名前：{'、'.join(known)}"
    if rule == "dependencies":
        lone = next(key for key in wanted if key in instance and not set(wanted[key]) <= set(instance))
        missed = next(key for key in wanted[lone] if key not in instance)
        return f"「{lone}」を書くときは、「{missed}」も書いてください。"
    if rule == "type":
        return f'「{name}」には{_types(wanted)}を書いてください。数字を文字として書くときは "…" で囲みます。'
    if rule == "enum":
        return f"「{name}」に書けるのは {'、'.join(str(one) for one in wanted)} のどれかです。"
    if rule in ("minLength", "minItems"):
        return f"「{name}」が空か、短すぎます。{wanted}つ（文字）以上書いてください。"
    if rule in ("maxLength", "maxItems"):
        return f"「{name}」が長すぎます。{wanted}つ（文字）までにしてください。"
    if rule == "pattern":
        hint = schema.get("description", f"決まった形（{wanted}）")
        return f"「{name}」の書き方が違います。{hint}で書いてください。"
    if rule == "format":
        return f"「{name}」は日付です。2026-11-23 のように書いてください。"
    return f"「{name}」が正しくありません（{error.message}）。"


_FORMATS: Final = jsonschema.FormatChecker(formats=())
_FORMATS.checks("date")(is_date)


def faults(data: object, tree: yaml.Node | None, schema: dict[str, Any], path: Path) -> Iterator[str]:
    """One Japanese sentence for everything in `data` that breaks `schema`."""
    validator = jsonschema.Draft7Validator(schema, format_checker=_FORMATS)
    for error in sorted(validator.iter_errors(data), key=lambda one: [str(step) for step in one.absolute_path]):
        yield f"{path} の {_line(tree, _place(error))} 行目: {_cure(error)}"


def read(path: Path, schema: dict[str, Any]) -> Any:
    """The content of one YAML file, checked.

    Raises:
        DocumentError: the file is missing, is not YAML, or does not fit the schema (all faults, one a line).
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise DocumentError(f"{path} がありません。消してしまったときは、元のファイルを戻してください。") from error
    except UnicodeDecodeError as error:
        raise DocumentError(f"{path} の文字コードが UTF-8 ではありません。UTF-8 で保存し直してください。") from error
    try:
        loader = _Loader(text)
        tree = loader.get_single_node()
        data = None if tree is None else loader.construct_document(tree)
    except yaml.MarkedYAMLError as error:
        problem = error.problem or ""
        # A quote that nobody closed, a name without its colon: they are missed later, and mended where they began.
        began = any(what in (error.context or "") for what in ("quoted scalar", "simple key"))
        mark = error.context_mark if began else error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        cure = (
            problem
            if "2回" in problem
            else "字下げ（空白の数）、「: 」のあとの空白、かぎ括弧の閉じ忘れを確かめてください。"
        )
        raise DocumentError(f"{path} の {line} 行目: 書き方が正しくありません。{cure}") from error
    except yaml.YAMLError as error:
        raise DocumentError(f"{path}: 読めない文字があります。コピーした文字を打ち直してください。") from error
    wrong = list(faults(data, tree, schema, path))
    if wrong:
        raise DocumentError("\n".join(wrong))
    return data
