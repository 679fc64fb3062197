"""Feedback: what people think of runs."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response

from backend.access.callers import caller_now
from backend.api.feedback_csv import feedback_csv
from backend.api.problems import problem_responses
from backend.api.questions import asks_for, check_key
from backend.api.review_resources import AgentVotes, FeedbackList, FeedbackReply, NewFeedback, VoteList
from backend.api.rights import as_named
from backend.api.routes.runs import RunId, RunToChange
from backend.api.services import Services, ServicesOf
from backend.api.votes import counted_votes, counts_by_agents
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
    record, new = await services.feedback.give(run_id, new_feedback, check_key(idempotency_key))
    response.status_code = 201 if new else 200
    return as_named(FeedbackReply.of(record))


@router.get(
    "/v1/runs/{run_id}/feedback",
    operation_id="list_feedback_of_run",
    summary="The feedback on a run",
    responses=problem_responses(404, 421),
)
async def list_feedback_of_run(run_id: RunId, services: ServicesOf) -> FeedbackList:
    """In the order in which it was given."""
    return _listed(await services.feedback.of_run(run_id))


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
    found = await _seen(services, await services.store.feedback())
    if not asks_for(accept, CSV_TYPE) or asks_for(accept, "application/json"):
        return _listed(found)
    headers = {"Content-Disposition": 'attachment; filename="feedback.csv"', "X-Content-Type-Options": "nosniff"}
    return Response(feedback_csv(found), media_type=f"{CSV_TYPE}; charset=utf-8", headers={**headers, "Vary": "Accept"})


@router.get(
    "/v1/votes",
    operation_id="list_votes",
    summary="Which of two agents people preferred",
    responses=problem_responses(421),
)
async def list_votes(services: ServicesOf) -> VoteList:
    """Counted for every two agents. The votes themselves are in the feedback."""
    found = await _seen(services, await services.store.feedback())
    pairs = counts_by_agents(counted_votes(found))
    return VoteList(
        pairs=[
            AgentVotes(first_agent=first, second_agent=second, **asdict(counts))
            for (first, second), counts in pairs.items()
        ]
    )


async def _seen(services: Services, records: Sequence[FeedbackRecord]) -> Sequence[FeedbackRecord]:
    """The feedback on runs that are in the caller's lists."""
    owner = caller_now().sees_of
    if owner is None:
        return records
    owners = {run_id: (await services.store.record(run_id)).owner for run_id in {each.run_id for each in records}}
    return [each for each in records if owners[each.run_id] == owner]


def _listed(records: Iterable[FeedbackRecord]) -> FeedbackList:
    return FeedbackList(feedback=[FeedbackReply.of(record) for record in records])
