"""The knowledge of a target before it is measured: its agents, and its plans."""

from dataclasses import dataclass, replace

from backend.client import RunClient
from backend.metrics.trace import Trace
from backend.protocol.checks import check
from backend.protocol.events import DoneEvent, Outcome
from backend.yaml_lines.complaints import did_you_mean
from evals.suites.suite import Suite, SuiteScenario


class TargetError(Exception):
    """The target cannot be measured with this suite. The message has the next action."""


@dataclass(frozen=True, slots=True)
class Play:
    """One scenario of a suite, ready to be played against a target.

    ``plan`` is the known truth of a scripted run, None if nobody can know it. ``scripted_violations`` counts, by rule,
    the violations that the script itself makes. ``background``: the target knows runs that nobody waits for.
    """

    scenario: SuiteScenario
    question: str
    plan: Trace | None
    expected: Outcome
    scripted_violations: dict[str, int]
    background: bool = False

    @property
    def planned_ms(self) -> float | None:
        """The planned duration of the run."""
        return None if self.plan is None else self.plan.done_ms


async def prepare(suite: Suite, client: RunClient) -> list[Play]:
    """Every scenario of the suite with its question and its plan. Raises ``TargetError`` for an agent that the target
    does not offer, an option that it does not take, or a scenario without a question, and ``ClientError`` if the target
    does not answer."""
    offered = await client.offers()
    offers = {offer.agent: offer for offer in offered.agents}
    plays = []
    for scenario in suite.scenarios:
        offer = offers.get(scenario.agent)
        if offer is None:
            raise TargetError(
                f"The target does not offer {scenario.agent!r}{did_you_mean(scenario.agent, sorted(offers))}"
            )
        _check_options(scenario, offered.options)
        question = scenario.question or next(iter(offer.examples), None)
        if question is None:
            raise TargetError(f"The agent {scenario.agent!r} has no example question: give one in the suite.")
        events = await client.plan(scenario.agent, question, {"speed": scenario.speed, "seed": scenario.seed})
        plan = None if events is None else Trace.of_server_times("planned", events)
        play = _play(scenario, question, plan)
        plays.append(replace(play, background="background" in (offered.options or ())))
    return plays


def _check_options(scenario: SuiteScenario, known: tuple[str, ...] | None) -> None:
    """Raises ``TargetError`` where a run of the scenario could only be refused. An older target, which does not say
    what it takes, is asked."""
    if known is not None and scenario.answers and "may_ask" not in known:
        raise TargetError(
            f"The target does not take the option 'may_ask', and {scenario.agent!r} is to be answered: update the "
            "target, or leave the answers out of the suite."
        )


def _play(scenario: SuiteScenario, question: str, plan: Trace | None) -> Play:
    expected: Outcome = "completed"
    violations: dict[str, int] = {}
    if plan is not None:
        for violation in check(plan.received):
            violations[violation.rule] = violations.get(violation.rule, 0) + 1
        done = plan.done
        expected = done.outcome if isinstance(done, DoneEvent) else "interrupted"
    if scenario.cancel is not None:
        expected = "cancelled"
    return Play(scenario, question, plan, scenario.expect or expected, violations)
