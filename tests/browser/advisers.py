"""An adviser at work over the adviser API, for tests of what the visitor's widget shows."""

from __future__ import annotations

import subprocess
import sys
import uuid
from dataclasses import dataclass
from typing import Any

from tests.desk.served import CLIENT, Process, wait_until
from tests.serving import ROOT

NAME = "佐藤"


@dataclass
class Adviser:
    """A signed-in adviser."""

    desk: Process
    token: str

    def call(self, method: str, path: str, **body: Any) -> Any:
        answer = CLIENT.request(
            method,
            f"{self.desk.url}/api/desk/{path}",
            headers={"Authorization": f"Bearer {self.token}"},
            json=body or None,
        )
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def waiting(self, place: int = -1) -> str:
        """The conversation that came last into the queue, once there is one."""
        rows = wait_until(
            lambda: [row for row in self.call("GET", "conversations")["conversations"] if row["state"] == "queued"]
        )
        return str(sorted(rows, key=lambda row: row["waiting_since"])[place]["id"])

    def claim(self, conversation: str) -> None:
        self.call("POST", f"conversations/{conversation}/claim")

    def reply(self, conversation: str, text: str) -> None:
        self.call("POST", f"conversations/{conversation}/reply", id=str(uuid.uuid4()), text=text)

    def type(self, conversation: str) -> None:
        self.call("POST", f"conversations/{conversation}/typing", typing=True)


def _manage(desk: Process, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "desk.manage", *command],
        cwd=ROOT,
        env=desk.env,
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def adviser_at(desk: Process) -> Adviser:
    """An adviser's account with a token."""
    _manage(
        desk, "adviser", "--name=sato", "--password=correct-horse-battery", "--role=adviser", f"--display-name={NAME}"
    )
    return Adviser(desk, _manage(desk, "adviser_token", "sato"))
