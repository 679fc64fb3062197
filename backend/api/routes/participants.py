"""Participants: ids for people, signed by the server."""

from fastapi import APIRouter, Response

from backend.api.problems import problem_responses
from backend.api.services import ServicesOf
from backend.protocol.participants import IssuedParticipant

router = APIRouter(tags=["participants"])


@router.post(
    "/v1/participants",
    operation_id="issue_participant",
    summary="Get an id for a person",
    status_code=201,
    responses=problem_responses(403, 421),
)
async def issue_participant(services: ServicesOf, response: Response) -> IssuedParticipant:
    """Gives an id and the ticket that proves it. Send the ticket as `by.id` or `participant.id`: what the person does
    is recorded under the id, and nobody who has only seen the id can act under it. Names stay unverified."""
    response.headers["Cache-Control"] = "no-store"
    return services.participants.issue()
