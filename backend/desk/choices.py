"""The entries of the pages' lists: agents by their titles, and the latest runs in one line each."""

from collections.abc import Iterable
from typing import Final, NamedTuple, Protocol

from backend.client.agent_replies import OfferedAgent
from backend.client.errors import ClientError
from backend.client.replies import RunsPage, RunSummary
from backend.present.pages.problem import Problem, problem_of
from backend.present.pages.run_titles import run_title

LATEST_RUNS: Final = 50
"""Runs in a list to choose from; the history finds all others."""


class RunsCall(Protocol):
    """The one call of the client that is needed here."""

    async def runs(self, *, limit: int) -> RunsPage:
        """The latest runs, the newest first."""


class Choice(NamedTuple):
    """One entry of a list: its text, and the name or id it stands for."""

    title: str
    name: str


def agent_choices(offers: Iterable[OfferedAgent]) -> tuple[Choice, ...]:
    """The agents on offer in the backend's order; an agent without a title is listed by its name."""
    return tuple(Choice(offer.title or offer.agent, offer.agent) for offer in offers)


def run_choices(runs: Iterable[RunSummary]) -> tuple[Choice, ...]:
    """Runs, each in one line."""
    return tuple(Choice(run_title(run.question, run.agent, run.created_at, run.outcome), run.run_id) for run in runs)


async def latest_runs(client: RunsCall) -> tuple[Choice, ...] | Problem:
    """The latest runs, the newest first; or why there is no list."""
    try:
        return run_choices((await client.runs(limit=LATEST_RUNS)).runs)
    except ClientError as error:
        return problem_of(error)
