"""Shares: links that show one run to anyone who has them."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from backend.api.problems import problem_responses
from backend.api.review_resources import ShareList, ShareReply
from backend.api.routes.runs import RunToChange
from backend.api.services import ServicesOf
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
        **problem_responses(403, 404, 421, 507),
    },
)
async def share_run(run_id: RunToChange, services: ServicesOf, response: Response) -> ShareReply:
    """Gives an id under which the run can be looked at, and nothing else be done or seen. A run has one share: asked
    for again, it is the same until it is withdrawn."""
    record, new = await services.store.share(ShareRecord.of_run(run_id))
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
    services.streams.stop_shared(share_id)
    services.channels.withdraw(share_id)
