"""What both UIs take from below when they open and compare runs: names of a pair, and states of trouble."""

import pytest

from backend.client.errors import BackendGone, ClientError, ProblemError
from backend.present.pages.addresses import moment_ms
from backend.present.pages.pair import Pair, Side
from backend.present.pages.problem import Problem, problem_of, recording_of_backend, recording_of_file
from backend.present.words import ask as words_ask, compare as words_compare
from backend.protocol.options import RunOptions
from backend.protocol.recordings import Recording, RecordingHeader
from tests.metrics.traces import done, token


def side(agent: str = "scripted:a", *, status_events: bool = True, ended: bool = True, run_id: str = "run_1") -> Side:
    events = [token("Yes.").model_copy(update={"seq": 1})]
    if ended:
        events.append(done().model_copy(update={"seq": 2}))  # type: ignore[arg-type]
    header = RecordingHeader(agent=agent, question="Why?", options=RunOptions(status_events=status_events))
    return Side(Recording(header, tuple(events)), run_id)


def pair_of(first: Side, second: Side) -> Pair:
    pair = Pair()
    pair.put("first", first)
    pair.put("second", second)
    return pair


@pytest.mark.parametrize(
    ("first", "second", "names"),
    [
        (side("scripted:a"), side("documents"), ("scripted:a", "documents")),
        (side("scripted:a", status_events=False), side("documents"), ("scripted:a", "documents")),
        (side(status_events=False), side(), (words_compare.WITHOUT_STATUS, words_compare.WITH_STATUS)),
        (side(), side(status_events=False), (words_compare.WITH_STATUS, words_compare.WITHOUT_STATUS)),
        (side(), side(), (words_compare.FIRST_RUN, words_compare.SECOND_RUN)),
        (side(""), side("documents"), (words_compare.FIRST_RUN, words_compare.SECOND_RUN)),
    ],
)
def test_what_tells_two_runs_apart_names_them(first: Side, second: Side, names: tuple[str, str]) -> None:
    pair = pair_of(first, second)
    assert tuple(run.name for run in pair.compared()) == names
    assert [run.question for run in pair.compared()] == ["Why?", "Why?"]


def test_a_pair_with_one_side_missing_cannot_be_compared() -> None:
    pair = Pair()
    pair.put("first", side())
    with pytest.raises(ValueError, match="not two runs"):
        pair.compared()
    assert (pair.complete, pair.run_ids) == (False, ("run_1", ""))


def test_only_a_run_of_the_backend_that_is_not_over_goes_on() -> None:
    assert [side().running, side(ended=False).running, side(ended=False, run_id="").running] == [False, True, False]
    pair = pair_of(side(), side(ended=False))
    assert (pair.complete, pair.running) == (True, True)


@pytest.mark.parametrize(
    ("error", "opened_id", "problem"),
    [
        (BackendGone("It is gone."), "run_1", Problem("backend_down", "It is gone.")),
        (ProblemError(404, "unknown-run", "No."), "run_1", Problem("run_not_found")),
        (ProblemError(404, "unknown-run", "No."), "share_1", Problem("run_not_found", words_ask.SHARE_NOT_FOUND)),
        (ProblemError(429, "too-many-runs", "Wait."), "share_1", Problem("refused", "Wait.")),
        (ClientError("Odd."), "", Problem("refused", "Odd.")),
    ],
)
def test_every_error_of_the_client_is_a_designed_state(error: ClientError, opened_id: str, problem: Problem) -> None:
    found = problem_of(error, opened_id)
    assert found == problem
    assert found.passes == isinstance(error, BackendGone)
    assert "ph-notice" in found.html


def test_bytes_that_are_no_recording_are_told_by_where_they_came_from() -> None:
    for read, notice in ((recording_of_file, "invalid_recording"), (recording_of_backend, "refused")):
        problem = read(b"nothing")
        assert isinstance(problem, Problem)
        assert problem.notice == notice
        assert problem.sentence
    whole = b'{"playhead": "recording"}\n{"type": "done", "seq": 1}\n'
    assert isinstance(recording_of_file(whole), Recording)


@pytest.mark.parametrize(
    ("text", "ms"), [("1500", 1500), ("2.5", 2.5), ("", 0), ("x", 0), ("-1", 0), ("1.2.3", 0), ("²", 0)]
)
def test_a_moment_of_an_address(text: str, ms: float) -> None:
    assert moment_ms(text) == ms
