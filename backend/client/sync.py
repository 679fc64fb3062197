"""The client for code without an event loop: scripts, and the thread that runs a Streamlit page.

One event loop with one HTTP client in a background thread per process (``Background.shared``); calls wait for
their answer, and frames come with a tick, so that the waiting thread gets its turn at least every ``tick_s``.
"""

import threading
from collections.abc import Generator, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any, Literal

from backend.client.background import Background
from backend.client.frames import TICK_S, Frame
from backend.client.replies import (
    Feedback,
    OfferedAgent,
    Readiness,
    RunsPage,
    RunState,
    SessionState,
    SessionSummary,
    Share,
    StartedRun,
)
from backend.client.run_client import OutcomeWanted, RunClient
from backend.protocol.events import Event
from backend.protocol.options import RunOptions
from backend.protocol.run_view import RunView


class FrameSlot:
    """The latest frame, handed from the loop to a thread. One not taken yet is replaced, its urgency kept."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._frame: Frame | None = None
        self._closed = False

    def put(self, frame: Frame) -> None:
        """A newer frame."""
        with self._changed:
            missed = self._frame is not None and self._frame.urgent
            self._frame = replace(frame, urgent=True) if missed else frame
            self._changed.notify()

    def close(self) -> None:
        """No frame follows."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def take(self, timeout_s: float) -> tuple[Frame | None, bool]:
        """(the newest frame not taken yet, or None after ``timeout_s``; whether none will follow it)."""
        with self._changed:
            self._changed.wait_for(lambda: self._frame is not None or self._closed, timeout_s)
            frame, self._frame = self._frame, None
            return frame, self._closed


class SyncRunClient:
    """``RunClient`` for a thread without an event loop. Raises what that raises."""

    def __init__(self, base_url: str, background: Background | None = None) -> None:
        self.background = background or Background.shared()
        self.client = RunClient(base_url)

    def ready(self) -> Readiness:
        """Whether the backend takes runs now."""
        return self.background.call(self.client.ready())

    def start_run(
        self,
        question: str,
        agent: str = "documents",
        *,
        session_id: str | None = None,
        options: RunOptions | Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> StartedRun:
        """Start a run and return at once."""
        work = self.client.start_run(
            question, agent, session_id=session_id, options=options, idempotency_key=idempotency_key
        )
        return self.background.call(work)

    def run(self, run_id: str) -> RunState:
        """The run's record and its view so far."""
        return self.background.call(self.client.run(run_id))

    def cancel(self, run_id: str) -> None:
        """Ask for the run's end."""
        self.background.call(self.client.cancel(run_id))

    def agents(self) -> tuple[OfferedAgent, ...]:
        """The agents and scenarios on offer."""
        return self.background.call(self.client.agents())

    def plan(
        self, agent: str, question: str = "", options: RunOptions | Mapping[str, Any] | None = None
    ) -> tuple[Event, ...] | None:
        """The stamped events this agent would send on a perfect machine; None where nobody can know."""
        return self.background.call(self.client.plan(agent, question, options))

    def sessions(self, limit: int | None = None) -> tuple[SessionSummary, ...]:
        """Conversations, the latest first."""
        return self.background.call(self.client.sessions(limit))

    def session(self, session_id: str) -> SessionState:
        """One conversation with its runs in order."""
        return self.background.call(self.client.session(session_id))

    def delete_session(self, session_id: str) -> None:
        """Delete a conversation with its runs."""
        self.background.call(self.client.delete_session(session_id))

    def runs(
        self,
        *,
        text: str = "",
        agent: str = "",
        outcome: OutcomeWanted = "",
        session_id: str = "",
        limit: int = 50,
        before: str = "",
    ) -> RunsPage:
        """Past runs that fit, the latest first."""
        work = self.client.runs(
            text=text, agent=agent, outcome=outcome, session_id=session_id, limit=limit, before=before
        )
        return self.background.call(work)

    def delete_run(self, run_id: str) -> None:
        """Delete a run with its events."""
        self.background.call(self.client.delete_run(run_id))

    def rename_session(self, session_id: str, title: str) -> SessionSummary:
        """Give a conversation another title."""
        return self.background.call(self.client.rename_session(session_id, title))

    def recording(self, run_id: str) -> bytes:
        """The run as a recording (JSON lines)."""
        return self.background.call(self.client.recording(run_id))

    def give_feedback(
        self,
        run_id: str,
        *,
        thumb: Literal["up", "down"] | None = None,
        comment: str = "",
        at_ms: float | None = None,
    ) -> Feedback:
        """Say what you think of a run, or of a moment of it."""
        return self.background.call(self.client.give_feedback(run_id, thumb=thumb, comment=comment, at_ms=at_ms))

    def feedback(self, run_id: str | None = None) -> tuple[Feedback, ...]:
        """What people think of a run, or of all."""
        return self.background.call(self.client.feedback(run_id))

    def feedback_csv(self) -> bytes:
        """All feedback as a table that a spreadsheet can open."""
        return self.background.call(self.client.feedback_csv())

    def share(self, run_id: str) -> Share:
        """Share a run."""
        return self.background.call(self.client.share(run_id))

    def shares(self) -> tuple[Share, ...]:
        """Every share there is."""
        return self.background.call(self.client.shares())

    def unshare(self, share_id: str) -> None:
        """Withdraw a share."""
        self.background.call(self.client.unshare(share_id))

    def frames_sync(
        self,
        run_id: str,
        *,
        question: str | None = None,
        give_up_after_s: float | None = None,
        tick_s: float = TICK_S,
    ) -> Generator[Frame, None, None]:
        """``RunClient.frames`` for a thread: a frame at least about every ``tick_s``, even before the backend
        has answered. A slow reader gets the newest frame. Closing the iterator closes the connection only."""
        slot = FrameSlot()

        async def follow() -> None:
            frames = self.client.frames(run_id, question=question, give_up_after_s=give_up_after_s, tick_s=tick_s)
            async with aclosing(frames):
                async for frame in frames:
                    slot.put(frame)

        future = self.background.submit(follow())
        future.add_done_callback(lambda _: slot.close())
        last = Frame(RunView.start(question or ""), 0.0, urgent=False)
        try:
            ended = False
            while not ended:
                frame, ended = slot.take(tick_s)
                if frame is not None:
                    last = frame
                elif not ended:
                    frame = replace(last, urgent=False)
                if frame is not None:
                    yield frame
            future.result()
        finally:
            future.cancel()
