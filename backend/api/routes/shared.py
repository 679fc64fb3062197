"""A shared run, to be looked at: what a run's own routes give, without anything that leads to the run itself."""

from fastapi import APIRouter, Response

from backend.api.event_stream import EventStream
from backend.api.log_response import follow_from, open_stream
from backend.api.problems import problem_responses
from backend.api.review_resources import SharedRunList, SharedRunReply, SharedRunSummary, shown_agent
from backend.api.routes.events import STREAM_ANSWERS, After, LastEventId
from backend.api.routes.recordings import RECORDING_ANSWER, RecordingResponse, recording_response
from backend.api.routes.runs import run_now
from backend.api.routes.shares import ShareId
from backend.api.services import LinksBase, ServicesOf
from backend.api.shared_runs import name_of, pinned_run, runs_of_share, share_id_of, shared_run
from backend.protocol.cursor import Cursor
from backend.runs.recording_library import header_of

router = APIRouter(tags=["shares"])

_NOT_KEPT = {"Cache-Control": "no-store"}


@router.get(
    "/v1/shared/{share_id}",
    operation_id="get_shared_run",
    summary="A shared run and what its watchers see now",
    responses=problem_responses(404, 421),
)
async def get_shared_run(
    share_id: ShareId, services: ServicesOf, base: LinksBase, response: Response
) -> SharedRunReply:
    """The folded view of everything sent so far. Following the events from `cursor` misses nothing."""
    shared = await shared_run(services.store, share_id)
    response.headers.update(_NOT_KEPT)
    name = name_of(shared.share, shared.run_id)
    now = await run_now(services.store, shared.run_id)
    return SharedRunReply.of(now, name, base).model_copy(update={"role": shared.share.role})


@router.get(
    "/v1/shared/{share_id}/runs",
    operation_id="list_shared_runs",
    summary="The runs that a share shows",
    responses=problem_responses(404, 421),
)
async def list_shared_runs(share_id: ShareId, services: ServicesOf, response: Response) -> SharedRunList:
    """In order, those of its conversation, or its one run. `run_id` is a name that can stand for the share's id in
    every call below it."""
    share = await services.store.shared(share_id_of(share_id))
    runs = await runs_of_share(services.store, share)
    response.headers.update(_NOT_KEPT)
    return SharedRunList(
        role=share.role,
        expires_at=share.expires_at,
        runs=[SharedRunSummary.of(run, name_of(share, run.run_id)) for run in runs],
    )


@router.get(
    "/v1/shared/{share_id}/events",
    operation_id="follow_shared_run",
    summary="Follow a shared run's events",
    status_code=200,
    response_class=EventStream,
    responses={**STREAM_ANSWERS, **problem_responses(422)},
)
async def follow_shared_run(
    share_id: ShareId, services: ServicesOf, last_event_id: LastEventId = None, after: After = None
) -> Response:
    """What following the run itself gives, with the same cursors. The stream ends when the share is withdrawn."""
    cursor = Cursor.parse(last_event_id or after or "")
    shared = await pinned_run(services.store, share_id)
    services.end_in_time(shared.share)
    run_id = shared.run_id
    batches = await follow_from(services.store, run_id, cursor)
    if batches is None:
        return Response(status_code=204)
    return open_stream(services, run_id, batches, share_id=share_id_of(share_id))


@router.get(
    "/v1/shared/{share_id}/recording",
    operation_id="get_shared_recording",
    summary="A shared run as a recording",
    status_code=200,
    response_class=RecordingResponse,
    responses={200: RECORDING_ANSWER, **problem_responses(404, 421)},
)
async def get_shared_recording(share_id: ShareId, services: ServicesOf) -> RecordingResponse:
    """One header line, which names the share in place of the run, then the events as they were sent, one a line."""
    shared = await shared_run(services.store, share_id)
    record = await services.store.record(shared.run_id)
    told = {"run_id": name_of(shared.share, shared.run_id), "session_id": "", "agent": shown_agent(record.agent)}
    return await recording_response(services.store, record, header_of(record).model_copy(update=told))
