"""Waiting for a backend that is away, still starting, or there and unwilling."""

from collections.abc import Sequence

import pytest

from backend.client.agent_replies import Readiness
from backend.client.errors import BackendGone, ClientError, ProblemError
from backend.desk.backend_watch import wait_for_backend


class Answers:
    """Answers one call after the other, and counts them."""

    def __init__(self, answers: Sequence[Readiness | ClientError]) -> None:
        self.left = list(answers)

    async def ready(self) -> Readiness:
        answer = self.left.pop(0)
        if isinstance(answer, ClientError):
            raise answer
        return answer


READY = Readiness(ready=True, sentence="", preparations=())
STARTING = Readiness(ready=False, sentence="Reading your documents.", preparations=())
GONE = BackendGone("Nobody answers.")
REFUSED = ProblemError(401, "unauthorized", "Send the token.")


@pytest.mark.parametrize("answers", [[READY], [GONE, GONE, READY], [GONE, STARTING, READY], [GONE, REFUSED], [REFUSED]])
async def test_it_asks_until_runs_are_taken_or_the_answer_is_another_error(
    answers: list[Readiness | ClientError],
) -> None:
    calls = Answers([*answers, GONE])
    await wait_for_backend(calls, between_trials_s=0)
    assert calls.left == [GONE]
