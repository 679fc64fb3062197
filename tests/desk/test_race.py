"""Two runs started together: both or none."""

import pytest

from backend.client.agent_replies import OfferedAgent
from backend.client.errors import ProblemError
from backend.desk.race import Entrant, plays_without_status, question_for, start_both, with_and_without_status
from tests.desk.fake_backend import FakeBackend


async def test_both_run_in_one_conversation_with_their_own_options() -> None:
    backend = FakeBackend()
    assert await start_both(backend, "Why?", *with_and_without_status("scripted:brief")) == ("run_1", "run_2")
    headers = [run.header for run in backend.kept.values()]
    assert [(header.question, header.agent, header.session_id) for header in headers] == [
        ("Why?", "scripted:brief", "ses_1"),
        ("Why?", "scripted:brief", "ses_1"),
    ]
    assert [header.options.status_events for header in headers] == [True, False]
    assert backend.cancelled == []


@pytest.mark.parametrize(("stubborn", "cancelled"), [(False, ["run_1"]), (True, [])])
async def test_nobody_wants_half_a_race(stubborn: bool, cancelled: list[str]) -> None:
    backend = FakeBackend()
    backend.most_runs, backend.stubborn = 1, stubborn
    with pytest.raises(ProblemError, match="Wait"):
        await start_both(backend, "Why?", Entrant("documents"), Entrant("scripted:brief"))
    assert backend.asked[-1] == "cancel run_1"
    assert backend.cancelled == cancelled


@pytest.mark.parametrize(
    ("agent", "whether"), [("scripted:brief", True), ("recording:abc", True), ("documents", False), ("model", False)]
)
def test_what_is_played_can_leave_its_status_out(agent: str, whether: bool) -> None:
    assert plays_without_status(OfferedAgent(agent=agent)) == whether


def test_what_to_ask_when_nobody_has_asked() -> None:
    assert question_for(OfferedAgent(agent="a", title="A", examples=("Why?", "How?"))) == "Why?"
    assert question_for(OfferedAgent(agent="a", title="A")) == "A"
    assert question_for(OfferedAgent(agent="a")) == "a"
