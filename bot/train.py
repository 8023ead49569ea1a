"""Trains the model when its inputs changed, and says so in one line: `python -m bot.train [--force]`."""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Final

ROOT: Final = Path(__file__).resolve().parent.parent
MODELS: Final = ROOT / "models"
MODEL_NAME: Final = "michishirube"
MODEL: Final = MODELS / f"{MODEL_NAME}.tar.gz"
# Beside the model: the fingerprint of what it was trained from.
STAMP: Final = MODELS / f"{MODEL_NAME}.inputs"
# Large arrays come and go: glibc must not hand each back to the system, which would give every page anew (a quarter of
# the time).
ALLOCATION: Final = {
    "MALLOC_MMAP_THRESHOLD_": "500000000",
    "MALLOC_TRIM_THRESHOLD_": "500000000",
    "MALLOC_TOP_PAD_": "64000000",
}
TRAINING_DATA: Final = ("data/nlu", "data/rules", "data/stories")


def inputs(root: Path = ROOT) -> Iterator[Path]:
    """Every file that the model is made from: configuration, domain, training data, dictionaries, components."""
    yield root / "config.yml"
    yield root / "domain.yml"
    yield root / "requirements" / "engine.txt"
    yield root / "data" / "knowledge" / "terms.yml"
    for folder in TRAINING_DATA:
        yield from sorted((root / folder).rglob("*.yml"))
    # The rules and texts of safety are no part of the model: they are read when the engine starts.
    yield from sorted((root / "bot" / "nlu").rglob("*.py"))


def fingerprint(root: Path = ROOT) -> str:
    """One hash over names and contents of all inputs."""
    return digest(inputs(root), root)


def digest(paths: Iterable[Path], root: Path = ROOT) -> str:
    """One hash over the names below a folder and the contents of some files."""
    found = hashlib.sha256()
    for path in paths:
        found.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def is_current() -> bool:
    """Whether the model on disk was trained from the inputs on disk."""
    return MODEL.exists() and STAMP.exists() and STAMP.read_text().strip() == fingerprint()


def begin(out: Path, output: IO[str] | int, python: str = sys.executable) -> subprocess.Popen[bytes]:
    """Begins to train the whole of the project into a folder (bot/rasa_train.py); what it says goes to `output`."""
    command = [
        python, "-W", "ignore", "-m", "bot.rasa_train", "train", "--force", "--skip-validation",
        "--domain", "domain.yml", "--config", "config.yml", "--out", str(out), "--fixed-model-name", MODEL_NAME,
        "--data", *TRAINING_DATA,
    ]  # fmt: skip
    environment = {**ALLOCATION, **os.environ}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)  # noqa: S603


def train(log: Path) -> float:
    """Trains and returns the seconds it took; Rasa's own output goes to `log`.

    Raises:
        SystemExit: training failed; the end of the log has been printed.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    MODELS.mkdir(exist_ok=True)
    wanted = fingerprint()
    started = time.monotonic()
    interactive = sys.stdout.isatty()
    with log.open("w", encoding="utf-8") as output:
        process = begin(MODELS, output)
        while True:
            try:
                code = process.wait(timeout=1)
                break
            except subprocess.TimeoutExpired:
                if interactive:
                    print(f"\rtrain: {time.monotonic() - started:3.0f} s ...", end="", flush=True)  # noqa: T201
    if interactive:
        print("\r", end="")  # noqa: T201
    if code:
        tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-30:])
        sys.exit(f"{tail}\ntrain: failed; the whole log is in {log}")
    STAMP.write_text(wanted + "\n")
    return time.monotonic() - started


def main() -> None:
    """Command line: trains if needed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--force", action="store_true", help="train although nothing changed")
    parser.add_argument("--log", type=Path, default=ROOT / "var" / "log" / "train.log")
    options = parser.parse_args()
    if not options.force and is_current():
        print("train: the model is current")  # noqa: T201
        return
    print("train: the inputs changed, training (a minute or two) ...", flush=True)  # noqa: T201
    print(f"train: done in {train(options.log):.0f} s")  # noqa: T201


if __name__ == "__main__":
    main()
