"""A throw-away PostgreSQL server for tests of both environments: standard library only, never as root.

    with postgres_server() as server:
        url = server.database("name")

`TEST_POSTGRES_URL` names a server that is there already (a role that may create databases). Where there is none and no
programs to start one, `why_not()` says what is missing and the tests are skipped with it.
"""

from __future__ import annotations

import contextlib
import functools
import glob
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.serving import free_port


@functools.cache
def programs() -> Path | None:
    """The folder of initdb and pg_ctl: on PATH, or where Debian puts them."""
    folders = [Path(found).parent for found in [shutil.which("initdb")] if found]
    folders += [Path(folder) for folder in sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)]  # noqa: PTH207
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None)


@functools.cache
def unprivileged_user() -> str | None:
    """Whom to run the server as; None: ourselves (we are not root). PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            pwd.getpwnam(name)
            return name
    return None


def why_not() -> str | None:
    """What is missing for a server; None: nothing."""
    if os.environ.get("TEST_POSTGRES_URL"):
        return None
    if programs() is None:
        return "no PostgreSQL: install the package `postgresql` or set TEST_POSTGRES_URL"
    if os.geteuid() == 0 and unprivileged_user() is None:
        return "PostgreSQL does not run as root, and there is no other user"
    return None


@dataclass
class Server:
    """A running server."""

    base_url: str  # up to and without the database's name
    folder: Path | None = None

    def database(self, name: str | None = None) -> str:
        """Creates an empty database and returns its URL."""
        name = name or f"test_{uuid.uuid4().hex[:12]}"
        self._psql(f'CREATE DATABASE "{name}"')
        return f"{self.base_url}/{name}"

    def _psql(self, statement: str) -> None:
        psql = shutil.which("psql") or str((programs() or Path("/usr/bin")) / "psql")
        done = subprocess.run(
            [psql, "-qX", "-v", "ON_ERROR_STOP=1", "-c", statement, f"{self.base_url}/postgres"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def stop(self) -> None:
        """Stops the server at once, as a crash would (only one that we started)."""
        self._control("stop", "-m", "immediate")

    def start(self) -> None:
        """Starts the server again and waits until it answers."""
        self._control("start", "-w")

    def _control(self, verb: str, *options: str) -> None:
        assert self.folder is not None, "not our server"
        _as_user([str((programs() or Path()) / "pg_ctl"), "-D", str(self.folder / "data"), verb, *options], self.folder)


def _as_user(command: list[str], folder: Path) -> None:
    user = unprivileged_user()
    with (folder / "server.log").open("ab") as log:
        done = subprocess.run(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT, user=user, check=False)
    assert done.returncode == 0, (folder / "server.log").read_text(errors="replace")[-2000:]


@contextlib.contextmanager
def postgres_server() -> Iterator[Server]:
    """A server with its own data, gone when the block ends.

    Raises:
        AssertionError: it did not start; its log is in the message.
    """
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield Server(given.rstrip("/"))
        return
    folder = Path(tempfile.mkdtemp(prefix="michishirube-postgres-"))
    user = unprivileged_user()
    if user is not None:
        shutil.chown(folder, user)
    (folder / "server.log").touch()
    bin_folder = programs() or Path()
    port = free_port()
    _as_user(
        [str(bin_folder / "initdb"), "-D", str(folder / "data"), "-U", "tester", "-A", "trust", "-E", "UTF8"], folder
    )
    settings = folder / "data" / "postgresql.conf"
    with settings.open("a") as out:
        out.write(f"port = {port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\nfsync = off\n")
    server = Server(f"postgresql://tester@127.0.0.1:{port}", folder)
    server.start()
    try:
        yield server
    finally:
        with contextlib.suppress(AssertionError):
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)
