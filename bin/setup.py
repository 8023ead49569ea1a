#!/usr/bin/env python3
"""Makes the two environments (.venv/engine, .venv/desk) from the lock files; does nothing where they are current.

Standard library only, and any Python from 3.8: it runs before anything is installed. A third, `stock`, is made only
when it is named: Rasa with TensorFlow, which the bench compares with.

    python3 bin/setup.py [--dev] [engine] [desk] [stock]
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENVS = ROOT / ".venv"
REQUIREMENTS = ROOT / "requirements"

# Rasa 3.6 ends at 3.10; the desk wants a Python that is still maintained. First choice first.
PYTHONS = {"engine": ("3.10",), "desk": ("3.12", "3.13"), "stock": ("3.10",)}
DEFAULT = ("engine", "desk")
# Where interpreters stand that are not on PATH.
SYSTEM_FOLDERS = ("/usr/local/bin", "/usr/bin", "/opt/homebrew/bin")
# Installed after the hashed requirements, without dependencies: pip refuses local packages beside hashes.
LOCAL_PACKAGES = {"engine": ("packages/tensorflow-absent",), "desk": (), "stock": ()}


class SetupError(Exception):
    """Setup cannot go on; the message says what to do."""


def run(command, quiet=True):
    """Runs a command; its output is shown only when it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=quiet, text=True, check=False)
    if done.returncode:
        sys.stderr.write((done.stdout or "") + (done.stderr or ""))
        raise SetupError("failed: " + " ".join(str(part) for part in command))
    return (done.stdout or "").strip()


def bin_of(venv, name):
    """The path of a program of a virtual environment."""
    return VENVS / venv / "bin" / name


def find_uv():
    """uv from PATH, or a pinned one in .venv/tools, installed with pip."""
    found = shutil.which("uv")
    if found:
        return found
    uv = bin_of("tools", "uv")
    if not uv.exists():
        print("setup: uv is fetched", flush=True)
        run([sys.executable, "-m", "venv", "--clear", VENVS / "tools"])
        run([bin_of("tools", "pip"), "install", "-q", "--require-hashes", "-r", REQUIREMENTS / "tools.txt"])
    return str(uv)


def works(python, version):
    """Whether this interpreter really runs (a pyenv shim may not), is this version and has what we need."""
    probe = "import sys, ssl, sqlite3, venv; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([str(python), "-c", probe], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and done.stdout.strip() == version


def find_python(uv, versions):
    """An absolute path of an interpreter: from PATH, pyenv, the system, or fetched by uv."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for version in versions:
        candidates = [Path(folder) / f"python{version}" for folder in os.environ.get("PATH", "").split(os.pathsep)]
        candidates += sorted(pyenv.glob(f"{version}.*/bin/python{version}"), reverse=True)
        candidates += [
            Path(folder) / f"python{version}" for folder in ("/usr/local/bin", "/usr/bin", "/opt/homebrew/bin")
        ]
        for candidate in candidates:
            if candidate.exists() and works(candidate, version):
                return run([candidate, "-c", "import sys; print(sys.executable)"])
    print(f"setup: Python {versions[0]} is fetched", flush=True)
    run([uv, "python", "install", "--quiet", versions[0]])
    return run([uv, "python", "find", versions[0]])


def lock_of(name, dev):
    """The lock file of an environment; one that has no tools of its own has only one."""
    with_tools = REQUIREMENTS / f"{name}-dev.txt"
    return with_tools if dev and with_tools.exists() else REQUIREMENTS / f"{name}.txt"


def fingerprint(name, dev):
    """What an environment is made from, as one hash."""
    digest = hashlib.sha256()
    lock = lock_of(name, dev)
    files = [lock] + [path for package in LOCAL_PACKAGES[name] for path in sorted((ROOT / package).rglob("*.*"))]
    for path in files:
        if path.is_file() and "egg-info" not in str(path) and path.suffix != ".pyc" and "build" not in path.parts:
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def make_environment(name, dev):
    """Makes or updates one environment; a current one is left alone (one with the dev tools serves both)."""
    stamp = VENVS / name / ".made-from"
    made_from = stamp.read_text().split() if stamp.exists() else []
    if fingerprint(name, True) in made_from or (not dev and fingerprint(name, False) in made_from):
        return
    started = time.monotonic()
    print(f"setup: environment '{name}' ...", end=" ", flush=True)
    uv = find_uv()
    python = bin_of(name, "python")
    if not python.exists():
        run([uv, "venv", "--quiet", "--python", find_python(uv, PYTHONS[name]), VENVS / name])
    stamp.unlink() if stamp.exists() else None
    run([uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, lock_of(name, dev)])
    for package in LOCAL_PACKAGES[name]:
        run([uv, "pip", "install", "--quiet", "--no-deps", "--python", python, ROOT / package])
    stamp.write_text(fingerprint(name, dev) + "\n")
    print(f"done in {time.monotonic() - started:.0f} s", flush=True)


def lock():
    """Writes the lock files anew from requirements/*.in: hashes, and no index addresses."""
    uv = find_uv()
    options = ["--quiet", "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--no-header"]
    for name, versions in PYTHONS.items():
        python = find_python(uv, versions)
        exclude = REQUIREMENTS / f"{name}-exclude.in"
        override = ["--override", exclude] if exclude.exists() else []
        for suffix in ("", "-dev"):
            source = REQUIREMENTS / f"{name}{suffix}.in"
            if not source.exists():
                continue
            target = source.with_suffix(".txt")
            run([uv, "pip", "compile", source, *override, "--python", python, *options, "-o", target])
            print(f"lock: {target.relative_to(ROOT)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=[], help="engine, desk (default: both), stock")
    parser.add_argument("--dev", action="store_true", help="with the tools that tests and checks need")
    parser.add_argument("--lock", action="store_true", help="write the lock files anew instead")
    options = parser.parse_args()
    try:
        if options.lock:
            lock()
        for name in [] if options.lock else options.names or DEFAULT:
            make_environment(name, options.dev)
    except SetupError as error:
        sys.exit(f"setup: {error}")


if __name__ == "__main__":
    main()
