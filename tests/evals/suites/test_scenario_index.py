"""Which scenario of a suite a run elsewhere belongs to."""

from collections.abc import Sequence

from hypothesis import given, strategies as st

from backend.metrics.expectation import Expectation
from evals.suites.scenario_index import ScenarioIndex
from evals.suites.suite import SuiteScenario

agents = st.sampled_from(["documents", "model"])
questions = st.sampled_from(["Why?", "why? ", "How?"])
speeds = st.sampled_from([1.0, 4.0])
seeds = st.integers(0, 1)
contents = st.none() | st.just(Expectation(not_found=True))
scenarios = st.lists(
    st.builds(
        SuiteScenario,
        agent=agents,
        question=st.none() | questions,
        repeats=st.just(1),
        speed=speeds,
        seed=seeds,
        expect=st.none(),
        content=contents,
    ),
    max_size=8,
)


def found_one_by_one(
    among: Sequence[SuiteScenario], agent: str, question: str, speed: float, seed: int
) -> SuiteScenario | None:
    fitting = [scenario for scenario in among if scenario.fits(agent, question)]
    exact = [scenario for scenario in fitting if (scenario.speed, scenario.seed) == (speed, seed)]
    answered = [scenario for scenario in among if scenario.content is not None and scenario.asks(question)]
    return next(iter([*exact, *fitting, *answered]), None)


@given(scenarios, agents, questions, speeds, seeds)
def test_the_scenario_is_the_one_that_is_found_by_looking_at_each(
    among: list[SuiteScenario], agent: str, question: str, speed: float, seed: int
) -> None:
    found = ScenarioIndex(among).find(agent, question, speed, seed)
    assert found is found_one_by_one(among, agent, question, speed, seed)
