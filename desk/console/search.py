"""Search in Japanese, from one character up, on both databases.

Debian's PostgreSQL has neither pg_bigm nor PGroonga, and its own dictionaries do not split Japanese. So both
databases index the characters and pairs of characters of each event, kept by the database itself: PostgreSQL by a
GIN index on an expression, SQLite by triggers that fill a contentless FTS5 table. A hit is confirmed by LIKE.

A frequent pair has hundreds of thousands of hits, of which only the newest conversations are shown: the newest
events are looked through first, and only when they do not fill the page is the index asked, which then is quick.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection

from desk.conversations.services import searchable

#: Events looked through before the index is asked. A word that does not fill a page here is rare.
WINDOW = 20_000
#: Hits taken from the index at most.
HITS = 5_000

POSTGRESQL_PAIRS = """
    CREATE OR REPLACE FUNCTION desk_pairs(t text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
      SELECT array_agg(a) || coalesce(array_agg(a || b) FILTER (WHERE b IS NOT NULL), '{}')
      FROM unnest(string_to_array($1, NULL), (string_to_array($1, NULL))[2:]) u(a, b)
    $$
"""
POSTGRESQL = [
    POSTGRESQL_PAIRS,
    (
        "CREATE INDEX IF NOT EXISTS event_search_pairs ON conversations_event USING gin (desk_pairs(search))"
        " WITH (fastupdate = on) WHERE search <> ''"
    ),
]
SQLITE = [
    "CREATE VIRTUAL TABLE IF NOT EXISTS desk_search USING fts5(pairs, content='', detail=none, tokenize=\"ascii\")",
    (
        "CREATE TRIGGER IF NOT EXISTS desk_search_insert AFTER INSERT ON conversations_event"
        " WHEN new.search <> '' BEGIN"
        " INSERT INTO desk_search (rowid, pairs) VALUES (new.id, desk_pairs(new.search)); END"
    ),
    (
        "CREATE TRIGGER IF NOT EXISTS desk_search_delete AFTER DELETE ON conversations_event"
        " WHEN old.search <> '' BEGIN"
        " INSERT INTO desk_search (desk_search, rowid, pairs) VALUES ('delete', old.id, desk_pairs(old.search)); END"
    ),
    (
        "CREATE TRIGGER IF NOT EXISTS desk_search_update AFTER UPDATE OF search ON conversations_event"
        " WHEN old.search <> '' BEGIN"
        " INSERT INTO desk_search (desk_search, rowid, pairs) VALUES ('delete', old.id, desk_pairs(old.search));"
        " INSERT INTO desk_search (rowid, pairs) SELECT new.id, desk_pairs(new.search) WHERE new.search <> ''; END"
    ),
    "INSERT INTO desk_search (rowid, pairs) SELECT id, desk_pairs(search) FROM conversations_event WHERE search <> ''",
]


def grams(text: str) -> list[str]:
    """The characters and pairs of a text, without those that hold white space."""
    found = dict.fromkeys(text)
    found.update(dict.fromkeys(text[at : at + 2] for at in range(len(text) - 1)))
    return [gram for gram in found if not any(character.isspace() for character in gram)]


def tokens(text: str) -> str:
    """The same as words of plain letters, which any tokenizer of FTS5 leaves alone."""
    return " ".join("x" + "x".join(f"{ord(character):x}" for character in gram) for gram in grams(text))


def prepare(on: Any) -> None:
    """Teach a SQLite connection the function that the triggers call."""
    if on.vendor == "sqlite":
        on.connection.create_function("desk_pairs", 1, tokens, deterministic=True)


def _needed(word: str) -> list[str]:
    """The grams that an event with this word must have: its pairs, or the one character."""
    if len(word) == 1:
        return [word]
    return [gram for gram in grams(word) if len(gram) == 2] or grams(word)


def _escaped(word: str) -> str:
    return "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def hits(query: str, limit: int = 50) -> dict[UUID, int]:
    """Conversations in which every word of the query stands in one event, and that event; the newest first."""
    words = searchable(query).split()[:8]
    if not words:
        return {}
    like = " AND ".join(["search LIKE %s ESCAPE '\\'"] * len(words))
    patterns = [_escaped(word) for word in words]
    found: dict[Any, int] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM conversations_event")
        newest = cursor.fetchone()[0] or 0
        low = newest - WINDOW
        cursor.execute(
            f"SELECT conversation_id, max(id) FROM conversations_event WHERE id > %s AND {like}"  # noqa: S608
            " GROUP BY conversation_id ORDER BY max(id) DESC LIMIT %s",
            [low, *patterns, limit],
        )
        found.update(cursor.fetchall())
        if len(found) < limit and low > 0:
            cursor.execute(*_indexed(words, patterns, like, low))
            for conversation, event in cursor.fetchall():
                found.setdefault(conversation, event)
    newest_first = list(found.items())[:limit]
    return {key if isinstance(key, UUID) else UUID(key): event for key, event in newest_first}


def conversations_with(query: str, limit: int = 50) -> list[UUID]:
    """The conversations of `hits`."""
    return list(hits(query, limit))


def excerpt(text: str, query: str, around: int = 14) -> tuple[str, str, str] | None:
    """What stands before, at and after the first word of the query in a text; None where it cannot be shown as is."""
    word = query.split()[0] if query.split() else ""
    at = text.casefold().find(word.casefold()) if word else -1
    if at < 0:
        return None
    before = text[max(0, at - around) : at].replace("\n", " ")
    after = text[at + len(word) : at + len(word) + 60].replace("\n", " ")
    return ("…" if at > around else "") + before, text[at : at + len(word)], after


def _indexed(words: list[str], patterns: list[str], like: str, low: int) -> tuple[str, list[Any]]:
    needed = list(dict.fromkeys(gram for word in words for gram in _needed(word)))
    if connection.vendor == "postgresql":
        # OFFSET 0 keeps the planner from walking the primary key instead of the index.
        return (
            (
                "SELECT conversation_id, id FROM (SELECT conversation_id, id FROM conversations_event"  # noqa: S608
                f" WHERE search <> '' AND desk_pairs(search) @> %s::text[] AND id <= %s AND {like} OFFSET 0) hits"
                " ORDER BY id DESC LIMIT %s"
            ),
            [needed, low, *patterns, HITS],
        )
    match = " AND ".join("x" + "x".join(f"{ord(character):x}" for character in gram) for gram in needed)
    return (
        (
            "SELECT e.conversation_id, e.id FROM"  # noqa: S608
            " (SELECT rowid FROM desk_search WHERE desk_search MATCH %s AND rowid <= %s"
            f" ORDER BY rowid DESC LIMIT {HITS * 4}) hits CROSS JOIN conversations_event e ON e.id = hits.rowid"
            f" WHERE {like} LIMIT %s"
        ),
        [match, low, *patterns, HITS],
    )
