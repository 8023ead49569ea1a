"""Reads the environment: names, defaults, generated secrets. Nothing here needs Django."""

from __future__ import annotations

import ipaddress
import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent


def text(name: str, default: str = "") -> str:
    """The variable without surrounding space; empty counts as unset."""
    return os.environ.get(name, "").strip() or default


def number(name: str, default: int) -> int:
    """A whole number, or the default when unset."""
    value = text(name)
    if not value:
        return default
    try:
        return int(value)
    except ValueError as error:
        raise SystemExit(f"{name} must be a whole number, not {value!r}.") from error


def flag(name: str, *, default: bool = False) -> bool:
    """1/true/yes/on or 0/false/no/off."""
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise SystemExit(f"{name} must be 1 or 0, not {value!r}.")


def words(name: str) -> list[str]:
    """A comma-separated list."""
    return [part.strip() for part in text(name).split(",") if part.strip()]


def origins(*names: str) -> list[str]:
    """The origins (https://host) of the addresses in comma-separated lists."""
    parts = [urlsplit(word) for name in names for word in words(name)]
    return list(dict.fromkeys(f"{part.scheme}://{part.netloc}" for part in parts if part.scheme and part.netloc))


def networks(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """A comma-separated list of addresses or networks."""
    try:
        return [ipaddress.ip_network(word, strict=False) for word in words(name)]
    except ValueError as error:
        raise SystemExit(f"{name}: {error}") from error


def data_dir() -> Path:
    """Where everything that is written at run time goes (`DATA_DIR`, default `var/`)."""
    path = Path(text("DATA_DIR", str(ROOT / "var"))).absolute()
    path.mkdir(parents=True, exist_ok=True)
    return path


def secret(name: str) -> str:
    """The secret from the environment, else a generated one kept in `DATA_DIR/secrets/` (mode 600)."""
    value = text(name)
    if value:
        return value
    folder = data_dir() / "secrets"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / name.lower()
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def database(url: str) -> dict[str, object]:
    """Django's database settings for a `DATABASE_URL` (postgresql://… or sqlite:///path)."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    if parts.scheme == "sqlite":
        return sqlite(Path(unquote(parts.path)))
    if parts.scheme not in {"postgres", "postgresql"}:
        raise SystemExit("DATABASE_URL must start with postgresql:// or sqlite:///.")
    # A host that starts with a slash is a directory of a Unix socket: …?host=/run/postgresql
    host = options.pop("host", "") or unquote(parts.hostname or "")
    pool = {"min_size": 1, "max_size": number("DESK_DB_POOL", 20), "timeout": 5}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"pool": pool, "connect_timeout": 5, **options},
    }


def sqlite(path: Path) -> dict[str, object]:
    """SQLite as a server's database: WAL, IMMEDIATE transactions, every commit on the disk."""
    return {
        "ENGINE": "desk.sqlite",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                "PRAGMA cache_size=-8000; PRAGMA temp_store=MEMORY"
            ),
        },
        # Tests use a file too: WAL and several connections do not exist in memory.
        "TEST": {"NAME": str(path.with_name("test-" + path.name))},
    }
