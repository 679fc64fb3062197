"""The scenarios that come with Playhead: each shows what it says it shows, with figures that are true."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from backend.agents.documents.library import SAMPLE
from backend.agents.plans import planned_events
from backend.agents.scripted.actions import ACTIONS
from backend.agents.scripted.library import BUNDLED_DIR
from backend.agents.scripted.loading import load_scenario, parse_scenario
from backend.agents.scripted.scenario import Scenario
from backend.agents.scripted.schedule import schedule
from backend.agents.time_limits import TimeLimits
from backend.protocol.checks import check
from backend.protocol.citations import find_markers
from backend.protocol.events import ArtifactEvent, DoneEvent, Event, KnownEvent, StatusEvent, TokenEvent, parse_event
from backend.protocol.sse import Decoder, encode_event
from backend.protocol.view import RunView, fold

VIOLATIONS: dict[str, dict[str, int]] = {
    "all_citations_at_end": {"citation-first": 5},
    "approval": {},
    "chart_revised": {},
    "citation_updates": {},
    "citations_out_of_order": {},
    "clarify": {},
    "empty_answer": {},
    "error_mid_answer": {},
    "form": {},
    "happy_path": {},
    "late_citation": {"citation-first": 1},
    "long_answer": {},
    "nested_steps": {},
    "orphan_and_dangling": {"citation-first": 1},
    "slow_retrieval": {},
    "stall": {},
    "steering": {},
    "timeout": {},
    "tool_retry": {},
    "unicode": {},
}
"""How often each scenario breaks which of the six rules: on purpose, or not at all."""

OUTCOMES = {"error_mid_answer": "failed", "timeout": "timed_out"}
"""How the scenarios end that are not completed."""

MOST_MS = {"steering": 24_000}
"""How long a scenario may take in which a person needs the time to act; all others six seconds."""

NAMES = sorted(VIOLATIONS)


def load(name: str) -> Scenario:
    return load_scenario(BUNDLED_DIR / f"{name}.yaml")


def plan(name: str) -> list[KnownEvent]:
    script = load(name)
    return planned_events(schedule(script), 1.0, TimeLimits(script.timeout_s or 120.0, 60.0))


def view(name: str) -> RunView:
    return fold(RunView.start(), plan(name))


def done(events: list[KnownEvent]) -> DoneEvent:
    last = events[-1]
    assert isinstance(last, DoneEvent)
    return last


def test_every_bundled_scenario_is_expected_here() -> None:
    assert sorted(path.stem for path in BUNDLED_DIR.glob("*.yaml")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_it_breaks_the_rules_it_is_meant_to_break_and_no_other(name: str) -> None:
    assert Counter(violation.rule for violation in check(plan(name))) == VIOLATIONS[name]


@pytest.mark.parametrize("name", NAMES)
def test_it_ends_as_expected_and_soon(name: str) -> None:
    end = done(plan(name))
    assert end.outcome == OUTCOMES.get(name, "completed")
    assert load(name).expect_outcome in (None, end.outcome)
    assert 1000 <= end.at_ms <= MOST_MS.get(name, 6000)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_described_in_one_sentence(name: str) -> None:
    script = load(name)
    assert re.fullmatch(r"[A-Z][^.\n]{20,140}\.", script.description)
    assert len(script.title) <= 50


@pytest.mark.parametrize("name", NAMES)
def test_its_events_survive_encoding_and_decoding(name: str) -> None:
    sent = plan(name)
    frames = b"".join(encode_event(event, attempt=1) for event in sent)
    decoder = Decoder()
    messages = [message for start in range(0, len(frames), 7) for message in decoder.feed(frames[start : start + 7])]
    received: list[Event] = [parse_event(message.data, message.event) for message in [*messages, *decoder.close()]]
    assert received == sent


def test_the_long_answer_has_over_2000_token_events_and_every_kind_of_markdown() -> None:
    assert done(plan("long_answer")).counts.tokens >= 2000  # type: ignore[union-attr]
    answer = view("long_answer").message.answer
    for markdown in (r"^# ", r"^## ", r"^### ", r"^- \*\*", r"^1\. ", r"^\|---\|", r"^```sql$", r"^> ", r"\*hyper"):
        assert re.search(markdown, answer, re.MULTILINE), markdown
    assert {marker.number for marker in find_markers(answer)} == set(range(1, 8))


def test_the_late_citation_leaves_its_marker_unresolved_for_over_a_second() -> None:
    events = plan("late_citation")
    violation = next(iter(check(events)))
    marker_ms = next(event.at_ms for event in events if event.seq == violation.seq)
    citation_ms = next(event.at_ms for event in events if getattr(event, "number", None) == 2)
    assert citation_ms - marker_ms > 1000


def test_the_orphan_and_the_dangling_marker_stay_so() -> None:
    message = view("orphan_and_dangling").message
    assert message.pending == (2,)
    assert {citation.number for citation in message.citations} - {marker.number for marker in message.markers} == {3}


def test_citations_out_of_order_are_neither_ascending_nor_late() -> None:
    message = view("citations_out_of_order").message
    assert [citation.number for citation in message.citations] == [3, 1, 2]
    assert [marker.number for marker in message.markers] == [2, 3, 1]


def test_the_stall_is_the_longest_gap() -> None:
    gap_ms = view("stall").stream.longest_gap_ms
    assert 2500 <= gap_ms < 2700


def test_the_empty_answer_has_steps_and_a_warning_but_no_token() -> None:
    seen = view("empty_answer")
    assert (seen.message.answer, seen.stream.token_events, seen.stream.outcome) == ("", 0, "completed")
    assert len(seen.stream.steps) == 3
    assert [warning.code for warning in seen.message.warnings] == ["not_found"]


def test_the_chart_is_revised_while_tokens_stream() -> None:
    events = plan("chart_revised")
    charts = [event.seq for event in events if isinstance(event, ArtifactEvent)]
    tokens = [event.seq for event in events if isinstance(event, TokenEvent)]
    assert len(charts) == 4
    assert tokens[0] < charts[1] < charts[3] < tokens[-1]
    assert len(view("chart_revised").artifacts.items) == 1


def test_the_failed_tool_and_its_retry_are_two_steps() -> None:
    steps = [step for step in view("tool_retry").stream.steps if step.step == "running_tool"]
    assert [step.state for step in steps] == ["failed", "finished"]
    assert all(step.tool is not None and step.tool.result is not None for step in steps)


def test_error_and_timeout_keep_the_partial_answer_and_close_the_step() -> None:
    for name, code in (("error_mid_answer", "provider_unavailable"), ("timeout", "timeout")):
        seen = view(name)
        assert seen.message.answer
        assert seen.stream.partial
        assert seen.stream.error is not None
        assert (seen.stream.error.code, seen.stream.error.retryable) == (code, True)
        assert [step.state for step in seen.stream.steps] == ["finished", "failed"]


def test_nested_steps_have_parents() -> None:
    steps = {step.step_id: step for step in view("nested_steps").stream.steps}
    parents = {name: step.parent_id for name, step in steps.items() if step.parent_id}
    assert parents == {
        "searching": "retrieving",
        "searching-2": "retrieving",
        "costs": "running_tool",
        "temperatures": "running_tool",
    }


def test_a_citation_is_repeated_and_another_one_changes() -> None:
    citations = [event for event in plan("citation_updates") if event.type == "citation"]
    first, second, first_again, second_changed = [
        event.model_copy(update={"seq": 0, "at_ms": 0}) for event in citations
    ]
    assert first == first_again
    assert second.citation_id == second_changed.citation_id
    assert second != second_changed


def test_every_script_arrives_unharmed() -> None:
    answer = view("unicode").message.answer
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
    assert answer.count(family) == 2
    for piece in (
        "\u2028",
        "\u2029",
        "\u0085",
        "\ufeff",
        "e\u0301",
        "שלום",
        "شكرًا",
        "ありがとう",
        "धन्यवाद",
        "𝒜",
        "\u202e",
    ):
        assert piece in answer
    tokens = [event.text for event in plan("unicode") if isinstance(event, TokenEvent)]
    assert "\u200d" in tokens, "a joiner must travel alone at least once"


ACCESSION = re.compile(r"\d{10}-\d{2}-\d{6}")
ADDRESS = re.compile(r"https://www\.sec\.gov/\S+?\.htm")
AMOUNT = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")


@pytest.mark.parametrize("name", [name for name in NAMES if "NVIDIA" in load(name).question])
def test_figures_filings_and_addresses_stand_in_the_data(name: str) -> None:
    with (SAMPLE / "figures.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    values = {row["value"] for row in rows}
    text = (BUNDLED_DIR / f"{name}.yaml").read_text(encoding="utf-8")
    pages = {"2,310", "6,350", "10,400", "11,550", "2,000"}
    amounts = {amount.replace(",", "") for amount in set(AMOUNT.findall(text)) - pages}
    assert amounts <= values
    assert set(ACCESSION.findall(text)) <= values
    assert set(ADDRESS.findall(text)) <= values
    filed = {row["value"]: row["filing_date"] for row in rows if row["metric"] == "accession_number"}
    for number, date in re.findall(rf"SEC filing ({ACCESSION.pattern}) of (\S+)", text):
        assert filed[number] == date


README = (Path(BUNDLED_DIR).parent / "README.md").read_text(encoding="utf-8")


def test_the_readme_shows_a_complete_scenario_that_can_be_played() -> None:
    first, answers, fragment = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    script = parse_scenario(first.encode(), "first.yaml")
    events = planned_events(schedule(script), 1.0, TimeLimits(120.0, 60.0))
    assert check(events) == []
    assert done(events).outcome == "completed"
    head = "title: T\ndescription: D.\nquestion: Q?\ntimeline:\n"
    [own] = parse_scenario((answers + head + "  - say: Hello.\n").encode(), "answers.yaml").answers
    assert (own.input, own.after_ms, own.arguments) == ("approve_transfer", 1500, {"amount": 1180})
    repeated = parse_scenario((head + fragment).encode(), "fragment.yaml")
    answer = fold(RunView.start(), planned_events(schedule(repeated), 1.0, TimeLimits(120.0, 60.0))).message.answer
    assert answer == "North sold 410 units [1]. South sold 380 units [2]. "


def test_the_readme_names_every_key() -> None:
    for name in Scenario.model_fields:
        assert f"| `{name}` |" in README, name
    for name, model in ACTIONS.items():
        row = next(line for line in README.splitlines() if line.startswith(f"| `{name}:"))
        for field in set(model.model_fields) - {name}:
            assert f"`{field}`" in row, f"{field} of {name}"


def test_every_step_that_is_started_has_a_label() -> None:
    for name in NAMES:
        started = [event for event in plan(name) if isinstance(event, StatusEvent) and event.state == "started"]
        assert started
        assert all(event.label for event in started), name
