"""Feedback on runs: given on the pages, and listed for all of them."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from backend.client.errors import ClientError, ProblemError
from backend.client.review_replies import Feedback
from backend.desk.backend_watch import BETWEEN_TRIALS_S, ReadyCall, wait_for_backend
from backend.present.pages.problem import Problem, problem_of
from backend.present.words import ask as words_ask
from backend.protocol.inputs import GivenPerson


class FeedbackCalls(ReadyCall, Protocol):
    """The calls of the client that feedback needs. See ``RunClient``."""

    async def give_feedback(  # noqa: D102 - said by the class
        self,
        run_id: str,
        *,
        thumb: Literal["up", "down"] | None,
        comment: str,
        at_ms: float | None,
        by: GivenPerson | None,
        reply_to: str | None,
    ) -> Feedback: ...

    async def feedback(self) -> tuple[Feedback, ...]: ...  # noqa: D102 - said by the class


class SaidOnPage(BaseModel):
    """What a page's script passes on: a thumb, or a comment, on a run or a moment of it, and who says it. ``reply_to``
    is the id of the feedback that it answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run: str = Field(min_length=1, max_length=200)
    thumb: Literal["up", "down"] | None = None
    comment: str = ""
    at_ms: float | None = Field(default=None, allow_inf_nan=False)
    reply_to: str | None = None
    by: GivenPerson | None = None


@dataclass(frozen=True, slots=True)
class GivenOnPage:
    """What became of it: the feedback, or why it was not saved. ``sentence`` is to be shown in passing."""

    sentence: str
    given: Feedback | None = None

    def as_json(self) -> dict[str, Any]:
        """For the pages' script."""
        given = self.given
        return {"sentence": self.sentence, "given": None if given is None else given.model_dump(mode="json")}


class RunFeedback:
    """Giving and listing feedback, for one backend."""

    def __init__(self, client: FeedbackCalls, between_trials_s: float = BETWEEN_TRIALS_S) -> None:
        """``between_trials_s``: see ``wait_for_backend``."""
        self._client = client
        self._between_trials_s = between_trials_s

    async def give(self, said: object) -> GivenOnPage:
        """Save what a page passes on: the fields of ``SaidOnPage``."""
        try:
            wanted = SaidOnPage.model_validate(said)
        except ValidationError:
            return GivenOnPage(words_ask.FEEDBACK_NOT_SENT)
        if wanted.thumb is None and not wanted.comment.strip():
            return GivenOnPage(words_ask.COMMENT_EMPTY)
        try:
            return GivenOnPage(words_ask.FEEDBACK_KEPT, await self._signed(wanted))
        except ClientError as error:
            return GivenOnPage(error.sentence)

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

    async def _signed(self, wanted: SaidOnPage) -> Feedback:
        try:
            return await self._give(wanted, wanted.by)
        except ProblemError as error:
            if error.slug != "forged-participant" or wanted.by is None:
                raise
            # The browser's ticket is of another server, or of an earlier key: the name alone is good.
            return await self._give(wanted, GivenPerson(name=wanted.by.name))

    async def _give(self, wanted: SaidOnPage, by: GivenPerson | None) -> Feedback:
        return await self._client.give_feedback(
            wanted.run,
            thumb=wanted.thumb,
            comment=wanted.comment.strip(),
            at_ms=wanted.at_ms,
            by=by,
            reply_to=wanted.reply_to,
        )
