"""What a server process costs, as the operating system counts it: processor time and memory. Linux only."""

from pathlib import Path


class ServerCost:
    """The cost of the server under a process that was started here. Everything is None where the system does not
    say."""

    def __init__(self, pid: int | None) -> None:
        """``pid`` is the process that guards the server."""
        self._processes = [] if pid is None else _below(pid)

    def cpu_s(self) -> float | None:
        """Processor time so far, in seconds."""
        try:
            times = [
                int(task.read_text(encoding="ascii").split()[0])
                for process in self._processes
                for task in Path(f"/proc/{process}/task").glob("*/schedstat")
            ]
        except (OSError, ValueError, IndexError):
            return None
        return sum(times) / 1e9 if times else None

    def memory_mib(self) -> float | None:
        """Resident memory."""
        try:
            lines = [
                line
                for process in self._processes
                for line in Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
            ]
        except OSError:
            return None
        sizes = [int(line.split()[1]) for line in lines if line.startswith("VmRSS:")]
        return sum(sizes) / 1024 if sizes else None


def _below(pid: int) -> list[int]:
    """The processes that this one started, and theirs."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, _, rest = stat.read_text(encoding="utf-8", errors="replace").partition(" (")
            parents[int(number)] = int(rest.rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
    found, last = [pid], [pid]
    while last:
        last = [child for child, parent in parents.items() if parent in last]
        found += last
    return found[1:]
