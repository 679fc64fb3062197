"""The events of a run, followed live."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response

from backend.api.event_stream import EventStream
from backend.api.log_response import follow_from, open_stream
from backend.api.problems import problem_responses
from backend.api.routes.runs import RunId
from backend.api.services import ServicesOf
from backend.api.stream_description import STREAM_CONTENT
from backend.protocol.cursor import Cursor

router = APIRouter(tags=["events"])


LastEventId = Annotated[
    str | None,
    Header(description="The id of the last event you have; the stream continues after it.", examples=["1-42"]),
]
After = Annotated[str | None, Query(description="The same, for readers that cannot set a header.", examples=["1-42"])]

STREAM_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "The events after the cursor, then new ones, until `done`.", **STREAM_CONTENT},
    204: {"description": "The cursor is at `done`: there is nothing more, do not reconnect."},
    **problem_responses(400, 404, 421),
}


@router.get(
    "/v1/runs/{run_id}/events",
    operation_id="follow_run",
    summary="Follow a run's events",
    status_code=200,
    response_class=EventStream,
    responses=STREAM_ANSWERS,
)
async def follow_run(
    run_id: RunId, services: ServicesOf, last_event_id: LastEventId = None, after: After = None
) -> Response:
    """Replays the events after the cursor, then follows live. Closing the connection cancels nothing.

    A cursor that the log does not know is answered with a `snapshot` event first: the whole view, and as its id
    the cursor to continue from.
    """
    cursor = Cursor.parse(last_event_id or after or "")
    batches = await follow_from(services.store, run_id, cursor)
    return Response(status_code=204) if batches is None else open_stream(services, run_id, batches)
