"""A scenario's schedule: which event at which time."""

from itertools import pairwise

import pytest

from backend.agents.agent import RunContext, RunRequest
from backend.agents.scheduled_drafts import Cue, Hang, ScheduledEnd, ScheduledFailure
from backend.agents.scripted.loading import parse_scenario
from backend.agents.scripted.player import ScriptedAgent, play
from backend.agents.scripted.scenario import Scenario
from backend.agents.scripted.schedule import schedule
from backend.protocol.events import ArtifactEvent, CitationEvent, Draft, StatusEvent, TokenEvent, WarningEvent
from backend.protocol.options import RunOptions
from tests.fakes import VirtualClock


def scenario(timeline: str, head: str = "") -> Scenario:
    """A scenario of this timeline; its lines may be indented for the sake of the test's looks."""
    return parse_scenario(f"title: T\ndescription: D.\nquestion: Q?\n{head}\ntimeline:\n{timeline}".encode(), "t.yaml")


def cues(timeline: str, head: str = "", seed: int = 0) -> list[Cue]:
    return list(schedule(scenario(timeline, head), seed))


def statuses(played: list[Cue]) -> list[StatusEvent]:
    return [cue.what for cue in played if isinstance(cue.what, StatusEvent)]


async def played(script: Scenario, speed: float, seed: int = 0) -> list[tuple[float, Draft]]:
    clock = VirtualClock()
    request = RunRequest("run", "Q?", RunOptions(speed=speed, seed=seed))
    return [(clock.now(), draft) async for draft in play(script, request, RunContext(clock))]


def test_tokens_follow_each_other_at_their_rate() -> None:
    got = cues('  - wait: 0.5\n  - say: "one two "\n    rate: 20\n  - say: three four\n    rate: 10\n')
    assert [cue.what.text for cue in got if isinstance(cue.what, TokenEvent)] == ["one ", "two ", "three ", "four"]
    assert [cue.at_s for cue in got] == pytest.approx([0.5, 0.55, 0.6, 0.7, 0.8])
    assert got[-1].what == ScheduledEnd()


def test_a_list_of_texts_is_sent_as_it_stands() -> None:
    got = cues('  - say: ["[", "1", "", "] and so on"]\n')
    assert [cue.what.text for cue in got if isinstance(cue.what, TokenEvent)] == ["[", "1", "", "] and so on"]


def test_a_whole_step_takes_its_time_and_holds_what_is_inside() -> None:
    got = cues(
        "  - step: retrieving\n    label: Searching\n    lasts: 1\n    found: 2 pages\n    do:\n"
        "      - step: searching\n        lasts: 0.5\n      - start: searching\n"
    )
    outer, first, first_end, second, outer_end = statuses(got)
    assert (outer.step_id, outer.label, outer.state, outer.parent_id) == ("retrieving", "Searching", "started", None)
    assert (first.step_id, first.parent_id) == ("searching", "retrieving")
    assert (first_end.step_id, first_end.state) == ("searching", "finished")
    assert (second.step_id, second.parent_id) == ("searching-2", "retrieving")
    assert (outer_end.state, outer_end.detail) == ("finished", "2 pages")
    assert [cue.at_s for cue in got] == pytest.approx([0, 0, 0.5, 0.5, 1.5, 1.5])


def test_a_name_means_the_latest_open_step_and_an_id_only_its_own() -> None:
    got = statuses(
        cues(
            "  - start: querying\n    id: first\n  - start: querying\n  - start: querying\n"
            "  - progress: querying\n    at: 0.5\n  - fail: querying\n  - finish: querying\n  - finish: first\n"
        )
    )
    assert [(status.step_id, status.state) for status in got] == [
        ("first", "started"),
        ("querying", "started"),
        ("querying-2", "started"),
        ("querying-2", "progress"),
        ("querying-2", "failed"),
        ("querying", "finished"),
        ("first", "finished"),
    ]


def test_a_step_that_is_tried_again_is_another_step() -> None:
    got = statuses(cues("  - start: a\n  - fail: a\n  - start: a\n  - finish: a\n"))
    assert [(status.step_id, status.state) for status in got] == [
        ("a", "started"),
        ("a", "failed"),
        ("a-2", "started"),
        ("a-2", "finished"),
    ]


def test_the_tool_log_shows_its_result_when_the_step_ends() -> None:
    start, end = statuses(
        cues("  - start: a\n    tool: {name: t, arguments: {x: 1}}\n  - finish: a\n    result: [2]\n")
    )
    assert start.tool is not None
    assert end.tool is not None
    assert (start.tool.name, start.tool.arguments, start.tool.result) == ("t", {"x": 1}, None)
    assert (end.tool.name, end.tool.arguments, end.tool.result) == ("t", {"x": 1}, [2])


def test_citations_know_their_number_and_the_span_they_support() -> None:
    got = cues(
        "  - cite: 2\n    title: A\n    supports: grew much\n  - cite: memo\n    title: B\n"
        '  - say: "Sales grew "\n  - say: much [2].\n'
    )
    first, second = [cue.what for cue in got if isinstance(cue.what, CitationEvent)]
    assert (first.citation_id, first.number) == ("c2", 2)
    assert [(span.start, span.end) for span in first.spans] == [(6, 15)]
    assert (second.citation_id, second.number) == ("memo", None)


def test_artifacts_have_the_content_of_their_kind() -> None:
    got = cues(
        "  - chart: c\n    title: C\n    unit: '%'\n    bars: {'2025': 1, '2026': 2.5}\n"
        "  - table: t\n    title: T\n    columns: [a, b]\n    rows: [[x, 1], [y, null]]\n"
        "  - documents: d\n    title: D\n    items: [{title: One}]\n"
        "  - value: v\n    title: V\n    amount: 12\n    unit: kg\n"
    )
    chart, table, documents, value = [cue.what for cue in got if isinstance(cue.what, ArtifactEvent)]
    assert isinstance(chart.content, dict)
    assert chart.content["data"] == [{"type": "bar", "x": ["2025", "2026"], "y": [1, 2.5]}]
    assert table.content == {"columns": ["a", "b"], "rows": [["x", 1], ["y", None]]}
    assert documents.content == {"items": [{"title": "One"}]}
    assert value.content == {"value": 12, "unit": "kg"}


def test_a_warning_names_the_step_it_is_about_by_its_id() -> None:
    got = cues("  - start: a\n  - fail: a\n  - start: a\n  - warn: w\n    message: M\n    step_id: a\n")
    warning = next(cue.what for cue in got if isinstance(cue.what, WarningEvent))
    assert (warning.code, warning.message, warning.step_id) == ("w", "M", "a-2")


@pytest.mark.parametrize(
    ("timeline", "end"),
    [
        ("  - wait: 1\n", ScheduledEnd()),
        ("  - wait: 1\n  - error: e\n    message: M\n    retryable: true\n", ScheduledFailure("e", "M", True)),
        ("  - wait: 1\n  - hang: true\n", Hang()),
        ("  - step: a\n    lasts: 5\n    do:\n      - wait: 1\n      - hang: true\n", Hang()),
    ],
)
def test_a_schedule_ends_once(timeline: str, end: ScheduledEnd | ScheduledFailure | Hang) -> None:
    got = cues(timeline)
    assert got[-1].what == end
    assert got[-1].at_s == pytest.approx(1.0)
    assert not any(isinstance(cue.what, ScheduledEnd | ScheduledFailure | Hang) for cue in got[:-1])


JITTERED = (
    "  - wait: 1\n  - say: one two three four five six seven eight nine ten\n  - stall: 2\n  - step: a\n    lasts: 1\n"
)


def test_jitter_varies_waits_and_tokens_within_its_share_and_leaves_stalls_alone() -> None:
    got = cues(JITTERED, "jitter: 0.2\nrate: 10\nseed: 7")
    times = [cue.at_s for cue in got]
    assert 0.8 <= times[0] <= 1.2
    assert all(0.08 <= after - before <= 0.12 for before, after in pairwise(times[:10]))
    assert 2.08 <= times[10] - times[9] <= 2.12
    assert len({round(after - before, 6) for before, after in pairwise(times[:10])}) > 5


def test_the_same_seeds_give_the_same_times_and_others_give_others() -> None:
    head = "jitter: 0.3\nseed: 7"
    assert cues(JITTERED, head, seed=3) == cues(JITTERED, head, seed=3)
    assert cues(JITTERED, head, seed=3) != cues(JITTERED, head, seed=4)
    assert cues(JITTERED, "jitter: 0.3\nseed: 8", seed=3) != cues(JITTERED, head, seed=3)


def test_the_times_of_a_seed_stay_what_they_are() -> None:
    """Python promises ``random.random`` to be repeatable for a seed: results stay comparable over versions."""
    got = cues("  - wait: 1\n  - say: a b\n    rate: 10\n", "jitter: 0.5\nseed: 1", seed=2)
    assert [round(cue.at_s, 6) for cue in got] == [0.588418, 0.720675, 0.825983]


async def test_every_speed_gives_the_same_events_at_proportional_times() -> None:
    script = scenario(JITTERED, "jitter: 0.3\nseed: 7")
    usual = await played(script, 1.0, seed=5)
    for speed, factor in ((4.0, 0.25), (0.0, 0.0), (1000.0, 0.001)):
        other = await played(script, speed, seed=5)
        assert [draft for _, draft in other] == [draft for _, draft in usual]
        assert [at for at, _ in other] == pytest.approx([at * factor for at, _ in usual])


async def test_the_clock_sees_the_schedule_exactly() -> None:
    script = scenario(JITTERED, "jitter: 0.3\nseed: 7")
    planned = list(schedule(script, 9))
    got = await played(script, 1.0, seed=9)
    assert [at for at, _ in got] == pytest.approx([cue.at_s for cue in planned[:-1]])
    assert [draft for _, draft in got] == [cue.what for cue in planned[:-1]]


def test_a_scenario_brings_its_own_timeout() -> None:
    assert ScriptedAgent(scenario("  - hang: true\n", "timeout_s: 2.5")).default_options.timeout_s == 2.5
    assert ScriptedAgent(scenario("  - wait: 1\n")).default_options.timeout_s is None
