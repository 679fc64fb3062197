"""Several children that stand and fall together: all are started, all answer, and if one goes, all go."""

import signal
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from types import FrameType

from backend.launch.child import ChildProcess

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopAsked(Exception):
    """A person or the system asked for a stop (Ctrl-C, SIGTERM, or the terminal closed)."""


class Supervisor:
    """A context in which children run. Leaving it, for whatever reason, stops all of them.

    Inside, SIGINT, SIGTERM and SIGHUP raise StopAsked from whichever of its methods waits; the context swallows it, so
    a stop that was asked for is no error. While the children are being stopped, one more such signal kills them. Only
    the main thread can use it.
    """

    def __init__(self, children: Sequence[ChildProcess]) -> None:
        self._children = list(children)
        # What is put from a signal handler needs a queue that may be entered again: SimpleQueue, and no Event.
        self._happenings: SimpleQueue[ChildProcess | None] = SimpleQueue()
        self._handlers: dict[signal.Signals, Callable[[int, FrameType | None], object] | int | None] = {}

    def __enter__(self) -> "Supervisor":
        for number in STOP_SIGNALS:
            self._handlers[number] = signal.signal(number, lambda *_: self._happenings.put(None))
        try:
            for child in self._children:
                child.on_end = self._happenings.put
                child.start()
        except BaseException:
            self._stop_all()
            raise
        return self

    def wait_until_ready(self, child: ChildProcess, ready: str | Callable[[], bool], timeout_s: float) -> None:
        """As ChildProcess does it, but the death of any child raises its ChildDied, and a signal StopAsked."""
        child.wait_until_ready(ready, timeout_s, self._pause)

    def watch(self) -> None:
        """Wait for the first child that ends by itself and raise its ChildDied, or StopAsked at a signal."""
        self._pause(None)

    def _pause(self, seconds: float | None) -> None:
        try:
            happening = self._happenings.get(timeout=seconds)
        except Empty:
            return
        if happening is None:
            raise StopAsked
        raise happening.died()

    def _stop_all(self) -> None:
        for child in self._children:
            child.ask_to_stop()
        while any(child.running for child in self._children):
            if self._happenings.get() is None:
                for child in self._children:
                    child.kill()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        self._stop_all()
        return kind is not None and issubclass(kind, StopAsked)
