"""The control channel of a conversation and of a shared run, as WebSockets."""

from typing import cast

from fastapi import APIRouter, WebSocket

from backend.access.callers import caller_now
from backend.api.control.channel import ControlChannel
from backend.api.control.channels import MOST_CHANNELS
from backend.api.problems import RequestProblem, known_problem, problem_response
from backend.api.services import Services
from backend.api.shared_runs import shared_run

router = APIRouter()


@router.websocket("/v1/sessions/{session_id}/control")
async def control_session(websocket: WebSocket, session_id: str) -> None:
    """Follow and steer the runs of a conversation."""
    await _serve(websocket, session_id, None)


@router.websocket("/v1/shared/{share_id}/control")
async def control_shared(websocket: WebSocket, share_id: str) -> None:
    """Follow a shared run."""
    await _serve(websocket, None, share_id)


@router.websocket("/v1/runs/{run_id}/control")
async def control_run(websocket: WebSocket, run_id: str) -> None:
    """Follow and steer the runs of the conversation of a run."""
    await _serve(websocket, None, None, run_id)


async def _serve(websocket: WebSocket, session_id: str | None, share_id: str | None, run_id: str | None = None) -> None:
    """Serve the connection, or answer its handshake with the problem that a call would be answered with."""
    services = cast(Services, websocket.app.state.services)
    try:
        if run_id is not None:
            session_id = (await services.store.record(run_id)).session_id
        if share_id is not None:
            shared = await shared_run(services.store, share_id)
            services.end_in_time(shared.share)
            run_id = shared.run_id
            session_id = (await services.store.record(run_id)).session_id
        named = session_id or ""
        if caller_now().role is not None or share_id is not None:
            # A stranger learns nothing of the conversation before its hello.
            await services.store.session(named)
        if not services.channels.has_place(share_id or named):
            sentence = f"This conversation has {MOST_CHANNELS} control connections: close one, or follow over HTTP."
            raise RequestProblem(503, "too-many-channels", sentence, headers={"Retry-After": "5"})
    except Exception as error:
        problem = known_problem(error)
        if problem is None:
            raise
        await websocket.send_denial_response(problem_response(websocket.url.path, problem))
        return
    await ControlChannel(websocket, services, services.commands, named, share_id).serve()
