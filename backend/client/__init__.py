"""The backend's client: calls, a run followed over reconnects, and frames at the pace of a screen.

    client = RunClient("http://127.0.0.1:8750")
    started = await client.start_run("Is it rising?", "documents")
    async with aclosing(client.frames(started.run_id)) as frames:
        async for frame in frames:
            draw(frame.view, frame.elapsed_ms)

Scripts without an event loop use ``backend.client.background``.
"""

from backend.client.agent_replies import OfferedAgent, Readiness
from backend.client.connection import close_shared_http, new_http, shared_http
from backend.client.errors import BackendGone, ClientError, ProblemError
from backend.client.followed_run import ConnectionChange
from backend.client.frames import Frame
from backend.client.replies import RunsPage, RunState, RunSummary, SessionState, SessionSummary, StartedRun
from backend.client.resumption import Arrival, StreamItem
from backend.client.review_replies import Feedback, Share
from backend.client.run_client import RunClient

__all__ = [
    "Arrival",
    "BackendGone",
    "ClientError",
    "ConnectionChange",
    "Feedback",
    "Frame",
    "OfferedAgent",
    "ProblemError",
    "Readiness",
    "RunClient",
    "RunState",
    "RunSummary",
    "RunsPage",
    "SessionState",
    "SessionSummary",
    "Share",
    "StartedRun",
    "StreamItem",
    "close_shared_http",
    "new_http",
    "shared_http",
]
