"""Whether the process is up, and whether it can do its work."""

from fastapi import APIRouter

from backend import __version__
from backend.api.agent_resources import Health, ReadinessReply
from backend.api.problems import RequestProblem, problem_responses
from backend.api.routes.agents import preparations_of
from backend.api.services import ServicesOf
from backend.runs.start_refusals import ServerStoppingError
from backend.runs.store import StoreError

router = APIRouter(tags=["health"])


@router.get("/healthz", operation_id="health", summary="Is the process up?", responses=problem_responses(421))
async def health() -> Health:
    """Answers at once, also while documents are being indexed."""
    return Health(version=__version__)


@router.get("/readyz", operation_id="readiness", summary="Can it do its work?", responses=problem_responses(421, 503))
async def readiness(services: ServicesOf) -> ReadinessReply:
    """200 once the store is open and answers, and every agent is prepared, or left out; until then 503 says what is
    under way. A server that is stopping answers 503."""
    if services.supervisor.stopping:
        raise ServerStoppingError
    preparations = preparations_of(services)
    if not services.store_open:
        raise RequestProblem(
            503, "not-ready", "The store is being opened: try again in a moment.", headers={"Retry-After": "1"}
        )
    try:
        await services.check_store()
    except StoreError as error:
        raise RequestProblem(503, "not-ready", str(error), headers={"Retry-After": "1"}) from error
    if not services.catalogue.ready:
        under_way = [each for each in services.catalogue.preparations if each.state in ("waiting", "preparing")]
        raise RequestProblem(
            503,
            "not-ready",
            f"Agents are being prepared ({'; '.join(each.sentence() for each in under_way)}): try again in a moment.",
            headers={"Retry-After": "1"},
            preparations=[each.model_dump() for each in preparations],
        )
    return ReadinessReply(preparations=preparations, warnings=list(services.catalogue.warnings))
