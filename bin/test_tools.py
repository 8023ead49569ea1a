#!/usr/bin/env python3
"""Finds what the browser and database tests need; installs it with apt where this is root, else says what is missing.

Standard library only. Tests that need what is not there are skipped with the reason.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# What must be found -> the Debian packages that bring it.
NEEDED = {
    "chromium": (["chromium", "chromium-browser", "google-chrome"], ["chromium", "fonts-noto-cjk"]),
    "postgresql": (["postgres", "pg_ctl"], ["postgresql"]),
}


def found(programs):
    """Whether one of the programs is on PATH or where Debian keeps PostgreSQL's."""
    if any(shutil.which(program) for program in programs):
        return True
    return any(any(Path("/usr/lib/postgresql").glob(f"*/bin/{program}")) for program in programs)


def main():
    missing = {name: packages for name, (programs, packages) in NEEDED.items() if not found(programs)}
    if not missing:
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        packages = sorted({package for wanted in missing.values() for package in wanted})
        print(f"test tools: apt-get installs {', '.join(packages)} ...", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *packages]):
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            if done.returncode:
                sys.stderr.write(done.stdout[-2000:] + done.stderr[-2000:])
        missing = {name: packages for name, packages in missing.items() if not found(NEEDED[name][0])}
    for name, packages in missing.items():
        print(f"test tools: {name} is missing ({', '.join(packages)}); its tests are skipped", flush=True)


if __name__ == "__main__":
    main()
