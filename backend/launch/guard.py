"""Runs one command so that it never outlives the process at the other end of this process's standard input.

``python guard.py GRACE_S COMMAND...``: a pipe that closes is the one sign a parent gives even when it is killed with
SIGKILL, so the guard reads it. End of file or the byte ``T``: SIGTERM to the command's process group, and SIGKILL after
GRACE_S seconds or at a second order. The byte ``K``: SIGKILL at once. However the command ends, the rest of its group
is killed. Exits with the command's exit code, or 128 + the number of the signal that ended it, as shells do.

The kernel's own parent-death signal would reach the command alone and not its children, fires when the *thread* that
started it ends, and is Linux only. The command itself needs to know nothing of this; only a process that leaves its
group escapes.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading

STOP = b"T"
KILL = b"K"
COMMAND_NOT_STARTED = 127


def main(grace_s: float, command: list[str]) -> int:
    """Run the command to its end and give its exit code."""
    try:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=0)
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        return COMMAND_NOT_STARTED
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: _signal_group(child.pid, signal.SIGTERM))
    ended = threading.Event()

    def obey() -> None:
        order = os.read(0, 1)
        if order != KILL:
            _signal_group(child.pid, signal.SIGTERM)
            if order == STOP:
                select.select([0], [], [], grace_s)
            else:
                ended.wait(grace_s)
        if not ended.is_set():
            _signal_group(child.pid, signal.SIGKILL)

    threading.Thread(target=obey, daemon=True).start()
    # Not reaped yet: while it is a zombie its number, which is also its group's, cannot go to another process.
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    ended.set()
    _signal_group(child.pid, signal.SIGKILL)
    code = child.wait()
    return code if code >= 0 else 128 - code


def _signal_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2:]))
