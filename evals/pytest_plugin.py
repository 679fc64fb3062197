"""The pytest plugin: a fixture ``playhead`` that runs an agent and returns its measured run.

::

    def test_the_answer_begins_in_time(playhead):
        run = playhead.run("scripted:happy_path")
        assert run["ttft_ms"] < 1500
        assert run["dangling_markers"] == 0

Installing Playhead is enough, the plugin is found by its entry point. Nothing is imported before a test asks for the
fixture. Without ``--playhead-url`` a backend is started for the session, on a free port of loopback.
"""

import re
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from evals.evaluation.measured_run import MeasuredRun, MeasuredRuns
    from evals.scoring.scored_run import ScoredRun
    from evals.suites.suite import Suite

Expected = Mapping[str, object]
"""What is right about an answer: the mapping ``expect`` of a suite."""

_RUNS = pytest.StashKey[list["MeasuredRun"]]()


class PlayheadFixture:
    """Runs agents of one backend and measures them, as ``playhead eval`` does."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.measured: list[MeasuredRun] = []
        self._warm: set[str] = set()

    def run(
        self,
        agent: str,
        question: str | None = None,
        *,
        speed: float = 1.0,
        seed: int = 0,
        expect: Expected | None = None,
        deadline_s: float = 60.0,
        must_end: bool = True,
    ) -> "MeasuredRun":
        """Ask ``agent`` and measure the answer; without a question, the agent's first example.

        ``expect`` is what is right about the answer, as in a suite: ``{"sources": ["leave*"], "numbers": [28]}``; the
        run then has ``source_first``, ``expected_numbers`` and so on.

        ``speed`` 4 plays a script four times as fast, 0 without waiting. The test fails if nothing could be measured,
        and, with ``must_end``, if the stream was cut, refused or still open after ``deadline_s`` seconds. An agent's
        first run of a session is played once before, so that its first loads are not measured.
        """
        (only,) = self.runs(
            agent, question, repeats=1, speed=speed, seed=seed, expect=expect, deadline_s=deadline_s, must_end=must_end
        )
        return only

    def runs(
        self,
        agent: str,
        question: str | None = None,
        *,
        repeats: int = 5,
        concurrency: int = 1,
        speed: float = 1.0,
        seed: int = 0,
        expect: Expected | None = None,
        deadline_s: float = 60.0,
        must_end: bool = True,
    ) -> "MeasuredRuns":
        """The same, ``repeats`` times, ``concurrency`` at once: ``runs.summary("ttft_ms").p95``."""
        from pydantic import ValidationError

        from evals.evaluation.measured_run import MeasuredRun, MeasuredRuns
        from evals.suites.suite import Suite, WrittenScenario

        scenario = {"agent": agent, "question": question, "seed": seed, "expect": expect}
        try:
            suite = Suite(
                suite="pytest",
                repeats=repeats,
                speed=speed,
                warm_up=0 if agent in self._warm else 1,
                concurrency=concurrency,
                deadline_s=deadline_s,
                runs=(WrittenScenario.model_validate(scenario),),
            )
        except ValidationError as error:
            problem = error.errors(include_url=False)[0]
            named = next(part for part in reversed(problem["loc"]) if isinstance(part, str))
            pytest.fail(f"{named} cannot be {problem['input']!r}: {problem['msg']}.", pytrace=False)
        found = MeasuredRuns([MeasuredRun(scored) for scored in self._measure(suite)])
        self._warm.add(agent)
        self.measured.extend(found)
        broken = next((run.error for run in found if run.error), None)
        if must_end and broken:
            pytest.fail(f"A run of {agent} could not be measured to its end: {broken}", pytrace=False)
        return found

    def _measure(self, suite: "Suite") -> "list[ScoredRun]":
        import asyncio
        from concurrent.futures import ThreadPoolExecutor

        from backend.client import ClientError
        from evals.evaluation.live import evaluate
        from evals.files.evaluation import Evaluation
        from evals.playing.target import TargetError
        from evals.playing.watcher import Watcher
        from evals.results.models import Target
        from evals.wire.exchange import TargetAddressError

        async def measured() -> Evaluation:
            target = Target(url=self.url, started_here=False)
            return await evaluate(suite, target, asyncio.Event(), Watcher())

        try:
            # A thread of its own: a test that is a coroutine has an event loop running in this one.
            with ThreadPoolExecutor(1) as executor:
                return list(executor.submit(asyncio.run, measured()).result().runs)
        except (ClientError, TargetError, TargetAddressError) as error:
            pytest.fail(str(error), pytrace=False)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The plugin's options."""
    group = parser.getgroup("playhead", "streaming agents, measured by Playhead")
    group.addoption("--playhead-url", metavar="URL", help="the backend to measure [default: a temporary one]")
    group.addoption("--playhead-scenarios", metavar="DIR", help="a folder of scenarios for the backend that is started")
    group.addoption("--playhead-out", metavar="DIR", help="where the recordings of failed tests go")


@pytest.fixture(scope="session")
def playhead_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the measured backend: ``--playhead-url``, or a temporary one for the session."""
    given = request.config.getoption("--playhead-url")
    if given:
        yield given
        return
    from backend.launch.child import ChildFailed
    from backend.launch.server import LocalServer

    scenarios = request.config.getoption("--playhead-scenarios")
    try:
        server = LocalServer(tmp_path_factory.mktemp("playhead"), scenarios_dir=Path(scenarios) if scenarios else None)
        with server:
            yield server.url
    except ChildFailed as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture
def playhead(request: pytest.FixtureRequest, playhead_url: str) -> PlayheadFixture:
    """Runs agents and measures them; see ``PlayheadFixture.run``."""
    fixture = PlayheadFixture(playhead_url)
    request.node.stash[_RUNS] = fixture.measured
    return fixture


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test's runs are kept as recordings, if the user named a folder for them."""
    report = yield
    folder = item.config.getoption("--playhead-out")
    runs = item.stash.get(_RUNS, [])
    if folder and runs and report.when == "call" and report.failed:
        report.sections.append(("playhead recordings", "\n".join(_keep(Path(folder), item.name, runs))))
    return report


def _keep(folder: Path, test: str, runs: "list[MeasuredRun]") -> Iterator[str]:
    """Write the runs' recordings; one line for each gives its path, or the reason why it could not be written."""
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", test)
    for number, run in enumerate(runs, start=1):
        file = folder / f"{name}-{number}.jsonl"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file.write_text(run.recording(), encoding="utf-8")
        except OSError as error:
            yield f"{file} cannot be written: {error.strerror or error}."
        else:
            yield f"{file}: open it in Replay."
