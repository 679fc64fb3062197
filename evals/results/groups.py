"""Groups of runs: runs of one scenario that were played under the same conditions. Each group has a readable name."""

from collections.abc import Iterable, Sequence

from evals.results.models import RunResult

Conditions = tuple[str, float, int, str, str, str | None, str | None]


TRANSPORT_WORDS = {"post": "POST", "events": "GET /events", "websocket": "WebSocket"}
"""How a run was read, as people read it."""


def with_groups(runs: Sequence[RunResult]) -> tuple[RunResult, ...]:
    """The runs, each with the name of its group.

    A scenario that is played at several speeds, with several seeds or under several loads makes several groups, and
    their names show the difference. Steered runs, cut runs, runs over another transport and runs through a page
    are groups as well.
    """
    names = names_of({conditions(run) for run in runs})
    return tuple(run.model_copy(update={"group": names[conditions(run)]}) for run in runs)


def by_group(runs: Iterable[RunResult]) -> dict[str, list[RunResult]]:
    """The runs of each group, in the order in which the groups were first played."""
    found: dict[str, list[RunResult]] = {}
    for run in runs:
        found.setdefault(run.group or run.scenario, []).append(run)
    return found


def conditions(run: RunResult) -> Conditions:
    """The conditions under which the run was played; they are the same for all runs of a group."""
    # A disturbance names the request, which is the same for the group, then the moment, which differs by run.
    asked = run.disturbance.partition(":")[0] if run.disturbance else None
    return run.scenario, run.speed, run.seed, run.load, run.transport, asked, run.through


def names_of(all_conditions: set[Conditions]) -> dict[Conditions, str]:
    """A name for each of these conditions, with only as much detail as makes it different from the others."""
    alike: dict[str, list[Conditions]] = {}
    for one in all_conditions:
        alike.setdefault(one[0], []).append(one)
    return {one: _name(one, alike[one[0]]) for one in all_conditions}


def _name(one: Conditions, alike: Sequence[Conditions]) -> str:
    """The scenario, with the conditions that differ from those of its other groups."""
    scenario, speed, seed, load, transport, asked, through = one
    marks = []
    if len({(other[1], other[2]) for other in alike}) > 1:
        marks.append(f"speed {speed:g}, seed {seed}")
    # Runs through a page are played without a load, and their name says that they are such runs.
    if load and len({other[3] for other in alike if other[3]}) > 1:
        marks.append(load)
    marks += [asked] if asked else []
    marks += [f"over {TRANSPORT_WORDS[transport]}"] if transport != "post" else []
    marks += [f"through {through}"] if through else []
    return f"{scenario} ({', '.join(marks)})" if marks else scenario
