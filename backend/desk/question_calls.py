"""The calls of the client that asking questions needs."""

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from backend.client.agent_replies import OfferedAgent
from backend.client.frames import Frame
from backend.client.replies import RunState, SessionState, SignedInCaller, StartedRun
from backend.client.review_replies import SharedRuns
from backend.desk.backend_watch import ReadyCall
from backend.desk.run_recording import RecordingCall
from backend.protocol.options import RunOptions, WhenBusy


class QuestionCalls(ReadyCall, RecordingCall, Protocol):
    """The calls of the client that asking needs. See ``RunClient``."""

    async def agents(self) -> tuple[OfferedAgent, ...]: ...  # noqa: D102 - said by the class

    async def me(self) -> SignedInCaller: ...  # noqa: D102 - said by the class

    async def run(self, run_id: str) -> RunState: ...  # noqa: D102 - said by the class

    async def shared_runs(self, share_id: str) -> SharedRuns: ...  # noqa: D102 - said by the class

    async def session(self, session_id: str) -> SessionState: ...  # noqa: D102 - said by the class

    async def start_run(  # noqa: D102 - said by the class
        self,
        question: str,
        agent: str,
        *,
        session_id: str | None,
        options: RunOptions,
        idempotency_key: str,
        when_busy: WhenBusy,
        attachments: Sequence[str],
    ) -> StartedRun: ...

    def frames(self, run_id: str, *, question: str | None) -> AsyncGenerator[Frame, None]: ...  # noqa: D102
