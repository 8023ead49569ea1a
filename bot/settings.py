"""What the engine can be told from outside, read once from the environment."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent

# Rasa's own limit on a request is 100 MB; NLU takes time linear in the text and nobody types a novel.
# The desk accepts 2,000 characters; the engine leaves room for a pasted CV and no more.
MAX_TEXT_CHARACTERS: Final = 4_000
# JSON of a message of MAX_TEXT_CHARACTERS, each escaped as a surrogate pair (12 bytes), with metadata.
MAX_BODY_BYTES: Final = 96_000
MAX_METADATA_BYTES: Final = 8_000
# The columns of the tracker store; Rasa's own limit for a sender as well.
MAX_ID_CHARACTERS: Final = 255


class SettingsError(ValueError):
    """The environment does not make sense; the sentence says which variable and what to do."""


def _number(environment: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = environment.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal() or not low <= int(text) <= high:
        raise SettingsError(f"{name} must be a whole number from {low} to {high}, not {text!r}")
    return int(text)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens there."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class Settings:
    """All settings of one engine (all its workers)."""

    host: str
    port: int
    workers: int
    token: str | None
    tracker_url: str
    model: Path
    data_dir: Path
    actions: str
    log_level: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Reads and checks.

        Raises:
            SettingsError: a value is unusable, or the engine would be reachable from outside without a token.
        """
        data_dir = Path(environment.get("DATA_DIR") or ROOT / "var")
        data_dir = data_dir if data_dir.is_absolute() else ROOT / data_dir
        host = environment.get("ENGINE_HOST", "").strip() or "127.0.0.1"
        token = environment.get("ENGINE_TOKEN", "").strip() or None
        if token is None and not is_loopback(host):
            raise SettingsError(f"ENGINE_TOKEN must be set when the engine listens outside this machine ({host})")
        tracker_url = environment.get("TRACKER_URL", "").strip() or f"sqlite:///{data_dir / 'tracker.db'}"
        if not tracker_url.startswith(("sqlite:///", "postgresql://", "postgres://")):
            raise SettingsError("TRACKER_URL must be sqlite:///path/of/file or postgresql://user@host/database")
        return cls(
            host=host,
            port=_number(environment, "ENGINE_PORT", 5005, 1, 65535),
            workers=_number(environment, "WORKERS", 1, 1, 64),
            token=token,
            tracker_url=tracker_url,
            model=Path(environment.get("ENGINE_MODEL") or ROOT / "models" / "michishirube.tar.gz"),
            data_dir=data_dir,
            actions=environment.get("ENGINE_ACTIONS", "").strip() or "actions",
            log_level=(environment.get("LOG_LEVEL", "").strip() or "INFO").upper(),
        )
