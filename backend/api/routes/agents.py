"""The agents on offer, and what a run of one would send."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from backend.agents.agent import RunRequest, UnknownAgentError
from backend.api.agent_resources import AgentList, Offer, Plan, PreparationNow, TakenFilesReply
from backend.api.problems import RequestProblem, problem_responses
from backend.api.services import Services, ServicesOf
from backend.protocol.file_kinds import endings_of
from backend.protocol.options import RunOptions

router = APIRouter(tags=["agents"])


def preparations_of(services: Services) -> list[PreparationNow]:
    """How far each family of agents is."""
    return [
        PreparationNow(name=each.name, state=each.state, done=each.done, total=each.total, what=each.what)
        for each in services.catalogue.preparations
    ]


def _taken(kinds: tuple[str, ...]) -> TakenFilesReply | None:
    return TakenFilesReply(kinds=list(kinds), endings=list(endings_of(kinds))) if kinds else None


@router.get("/v1/agents", operation_id="list_agents", summary="The agents on offer", responses=problem_responses(421))
async def list_agents(services: ServicesOf) -> AgentList:
    """What can be run now, with a sentence and questions to try; and what is still being prepared."""
    offers = [
        Offer(
            agent=each.agent,
            title=each.title,
            description=each.description,
            examples=list(each.examples),
            attachments=_taken(each.file_kinds),
            pause=each.steerable.pause,
            messages=each.steerable.messages,
        )
        for each in await services.catalogue.offers()
    ]
    return AgentList(agents=offers, preparations=preparations_of(services), warnings=list(services.catalogue.warnings))


@router.get(
    "/v1/agents/{agent}/plan",
    operation_id="plan_run",
    summary="The events a run would send on a perfect machine",
    response_model_exclude_none=True,
    responses=problem_responses(404, 421, 422, 503),
)
async def plan_run(
    agent: Annotated[str, Path(description="The agent's name.", examples=["scripted:happy_path"])],
    services: ServicesOf,
    question: Annotated[str, Query(description="The question of the run.")] = "",
    seed: Annotated[int, Query(ge=0, le=2**31 - 1, description="Seed of a scenario's jitter.")] = 0,
    speed: Annotated[float, Query(ge=0, le=1000, description="1 = as written, 0 = without waiting.")] = 1.0,
    status_events: Annotated[bool, Query(description="False leaves the status events out.")] = True,
) -> Plan:
    """The known truth of a scripted or recorded run, for measuring against it. Other agents have none: 404."""
    options = RunOptions(seed=seed, speed=speed, status_events=status_events)
    request = RunRequest(run_id="plan", question=question, options=options)
    try:
        events = await services.catalogue.plan(agent, request)
    except UnknownAgentError as error:
        raise RequestProblem(
            404, "unknown-agent", str(error), nearest=await services.catalogue.nearest(agent)
        ) from error
    if events is None:
        raise RequestProblem(
            404, "no-plan", f"The plan of {agent!r} cannot be known in advance: measure a scripted agent instead."
        )
    return Plan(agent=agent, question=question, options=options, events=list(events))
