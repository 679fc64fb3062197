"""A link to Redis as a process, so that a busy soak does not slow it: ``python -m benchmarks.soak.link PORT``.

It prints its address, and does what the lines of its standard input say: ``cut``, ``mend`` or ``swallow``.
"""

import argparse
import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.faults.redis_link import RedisLink


class Link:
    """The soak's end of it."""

    def __init__(self, process: "subprocess.Popen[str]", url: str) -> None:
        self._process = process
        self.url = url
        """Where it listens."""

    def cut(self) -> None:
        """Break every connection and refuse new ones."""
        self._do("cut")

    def mend(self) -> None:
        """Take connections again, and let everything through."""
        self._do("mend")

    def swallow(self) -> None:
        """Keep connections open and let nothing through."""
        self._do("swallow")

    def _do(self, what: str) -> None:
        if self._process.stdin is not None:
            self._process.stdin.write(f"{what}\n")
            self._process.stdin.flush()


@contextmanager
def link_to(port: int) -> Iterator[Link]:
    """A link to the Redis of that port while inside."""
    command = [sys.executable, "-m", "benchmarks.soak.link", str(port)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Link(process, process.stdout.readline().strip() if process.stdout else "")
        finally:
            process.kill()


async def main(port: int) -> None:
    """Carry until the standard input ends."""
    link = RedisLink(port)
    await link.start()
    print(link.url, flush=True)  # noqa: T201 - read by the parent
    verbs = {"cut": link.cut, "mend": link.mend, "swallow": link.swallow}
    while line := await asyncio.to_thread(sys.stdin.readline):
        verbs[line.strip()]()
    await link.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("port", type=int)
    asyncio.run(main(parser.parse_args().port))
