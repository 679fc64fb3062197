"""Sessions: the conversations so far."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from backend.access.callers import caller_now
from backend.api.feedback_intake import checked_title
from backend.api.problems import problem_responses
from backend.api.resources import (
    DeletedSessions,
    NewTitle,
    RunSummaryReply,
    SessionList,
    SessionReply,
    SessionSummaryReply,
)
from backend.api.services import LinksBase, ServicesOf

router = APIRouter(tags=["sessions"])

SessionId = Annotated[str, Path(description="The session's id.", examples=["ses_8YvBtm3zQd2l5dYw0u1P4A"])]

_PAGE = 1000


@router.get(
    "/v1/sessions",
    operation_id="list_sessions",
    summary="The conversations so far",
    responses=problem_responses(421, 422),
)
async def list_sessions(
    services: ServicesOf, limit: Annotated[int, Query(ge=1, le=_PAGE, description="How many at most.")] = 100
) -> SessionList:
    """The latest first, without their runs. On a server with tokens, those in which the caller's own token asked; a
    host gets all."""
    found = await services.store.sessions(limit, caller_now().sees_of)
    return SessionList(sessions=[SessionSummaryReply.of(record) for record in found])


@router.get(
    "/v1/sessions/{session_id}",
    operation_id="get_session",
    summary="A conversation with its runs",
    responses=problem_responses(404, 421),
)
async def get_session(session_id: SessionId, services: ServicesOf, base: LinksBase) -> SessionReply:
    """The runs in order; each one's answer is at its own path."""
    record = await services.store.session(session_id)
    runs = [RunSummaryReply.of(run, base) for run in record.runs]
    return SessionReply(**dict(SessionSummaryReply.of(record)), runs=runs, own=record.began_by(caller_now().owner))


@router.patch(
    "/v1/sessions/{session_id}",
    operation_id="rename_session",
    summary="Rename a conversation",
    responses=problem_responses(400, 403, 404, 413, 415, 421, 422, 507),
)
async def rename_session(session_id: SessionId, new_title: NewTitle, services: ServicesOf) -> SessionSummaryReply:
    """Gives it another title. Its place in the list stays."""
    return SessionSummaryReply.of(await services.store.rename(session_id, checked_title(new_title.title)))


@router.delete(
    "/v1/sessions/{session_id}",
    operation_id="delete_session",
    summary="Delete a conversation",
    status_code=204,
    response_class=Response,
    responses={204: {"description": "It is gone."}, **problem_responses(403, 404, 421, 507)},
)
async def delete_session(session_id: SessionId, services: ServicesOf) -> None:
    """Deletes its runs and their events for good; a run that is still running is stopped first."""
    await services.supervisor.purge(session_id)


@router.delete(
    "/v1/sessions",
    operation_id="delete_sessions",
    summary="Delete all conversations",
    responses=problem_responses(403, 421, 507),
)
async def delete_sessions(services: ServicesOf) -> DeletedSessions:
    """Deletes every conversation for good; runs that are still running are stopped first."""
    deleted = 0
    while sessions := await services.store.sessions(_PAGE):
        for session in sessions:
            await services.supervisor.purge(session.session_id)
            deleted += 1
    return DeletedSessions(deleted=deleted)
