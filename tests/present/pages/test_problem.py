"""Trouble between a page and the backend as a designed state, and the moment that an address names."""

import pytest

from backend.client.errors import BackendGone, ClientError, ProblemError
from backend.present.pages.addresses import moment_ms
from backend.present.pages.problem import Problem, problem_of, recording_of_backend, recording_of_file
from backend.present.words import ask as words_ask, run as words
from backend.protocol.recordings import Recording


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


def test_a_problem_says_its_own_sentence_or_that_of_its_state() -> None:
    assert Problem("refused", "Wait.").sentence_shown == "Wait."
    assert Problem("run_not_found").sentence_shown == words.NOTICES["run_not_found"][1]


def test_bytes_that_are_not_a_recording_are_reported_by_where_they_came_from() -> None:
    for read, notice in ((recording_of_file, "invalid_recording"), (recording_of_backend, "refused")):
        problem = read(b"nothing")
        assert isinstance(problem, Problem)
        assert problem.notice == notice
        assert problem.sentence
    whole = b'{"playhead": "recording"}\n{"type": "done", "seq": 1}\n'
    assert isinstance(recording_of_file(whole), Recording)


@pytest.mark.parametrize(
    ("text", "ms"), [("1500", 1500), ("2.5", 2500), ("0.0", 0), ("", 0), ("x", 0), ("-1", 0), ("1.2.3", 0), ("²", 0)]
)
def test_a_moment_of_an_address(text: str, ms: float) -> None:
    assert moment_ms(text) == ms
