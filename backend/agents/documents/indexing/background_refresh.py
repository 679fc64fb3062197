"""Bringing an index up to date in a separate thread; a caller waits for it as long as it wants."""

import threading
import time

from backend.agents.documents.blocking import start_thread
from backend.agents.documents.indexing.folder_index import FolderIndex, Progress, RefreshReport

_LOOK_S = 0.1


class BackgroundRefresh:
    """At most one refresh of an index at a time. It continues when nobody waits for it any more."""

    def __init__(self, index: FolderIndex) -> None:
        self._index = index
        self._guard = threading.Lock()
        self._stop = threading.Event()
        self._ended = threading.Event()
        self._ended.set()
        self._listeners: list[Progress] = []
        self._report: RefreshReport | None = None
        self._failure: BaseException | None = None

    def start(self, progress: Progress | None = None) -> bool:
        """Begin a refresh; False if one is at work already. ``progress`` is called in its thread until it ends."""
        if self._stop.is_set():
            # One that was asked to stop is not joined, but waited for: it ends with the file it reads.
            self._ended.wait()
        with self._guard:
            is_new = self._ended.is_set()
            if is_new:
                self._stop, self._ended = threading.Event(), threading.Event()
                self._report = self._failure = None
                self._listeners = []
            if progress is not None:
                self._listeners.append(progress)
        if not is_new:
            return False
        start_thread(self._work, lambda _: self.stop())
        return True

    def stop(self) -> None:
        """Have the refresh end soon; what was stored until then stays."""
        self._stop.set()

    def wait(self, seconds: float, stop: threading.Event | None = None) -> RefreshReport | None:
        """What the refresh did; None if it is still at work after ``seconds``, or ``stop`` is set.

        Raises what the refresh raises.
        """
        until = time.monotonic() + seconds
        while not self._ended.wait(max(min(_LOOK_S, until - time.monotonic()), 0.0)):
            if time.monotonic() >= until or (stop is not None and stop.is_set()):
                return None
        if self._failure is not None:
            raise self._failure.with_traceback(None)
        return self._report

    def _work(self) -> None:
        try:
            self._report = self._index.refresh(self._note, self._stop)
        except BaseException as error:  # noqa: BLE001 - it is raised again for those who wait
            self._failure = error
        finally:
            self._ended.set()

    def _note(self, done: int, total: int, what: str) -> None:
        for listener in self._listeners:
            listener(done, total, what)
