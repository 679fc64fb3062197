"""Runs: accept one, find past ones, look at one, cancel one, delete one."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Response

from backend.access.callers import caller_now
from backend.api.event_stream import EventStream
from backend.api.log_response import open_stream
from backend.api.problems import problem_responses
from backend.api.questions import check_key, wants_stream
from backend.api.resources import AcceptedRun, CancelledRun, NewRun, RunLinks, RunList, RunNow, RunSummaryReply
from backend.api.rights import as_named
from backend.api.run_starts import HandedQuestion
from backend.api.services import LinksBase, ServicesOf
from backend.api.shared_runs import shared_run
from backend.api.steering_resources import QueuedQuestion
from backend.api.stream_description import STREAM_CONTENT
from backend.protocol.cursor import START, Cursor
from backend.protocol.share_ids import is_share
from backend.runs.search import OutcomeWanted, RunQuery
from backend.runs.store import RunStore

router = APIRouter(tags=["runs"])

MAX_SEARCH_CHARACTERS = 1000
MAX_PAGE = 1000

RunId = Annotated[str, Path(description="The run's id.", examples=["run_8YvBtm3zQd2l5dYw0u1P4A"])]


async def _run_to_change(run_id: RunId, services: ServicesOf) -> str:
    # What the share's role allows was looked at before: see ``rights.enforce``.
    return (await shared_run(services.store, run_id)).run_id if is_share(run_id) else run_id


RunToChange = Annotated[str, Depends(_run_to_change)]
"""The id of a run that is to be changed, or commented on. A share's id stands for its run, where its role allows it."""

_NAMES: dict[str, Any] = {
    "Location": {"description": "The run's path.", "schema": {"type": "string"}},
    "Playhead-Run-Id": {"description": "The run's id.", "schema": {"type": "string"}},
    "Playhead-Session-Id": {"description": "Its session's id.", "schema": {"type": "string"}},
}
CANCEL_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "The run has ended; if it had before, nothing was changed."},
    202: {"description": "The run is being stopped.", "model": CancelledRun},
    **problem_responses(403, 404, 421, 507),
}
_STREAMED = {**STREAM_CONTENT["content"], "application/json": {"schema": {"$ref": "#/components/schemas/AcceptedRun"}}}


@router.post(
    "/v1/runs",
    operation_id="start_run",
    summary="Start a run",
    status_code=201,
    response_model=QueuedQuestion | AcceptedRun,
    responses={
        200: {
            "description": "With `Accept: text/event-stream`: the run's events, as `GET …/events` sends them. "
            "Otherwise: the run that an earlier request with this Idempotency-Key started.",
            "headers": _NAMES,
            "content": _STREAMED,
        },
        202: {
            "description": "The conversation's active run got the question as a message, as `when_busy` asks.",
            "model": QueuedQuestion,
        },
        201: {"description": "The run was accepted and continues by itself.", "headers": _NAMES},
        **problem_responses(400, 403, 404, 413, 415, 421, 422, 429, 503, 507),
    },
)
async def start_run(
    new_run: NewRun,
    services: ServicesOf,
    base: LinksBase,
    response: Response,
    idempotency_key: Annotated[
        str | None, Header(description="The same key again finds the run it started instead of starting another.")
    ] = None,
    accept: Annotated[str | None, Header(description="`text/event-stream` makes the stream the answer.")] = None,
) -> AcceptedRun | QueuedQuestion | EventStream:
    """Accept a question. No connection owns the run: it continues when this one closes.

    With `Accept: text/event-stream` the answer is the stream itself: one request, one streamed answer.
    """
    started = await services.starts.start(new_run, check_key(idempotency_key))
    if isinstance(started, HandedQuestion):
        response.status_code = 202
        return _queued(started, base)
    record = started.record
    links = RunLinks.of(record.run_id, base)
    headers = {
        "Location": links.self,
        "Playhead-Run-Id": record.run_id,
        "Playhead-Session-Id": record.session_id,
    }
    if wants_stream(accept):
        return open_stream(services, record.run_id, services.store.follow(record.run_id, START), headers)
    response.headers.update(headers)
    response.status_code = 201 if started.created else 200
    return AcceptedRun(run_id=record.run_id, session_id=record.session_id, links=links)


def _queued(handed: HandedQuestion, base: str) -> QueuedQuestion:
    return QueuedQuestion(
        run_id=handed.active.run_id,
        session_id=handed.active.session_id,
        message_id=handed.message.message_id,
        mode=handed.message.mode,
        links=RunLinks.of(handed.active.run_id, base),
    )


@router.get(
    "/v1/runs",
    operation_id="list_runs",
    summary="Find past runs",
    responses=problem_responses(400, 421, 422),
)
async def list_runs(
    services: ServicesOf,
    base: LinksBase,
    text: Annotated[
        str,
        Query(max_length=MAX_SEARCH_CHARACTERS, description="A part of the question; upper or lower case is the same."),
    ] = "",
    agent: Annotated[str, Query(description="The agent's whole name.", examples=["scripted:happy_path"])] = "",
    outcome: Annotated[OutcomeWanted, Query(description="How it ended; `running` = not yet.")] = "",
    session_id: Annotated[str, Query(description="The conversation it belongs to.")] = "",
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE, description="How many at most.")] = 50,
    before: Annotated[str, Query(description="`next` of the previous page, for the runs after it.")] = "",
) -> RunList:
    """Runs of all conversations that match every filter, the latest first. An empty or missing filter matches all
    runs. A page may contain fewer runs than `limit` while runs end; only `next` says whether more follow."""
    query = RunQuery(text.strip(), agent, outcome, session_id, owner=caller_now().sees_of)
    page = await services.store.runs(query, limit, before)
    return RunList(runs=[RunSummaryReply.of(record, base) for record in page.runs], next=page.next)


@router.get(
    "/v1/runs/{run_id}",
    operation_id="get_run",
    summary="A run and what its watchers see now",
    responses=problem_responses(404, 421),
)
async def get_run(run_id: RunId, services: ServicesOf, base: LinksBase) -> RunNow:
    """The folded view of everything sent so far. Following the events from `cursor` misses nothing."""
    return await run_now(services.store, run_id, base)


async def run_now(store: RunStore, run_id: str, base: str = "") -> RunNow:
    """The run's record and its view, which fit each other. ``base``: see ``RunLinks.of``.

    Raises ``UnknownRunError``.
    """
    view = await store.snapshot(run_id)
    record = await store.record(run_id)
    seq = view.stream.last_seq
    summary = RunSummaryReply.of(record, base).model_copy(update={"last_seq": seq})
    cursor = Cursor(record.attempt, seq) if seq else START
    return RunNow(**dict(summary), cursor=str(cursor), view=view)


@router.delete(
    "/v1/runs/{run_id}",
    operation_id="delete_run",
    summary="Delete a run",
    status_code=204,
    response_class=Response,
    responses={204: {"description": "It is gone."}, **problem_responses(403, 404, 421, 507)},
)
async def delete_run(run_id: RunToChange, services: ServicesOf) -> None:
    """Deletes the run with its events, feedback and share for good; one that is still running is stopped first. Its
    conversation goes with its last run."""
    await services.supervisor.delete(run_id)


@router.post(
    "/v1/runs/{run_id}/cancel",
    operation_id="cancel_run",
    summary="Cancel a run",
    responses=CANCEL_ANSWERS,
)
async def cancel_run(run_id: RunToChange, services: ServicesOf, response: Response) -> CancelledRun:
    """Ask the run to stop; its answer so far is kept. The call can be repeated."""
    cancelled = await services.steering.cancel(run_id)
    response.status_code = 202 if cancelled.outcome is None else 200
    return as_named(cancelled)
