"""The server's numbers, for Prometheus."""

from fastapi import APIRouter, Request, Response
from prometheus_client.exposition import choose_encoder

from backend.api.monitoring.collector import server_registry
from backend.api.problems import RequestProblem, problem_responses
from backend.api.services import ServicesOf
from backend.doors.forwarded import FORWARDED

router = APIRouter(tags=["health"])


@router.get(
    "/metrics",
    operation_id="metrics",
    summary="How is it doing?",
    response_class=Response,
    responses={
        200: {
            "description": "Numbers about the whole server.",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        },
        **problem_responses(403, 421),
    },
)
async def metrics(request: Request, services: ServicesOf) -> Response:
    """Runs, watchers, connections and the store, in Prometheus's text format; nothing about a single run. On a server
    without tokens not through a reverse proxy, which lets others in."""
    if services.gate is None and request.scope.get(FORWARDED):
        raise RequestProblem(
            403,
            "not-through-a-proxy",
            "Metrics are not sent through a proxy without a token: ask the server at its own port, or start it with "
            "--token-file.",
        )
    write, media_type = choose_encoder(request.headers.get("accept", ""))
    return Response(write(server_registry(services)), media_type=media_type)
