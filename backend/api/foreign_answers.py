"""What people answer through a client of another dialect: every open request at once, before its next stream begins."""

from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass

from pydantic import ValidationError

from backend.api.conversations import runs_of
from backend.api.foreign_streams import events_of
from backend.api.problems import RequestProblem
from backend.api.services import Services
from backend.dialects.encoding.open_requests import OpenRequests, RequestName
from backend.protocol.inputs import GivenAnswer, InputRequest
from backend.protocol.run_view import InputView
from backend.runs.records import RunRecord
from backend.runs.steering.answered import check_answer
from backend.runs.steering.refusals import SteeringRefusal
from backend.runs.store import UnknownRunError

ReadAnswer = Callable[[InputRequest], GivenAnswer]
"""Reads an answer for the request that it is to. Raises ``ValueError`` with a sentence."""

_LATE = frozenset({"already-answered", "input-expired", "no-longer-asked", "run-ended"})
"""What became of a request that this client knows as open: the run continues without the answer."""


class AnswersRefused(Exception):
    """No answer was taken: the client has to send others. ``code`` is a slug."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def problem(self) -> RequestProblem:
        """The same for a client that is answered with problems."""
        return RequestProblem(404 if self.code == "unknown-input" else 422, self.code, self.message)


@dataclass(frozen=True, slots=True)
class TakenAnswers:
    """The run that continues, and the event up to which the client knows it.

    ``repeated``: everything had been answered before, by this client or elsewhere. ``late`` are codes and sentences
    about answers that came too late.
    """

    record: RunRecord
    seq: int
    repeated: bool
    late: tuple[tuple[str, str], ...] = ()


async def take_answers(
    services: Services, given: Mapping[str, ReadAnswer], *, via: str, session_id: str | None = None
) -> TakenAnswers:
    """Answer everything that the client was asked, by the names of the requests; all of it fits, or none is taken.

    ``session_id`` is the conversation that the run has to be of. Raises ``AnswersRefused``: ``unknown-input``,
    ``missing-answers`` or ``invalid-answer``.
    """
    names = _named(given)
    record = await _record(services, names[0].run_id, session_id)
    seq = max(name.seq for name in names)
    asked_then = await _open_at(services, record.run_id, seq)
    view = await services.store.snapshot(record.run_id)
    now = {asked.input_id: asked for asked in view.stream.inputs}
    reads = {name.input_id: read for name, read in zip(names, given.values(), strict=True)}
    if not set(reads) <= set(now):
        raise _unknown()
    missing = [each for each in asked_then if each.input_id not in reads and now[each.input_id].state == "open"]
    if missing:
        sentence = f"{len(missing)} of the open requests got no answer: answer all of them at once."
        raise AnswersRefused("missing-answers", sentence)
    answers = {input_id: _fitting(now[input_id], read) for input_id, read in reads.items()}
    late = await _answer(services, record.run_id, answers, via)
    return TakenAnswers(record, seq, all(now[input_id].state != "open" for input_id in answers), late)


async def waiting_in(services: Services, session_id: str | None) -> InputView | None:
    """A request that is open in the conversation, if one is."""
    for run in await runs_of(services, session_id):
        if not run.ended:
            view = await services.store.snapshot(run.run_id)
            waiting = next((asked for asked in view.stream.inputs if asked.state == "open"), None)
            if waiting is not None:
                return waiting
    return None


def _named(given: Mapping[str, ReadAnswer]) -> list[RequestName]:
    """The names as Playhead made them, all of one run."""
    names = [RequestName.read(name) for name in given]
    known = [name for name in names if name is not None]
    if not known or len(known) < len(names) or len({name.run_id for name in known}) != 1:
        raise _unknown()
    return known


async def _record(services: Services, run_id: str, session_id: str | None) -> RunRecord:
    try:
        record = await services.store.record(run_id)
    except UnknownRunError as error:
        raise _unknown() from error
    if session_id is not None and record.session_id != session_id:
        raise _unknown()
    return record


async def _answer(
    services: Services, run_id: str, answers: Mapping[str, GivenAnswer], via: str
) -> tuple[tuple[str, str], ...]:
    """Answer all; gives the codes and sentences of those that came too late."""
    late = []
    for input_id, answer in answers.items():
        try:
            await services.steering.answer(run_id, input_id, answer, via=via)
        except RequestProblem as problem:
            if problem.slug not in _LATE:
                raise AnswersRefused(problem.slug, str(problem.detail)) from problem
            late.append((problem.slug, str(problem.detail)))
    return tuple(late)


def _fitting(asked: InputView, read: ReadAnswer) -> GivenAnswer:
    try:
        answer = read(asked.request)
        if asked.state == "open":
            check_answer(asked.request, answer)
    except ValidationError as error:
        raise AnswersRefused("invalid-answer", error.errors()[0]["msg"].removeprefix("Value error, ")) from error
    except (SteeringRefusal, ValueError) as error:
        raise AnswersRefused("invalid-answer", str(error)) from error
    return answer


async def _open_at(services: Services, run_id: str, seq: int) -> tuple[InputView, ...]:
    """What was open after that event."""
    requests = OpenRequests()
    async with aclosing(events_of(services.store, run_id)) as batches:
        async for events, cursor in batches:
            for event in events:
                if event.seq <= seq:
                    requests.take(event)
            if cursor.seq >= seq:
                break
    return requests.open


def _unknown() -> AnswersRefused:
    return AnswersRefused("unknown-input", "No run of this conversation asked that: send a new question.")
