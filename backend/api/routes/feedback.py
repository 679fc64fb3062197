"""Feedback: what people think of runs."""

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response

from backend.api.feedback_csv import feedback_csv
from backend.api.feedback_intake import checked_comment, checked_moment
from backend.api.problems import problem_responses
from backend.api.questions import asks_for, check_key
from backend.api.review_resources import FeedbackList, FeedbackReply, NewFeedback
from backend.api.routes.runs import RunId, RunToChange
from backend.api.services import Services, ServicesOf
from backend.runs.records import RunRecord
from backend.runs.review import FeedbackRecord

router = APIRouter(tags=["feedback"])

CSV_TYPE = "text/csv"

_LISTED: dict[str, Any] = {
    "application/json": {"schema": {"$ref": "#/components/schemas/FeedbackList"}},
    CSV_TYPE: {
        "schema": {
            "type": "string",
            "description": "RFC 4180, UTF-8, every cell quoted; an apostrophe before text that a spreadsheet would "
            "take for a formula.",
        }
    },
}


@router.post(
    "/v1/runs/{run_id}/feedback",
    operation_id="give_feedback",
    summary="Give feedback on a run",
    status_code=201,
    responses={
        200: {"description": "What an earlier request with this Idempotency-Key gave.", "model": FeedbackReply},
        **problem_responses(400, 403, 404, 413, 415, 421, 422, 507),
    },
)
async def give_feedback(
    run_id: RunToChange,
    new_feedback: NewFeedback,
    services: ServicesOf,
    response: Response,
    idempotency_key: Annotated[
        str | None, Header(description="The same key again finds the feedback it gave instead of giving it twice.")
    ] = None,
) -> FeedbackReply:
    """A thumb, a comment, or both; about a moment of the run, or about all of it. The call can be repeated."""
    comment = checked_comment(new_feedback)
    key = check_key(idempotency_key)
    run = await services.store.record(run_id)
    at_ms = checked_moment(new_feedback.at_ms, run, await _elapsed_ms(services, run))
    record, new = await services.store.add_feedback(
        FeedbackRecord.given(run_id, new_feedback.thumb, comment, at_ms, key=key)
    )
    response.status_code = 201 if new else 200
    return FeedbackReply.of(record)


async def _elapsed_ms(services: Services, run: RunRecord) -> float:
    """How far the run is: by the server's clock while it is running here, else by its last event."""
    elapsed_ms = services.supervisor.elapsed_ms(run.run_id)
    if elapsed_ms is None:
        return (await services.store.snapshot(run.run_id)).stream.last_at_ms
    return elapsed_ms


@router.get(
    "/v1/runs/{run_id}/feedback",
    operation_id="list_feedback_of_run",
    summary="The feedback on a run",
    responses=problem_responses(404, 421),
)
async def list_feedback_of_run(run_id: RunId, services: ServicesOf) -> FeedbackList:
    """In the order in which it was given."""
    return _listed(await services.store.feedback(run_id))


@router.get(
    "/v1/feedback",
    operation_id="list_feedback",
    summary="The feedback on all runs",
    response_model=FeedbackList,
    responses={200: {"description": "All feedback there is.", "content": _LISTED}, **problem_responses(421)},
)
async def list_feedback(
    services: ServicesOf,
    accept: Annotated[str | None, Header(description="`text/csv` gives a table for spreadsheets.")] = None,
) -> Response | FeedbackList:
    """In the order in which it was given: as JSON, or as a table where `Accept` names that and no JSON."""
    found = await services.store.feedback()
    if not asks_for(accept, CSV_TYPE) or asks_for(accept, "application/json"):
        return _listed(found)
    headers = {"Content-Disposition": 'attachment; filename="feedback.csv"', "X-Content-Type-Options": "nosniff"}
    return Response(feedback_csv(found), media_type=f"{CSV_TYPE}; charset=utf-8", headers={**headers, "Vary": "Accept"})


def _listed(records: Iterable[FeedbackRecord]) -> FeedbackList:
    return FeedbackList(feedback=[FeedbackReply.of(record) for record in records])
