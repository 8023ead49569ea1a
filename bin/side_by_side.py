#!/usr/bin/env python3
"""Runs commands side by side, shows the whole output of one after the other, and fails, naming it, if one fails.

Standard library only, any Python from 3.8.

    python3 bin/side_by_side.py NAME=COMMAND ...
"""

import contextlib
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def show(process, output):
    """Passes on what a command says, until it ends; its exit code."""
    while True:
        # Asked first: what it says last is read after its end.
        code = process.poll()
        sys.stdout.buffer.write(output.read())
        sys.stdout.buffer.flush()
        if code is not None:
            return code
        time.sleep(0.2)


def stop(process):
    """Interrupts a command, which may have servers of its own to stop, and waits for it."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.wait()


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    failed = []
    with contextlib.ExitStack() as stack:
        running = []
        for argument in sys.argv[1:]:
            name, _, command = argument.partition("=")
            output = stack.enter_context(tempfile.NamedTemporaryFile())
            process = subprocess.Popen(shlex.split(command), stdout=output, stderr=subprocess.STDOUT)
            stack.callback(stop, process)
            # Read from the beginning: the other handle stands where the command writes.
            running.append((name, process, stack.enter_context(Path(output.name).open("rb"))))
        for name, process, output in running:
            print(f"== {name}", flush=True)
            if show(process, output):
                failed.append(name)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
