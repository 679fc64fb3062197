"""Several children that stand and fall together: all are started, all answer, and if one goes, all go."""

import os
import select
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import FrameType

from backend.launch.child import ChildProcess, answers

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
CHILD_ENDED = b"\0"


class StopAsked(Exception):
    """A person or the system asked for a stop (Ctrl-C, SIGTERM, or the terminal closed)."""


class Supervisor:
    """A context in which children run. Leaving it, for whatever reason, stops all of them.

    Inside, SIGINT, SIGTERM and SIGHUP raise StopAsked from whichever of its methods waits; the context swallows it, so
    a stop that was asked for is not an error. While the children stop, one more such signal kills them. Only
    the main thread can use it.
    """

    def __init__(self, children: Sequence[ChildProcess], first: Sequence[ChildProcess] = ()) -> None:
        """``first`` are those of them that are stopped before the others are asked to."""
        self._children = list(children)
        self._first = list(first)
        self._handlers: dict[signal.Signals, Callable[[int, FrameType | None], object] | int | None] = {}

    def __enter__(self) -> "Supervisor":
        # Whatever happens is a byte here: the number of a signal, or 0 where a child ended. The interpreter's own
        # handler writes it: one in Python does not run if the signal comes just before the main thread blocks.
        self._happenings, self._report = os.pipe()
        os.set_blocking(self._report, False)
        for number in STOP_SIGNALS:
            self._handlers[number] = signal.signal(number, lambda *_: None)
        self._wakeup = signal.set_wakeup_fd(self._report, warn_on_full_buffer=False)
        try:
            for child in self._children:
                child.on_end = self._note_end
                child.start()
        except BaseException:
            self._stop_all()
            raise
        return self

    def _note_end(self, _: ChildProcess) -> None:
        os.write(self._report, CHILD_ENDED)

    def wait_until_ready(self, child: ChildProcess, ready: str | Callable[[], bool], timeout_s: float) -> None:
        """As ChildProcess does it, but the death of any child raises its ChildDied, and a signal StopAsked."""
        child.wait_until_ready(ready, timeout_s, self._pause)

    def in_order_of_readiness(self, probes: Mapping[ChildProcess, str], timeout_s: float) -> Iterator[ChildProcess]:
        """Each child as soon as its address answers. Raises as ``wait_until_ready``, and waits as long for each."""
        waiting = dict(probes)

        def first() -> bool:
            for child, address in waiting.items():
                if answers(address):
                    ready.append(child)
                    return True
            return False

        while waiting:
            ready: list[ChildProcess] = []
            self.wait_until_ready(next(iter(waiting)), first, timeout_s)
            del waiting[ready[0]]
            yield ready[0]

    def watch(self) -> None:
        """Wait for the first child that ends by itself and raise its ChildDied, or StopAsked at a signal."""
        while True:
            self._pause(None)

    def _pause(self, seconds: float | None) -> None:
        if self._stop_asked_within(seconds):
            raise StopAsked
        for child in self._children:
            if not child.running:
                raise child.died()

    def _stop_asked_within(self, seconds: float | None) -> bool:
        """Wait for the next thing to happen; return whether it was a signal."""
        ready, _, _ = select.select([self._happenings], [], [], seconds)
        return bool(ready) and os.read(self._happenings, 1) != CHILD_ENDED

    def _stop_all(self) -> None:
        for group in (self._first, self._children):
            for child in group:
                child.ask_to_stop()
            while any(child.running for child in group):
                if self._stop_asked_within(None):
                    for child in self._children:
                        child.kill()
        for child in self._children:
            child.wait()
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        os.close(self._report)
        os.close(self._happenings)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        self._stop_all()
        return kind is not None and issubclass(kind, StopAsked)
