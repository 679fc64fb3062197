"""Shares: links that show one run to anyone who has them."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from backend.api.problems import problem_responses
from backend.api.review_resources import NewShare, ShareList, ShareReply
from backend.api.routes.runs import RunToChange
from backend.api.routes.sessions import SessionId
from backend.api.services import ServicesOf
from backend.protocol.inputs import Person
from backend.runs.review import ShareRecord

router = APIRouter(tags=["shares"])

ShareId = Annotated[str, Path(description="The share's id.", examples=["share_8YvBtm3zQd2l5dYw0u1P4A"])]


@router.post(
    "/v1/runs/{run_id}/share",
    operation_id="share_run",
    summary="Share a run",
    status_code=201,
    responses={
        200: {"description": "The run was shared before: this is its share.", "model": ShareReply},
        **problem_responses(403, 404, 421, 422, 507),
    },
)
async def share_run(
    run_id: RunToChange, services: ServicesOf, response: Response, wanted: NewShare | None = None
) -> ShareReply:
    """Gives an id under which the run can be reached with the role, and nothing else be done or seen; without a body it
    can be looked at. Asked for again, a share that does not expire is the same until it is withdrawn."""
    asked = wanted or NewShare()
    return await _kept(
        services, response, ShareRecord.of_run(run_id, asked.role, asked.expires_s, _by(services, asked))
    )


@router.post(
    "/v1/sessions/{session_id}/share",
    operation_id="share_session",
    summary="Share a conversation",
    status_code=201,
    responses={
        200: {"description": "The conversation was shared before: this is its share.", "model": ShareReply},
        **problem_responses(403, 404, 421, 422, 507),
    },
)
async def share_session(
    session_id: SessionId, services: ServicesOf, response: Response, wanted: NewShare | None = None
) -> ShareReply:
    """The same for a conversation with all its runs, also those to come."""
    asked = wanted or NewShare()
    return await _kept(
        services, response, ShareRecord.of_session(session_id, asked.role, asked.expires_s, _by(services, asked))
    )


def _by(services: ServicesOf, asked: NewShare) -> Person | None:
    return services.participants.person(asked.by)


async def _kept(services: ServicesOf, response: Response, wanted: ShareRecord) -> ShareReply:
    """The share that is kept now; 201 if it is new."""
    record, new = await services.store.share(wanted)
    response.status_code = 201 if new else 200
    return ShareReply.of(record)


@router.get("/v1/shares", operation_id="list_shares", summary="The shares", responses=problem_responses(421))
async def list_shares(services: ServicesOf) -> ShareList:
    """Every share with the run it shows, the latest first: what can be withdrawn."""
    return ShareList(shares=[ShareReply.of(record) for record in await services.store.shares()])


@router.delete(
    "/v1/shared/{share_id}",
    operation_id="withdraw_share",
    summary="Withdraw a share",
    status_code=204,
    response_class=Response,
    responses={204: {"description": "The link leads nowhere now."}, **problem_responses(403, 404, 421, 507)},
)
async def withdraw_share(share_id: ShareId, services: ServicesOf) -> None:
    """Withdraws the link: it no longer opens the run, and streams opened through it end. The run stays."""
    await services.store.unshare(share_id)
    services.withdraw_share(share_id)
