"""Two runs started together: both or none."""

from collections.abc import Mapping
from typing import Any

import pytest

from backend.client.errors import ProblemError
from backend.client.race import (
    Entrant,
    plays_without_status,
    question_for,
    start_both,
    with_and_without_status,
)
from backend.client.replies import OfferedAgent, StartedRun
from backend.client.run_client import RunClient


class FullBackend(RunClient):
    """A backend that takes so many runs and no more."""

    def __init__(self, room: int) -> None:
        super().__init__("http://127.0.0.1:9")
        self.room = room
        self.started: list[tuple[str, str, str | None, Mapping[str, Any]]] = []
        self.cancelled: list[str] = []

    async def start_run(self, question: str, agent: str = "documents", **given: Any) -> StartedRun:
        if len(self.started) == self.room:
            raise ProblemError(429, "too-many-runs", "Wait.")
        self.started.append((question, agent, given.get("session_id"), given["options"]))
        return StartedRun(run_id=f"run_{len(self.started)}", session_id="ses_1")

    async def cancel(self, run_id: str) -> None:
        self.cancelled.append(run_id)


async def test_both_run_in_one_conversation_with_their_own_options() -> None:
    backend = FullBackend(room=2)
    assert await start_both(backend, "Why?", *with_and_without_status("scripted:brief")) == ("run_1", "run_2")
    assert backend.started == [
        ("Why?", "scripted:brief", None, {}),
        ("Why?", "scripted:brief", "ses_1", {"status_events": False}),
    ]
    assert backend.cancelled == []


async def test_half_a_race_is_none() -> None:
    backend = FullBackend(room=1)
    with pytest.raises(ProblemError, match="Wait"):
        await start_both(backend, "Why?", Entrant("documents"), Entrant("scripted:brief"))
    assert backend.cancelled == ["run_1"]


@pytest.mark.parametrize(
    ("agent", "whether"), [("scripted:brief", True), ("recording:abc", True), ("documents", False), ("model", False)]
)
def test_what_is_played_can_leave_its_status_out(agent: str, whether: bool) -> None:
    assert plays_without_status(OfferedAgent(agent=agent)) == whether


def test_what_to_ask_when_nobody_has_asked() -> None:
    assert question_for(OfferedAgent(agent="a", title="A", examples=("Why?", "How?"))) == "Why?"
    assert question_for(OfferedAgent(agent="a", title="A")) == "A"
    assert question_for(OfferedAgent(agent="a")) == "a"
