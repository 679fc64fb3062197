"""Steering a run in flight: answers, pauses and messages. See ``backend.api.steering_service`` for each verb."""

from typing import Annotated, Any

from fastapi import APIRouter, Path

from backend.api.problems import problem_responses
from backend.api.rights import as_named
from backend.api.routes.runs import RunToChange
from backend.api.services import ServicesOf
from backend.api.steering_resources import Acting, MessageReply, NewMessage, RecordedAnswer, RunActivity, RunInputs
from backend.protocol.inputs import GivenAnswer

router = APIRouter(tags=["steering"])

VIA = "http"
"""The channel of these calls, as answers name it."""

InputId = Annotated[str, Path(description="The request's id.", examples=["inp_8YvBtm3zQd2l5dYw0u1P4A"])]
MessageName = Annotated[str, Path(description="The message's id.", max_length=64)]

_ANSWERED: dict[int | str, dict[str, Any]] = {
    200: {"description": "The answer as the log has it; the same answer again gets the same reply."},
    **problem_responses(403, 404, 409, 410, 421, 422, 507),
}


@router.get(
    "/v1/runs/{run_id}/inputs",
    operation_id="list_inputs",
    summary="What the run asks of people",
    response_model_exclude_none=False,
    responses=problem_responses(404, 421),
)
async def list_inputs(run_id: RunToChange, services: ServicesOf) -> RunInputs:
    """Every request of the run, open or not, with the answers, and the time that each open one still has."""
    return as_named(await services.steering.inputs(run_id))


@router.post(
    "/v1/runs/{run_id}/inputs/{input_id}",
    operation_id="answer_input",
    summary="Answer a request",
    responses=_ANSWERED,
)
async def answer_input(
    run_id: RunToChange, input_id: InputId, given: GivenAnswer, services: ServicesOf
) -> RecordedAnswer:
    """The first valid answer wins; a value that does not fit leaves the request open."""
    return as_named(await services.steering.answer(run_id, input_id, given, via=VIA))


@router.post(
    "/v1/runs/{run_id}/input",
    operation_id="answer_only_input",
    summary="Answer the only open request",
    responses=_ANSWERED,
)
async def answer_only_input(run_id: RunToChange, given: GivenAnswer, services: ServicesOf) -> RecordedAnswer:
    """The same for the request that is open, where exactly one is."""
    return as_named(await services.steering.answer(run_id, None, given, via=VIA))


@router.post(
    "/v1/runs/{run_id}/pause",
    operation_id="pause_run",
    summary="Pause a run",
    responses=problem_responses(403, 404, 409, 421, 422, 507),
)
async def pause_run(run_id: RunToChange, services: ServicesOf, acting: Acting | None = None) -> RunActivity:
    """Pause the run as its agent can; a paused run stays paused. GET /v1/agents lists which agents can be paused."""
    return as_named(await services.steering.pause(run_id, None if acting is None else acting.by))


@router.post(
    "/v1/runs/{run_id}/resume",
    operation_id="resume_run",
    summary="Resume a run",
    responses=problem_responses(403, 404, 409, 421, 422, 507),
)
async def resume_run(run_id: RunToChange, services: ServicesOf, acting: Acting | None = None) -> RunActivity:
    """Continue a paused run; one that is not paused stays as it is."""
    return as_named(await services.steering.resume(run_id, None if acting is None else acting.by))


@router.post(
    "/v1/runs/{run_id}/messages",
    operation_id="send_message",
    summary="Send a message to a run",
    status_code=202,
    responses=problem_responses(403, 404, 409, 413, 421, 422, 429, 507),
)
async def send_message(run_id: RunToChange, message: NewMessage, services: ServicesOf) -> MessageReply:
    """Accept a message for the agent, or for the conversation's next run. The log shows when it is delivered, or why it
    was returned."""
    return as_named(await services.steering.send(run_id, message))


@router.delete(
    "/v1/runs/{run_id}/messages/{message_id}",
    operation_id="withdraw_message",
    summary="Withdraw a message",
    responses=problem_responses(403, 404, 409, 421, 507),
)
async def withdraw_message(run_id: RunToChange, message_id: MessageName, services: ServicesOf) -> MessageReply:
    """Take back a message that was not delivered yet."""
    return as_named(await services.steering.withdraw(run_id, message_id))
