"""Feedback on runs: given on the page of one, and listed for all of them."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Literal, Protocol

from backend.client.errors import ClientError
from backend.client.replies import Feedback
from backend.desk.backend_watch import BETWEEN_TRIALS_S, ReadyCall, wait_for_backend
from backend.desk.sharing import RunOnPage
from backend.present.pages.problem import Problem, problem_of
from backend.present.words import ask as words_ask


class FeedbackCalls(ReadyCall, Protocol):
    """The calls of the client that feedback needs. See ``RunClient``."""

    async def give_feedback(  # noqa: D102 - said by the class
        self, run_id: str, *, thumb: Literal["up", "down"] | None, comment: str, at_ms: float | None
    ) -> Feedback: ...

    async def feedback(self) -> tuple[Feedback, ...]: ...  # noqa: D102 - said by the class


@dataclass(frozen=True, slots=True)
class SentComment:
    """The result of sending a comment: whether it is saved, and the sentence to show in passing. If it is not saved, it
    stays in its field."""

    kept: bool
    sentence: str


class RunFeedback:
    """Giving and listing feedback, for one backend."""

    def __init__(self, client: FeedbackCalls, between_trials_s: float = BETWEEN_TRIALS_S) -> None:
        """``between_trials_s``: see ``wait_for_backend``."""
        self._client = client
        self._between_trials_s = between_trials_s

    async def rate(self, run: RunOnPage, thumb: Literal["up", "down"]) -> str:
        """Rate this moment of the run as helpful or not. Returns the sentence to show in passing."""
        return (await self._give(run, thumb, "")).sentence

    async def toggle_comment(self, run: RunOnPage) -> str:
        """Show the comment field, or fold it away. Returns an empty sentence."""
        run.commenting, run.share_id = not run.commenting, ""
        return ""

    async def comment(self, run: RunOnPage, text: str) -> SentComment:
        """Save the comment on this moment of the run."""
        if not text.strip():
            return SentComment(kept=False, sentence=words_ask.COMMENT_EMPTY)
        sent = await self._give(run, None, text.strip())
        run.commenting = run.commenting and not sent.kept
        return sent

    async def of_all_runs(self) -> AsyncGenerator[tuple[Feedback, ...] | Problem, None]:
        """The feedback on all runs, the newest first. Before that a problem as long as there is one; while the backend
        is away this continues by itself."""
        while True:
            try:
                yield tuple(reversed(await self._client.feedback()))
            except ClientError as error:
                problem = problem_of(error)
                yield problem
                if not problem.passes:
                    return
            else:
                return
            await wait_for_backend(self._client, self._between_trials_s)

    async def _give(self, run: RunOnPage, thumb: Literal["up", "down"] | None, comment: str) -> SentComment:
        try:
            await self._client.give_feedback(run.run_id, thumb=thumb, comment=comment, at_ms=run.moment_ms)
        except ClientError as error:
            return SentComment(kept=False, sentence=error.sentence)
        return SentComment(kept=True, sentence=words_ask.FEEDBACK_KEPT)
