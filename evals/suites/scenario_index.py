"""Finds the scenario of a suite that a run elsewhere belongs to, among thousands of questions."""

from collections.abc import Iterable, Sequence

from evals.suites.suite import SuiteScenario, plain_question


class ScenarioIndex:
    """The scenarios of a suite by the agent that is asked and the question."""

    def __init__(self, scenarios: Iterable[SuiteScenario] = ()) -> None:
        self._fitting: dict[tuple[str, str | None], list[tuple[int, SuiteScenario]]] = {}
        self._answered: dict[str, SuiteScenario] = {}
        for place, scenario in enumerate(scenarios):
            question = None if scenario.question is None else plain_question(scenario.question)
            self._fitting.setdefault((scenario.agent, question), []).append((place, scenario))
            if question is not None and scenario.content is not None:
                self._answered.setdefault(question, scenario)

    def find(self, agent: str, question: str, speed: float, seed: int) -> SuiteScenario | None:
        """The scenario of this agent that has this question or none: the one with this speed and seed, else the first.
        Where there is none, the first that knows what is right about the answer to this question, by any agent."""
        asked = plain_question(question)
        fitting = self._of(agent, asked)
        exact = (scenario for scenario in fitting if (scenario.speed, scenario.seed) == (speed, seed))
        return next(exact, fitting[0] if fitting else self._answered.get(asked))

    def _of(self, agent: str, question: str) -> Sequence[SuiteScenario]:
        """In the order of the suite."""
        found = [*self._fitting.get((agent, question), ()), *self._fitting.get((agent, None), ())]
        return [scenario for _, scenario in sorted(found, key=lambda pair: pair[0])]
