"""Past runs and conversations: found, renamed and deleted, as calls of the backend."""

from typing import Literal
from urllib.parse import quote

from pydantic import TypeAdapter

from backend.client.calls import Calls, run_path
from backend.client.replies import RunsPage, Sessions, SessionState, SessionSummary
from backend.protocol.events import Outcome

OutcomeWanted = Literal[Outcome, "running", ""]
"""How a run must have ended to be found: ``running`` = not yet, empty = however."""

_RUNS = TypeAdapter(RunsPage)
_SESSIONS = TypeAdapter(Sessions)
_SESSION = TypeAdapter(SessionState)
_RENAMED = TypeAdapter(SessionSummary)


class HistoryCalls(Calls):
    """What is kept, and what people do with it."""

    async def sessions(self, limit: int | None = None) -> tuple[SessionSummary, ...]:
        """Conversations, the latest first."""
        params = {} if limit is None else {"limit": str(limit)}
        return self._read(await self._send("GET", "/v1/sessions", params=params), _SESSIONS).sessions

    async def session(self, session_id: str) -> SessionState:
        """One conversation with its runs in order."""
        return self._read(await self._send("GET", _session_path(session_id)), _SESSION)

    async def delete_session(self, session_id: str) -> None:
        """Delete a conversation with its runs and their events."""
        await self._send("DELETE", _session_path(session_id))

    async def runs(
        self,
        *,
        text: str = "",
        agent: str = "",
        outcome: OutcomeWanted = "",
        session_id: str = "",
        limit: int = 50,
        before: str = "",
    ) -> RunsPage:
        """Past runs of all conversations that fit, the latest first; what is empty leaves nothing out. ``text`` is a
        part of the question in upper or lower case, ``outcome`` may be ``running``, ``before`` is ``RunsPage.next``."""
        asked = {"text": text, "agent": agent, "outcome": outcome, "session_id": session_id, "before": before}
        params = {"limit": str(limit), **{name: value for name, value in asked.items() if value}}
        return self._read(await self._send("GET", "/v1/runs", params=params), _RUNS)

    async def delete_run(self, run_id: str) -> None:
        """Delete a run with its events; a running one is cancelled first. A conversation ends with its last run."""
        await self._send("DELETE", run_path(run_id))

    async def rename_session(self, session_id: str, title: str) -> SessionSummary:
        """Give a conversation another title."""
        return self._read(await self._send("PATCH", _session_path(session_id), json={"title": title}), _RENAMED)


def _session_path(session_id: str) -> str:
    return f"/v1/sessions/{quote(session_id, safe='')}"
