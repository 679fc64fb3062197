"""What our encoders write is what our decoders read: a run through a foreign dialect and back shows the same view."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, strategies as st

from backend.dialects.encoding.ag_ui import AgUiEncoder
from backend.dialects.encoding.ai_sdk import AiSdkEncoder
from backend.dialects.encoding.encoder import AnsweredRun, Encoder
from backend.protocol.ending import Ending, Tally, end_run
from backend.protocol.events import (
    ArtifactEvent,
    CitationEvent,
    Draft,
    ErrorEvent,
    KnownEvent,
    Locator,
    Outcome,
    Span,
    StatusEvent,
    TokenEvent,
    ToolLog,
    WarningEvent,
    stamp,
)
from backend.protocol.view import RunView, fold
from tests.dialects.streams import ReadStream, read
from tests.strategies import drafts

RUN = AnsweredRun("run_1", "session_1", "demo", "What?", 1_700_000_000_000)
ENCODERS: dict[str, Callable[[AnsweredRun], Encoder]] = {"ag-ui": AgUiEncoder, "ai-sdk": AiSdkEncoder}

SQL = ToolLog(name="sql", arguments={"q": 1})
RICH: list[Draft] = [
    StatusEvent(step_id="a", step="retrieving", label="Search", detail="in two folders"),
    StatusEvent(step_id="a", step="retrieving", state="progress", progress=0.5),
    StatusEvent(step_id="b", step="running_tool", parent_id="a", tool=SQL),
    StatusEvent(step_id="b", step="running_tool", state="finished", tool=SQL.model_copy(update={"result": [{"a": 2}]})),
    StatusEvent(step_id="c", step="running_tool", tool=ToolLog(name="web", arguments={"url": "x"})),
    StatusEvent(step_id="c", step="running_tool", state="failed", detail="No net"),
    StatusEvent(step_id="a", step="retrieving", state="finished"),
    CitationEvent(citation_id="k", number=3, title="T", url="https://a.example/", quote="q", locator=Locator(page=2)),
    CitationEvent(citation_id="l", number=4, title="Same address", url="https://a.example/", quote="another"),
    CitationEvent(citation_id="m", number=5, title="Report", source="sec", document_id="d"),
    TokenEvent(text="So [3] "),
    TokenEvent(text="שלום \U0001f600 [4]"),
    CitationEvent(citation_id="k", number=3, title="T", url="https://a.example/", spans=(Span(start=0, end=6),)),
    ArtifactEvent(artifact_id="t", kind="table", title="Tab", content={"columns": ["a"], "rows": [[1]]}),
    WarningEvent(code="dated", message="Of last year.", citation_id="k"),
]


def ended(drafts: list[Draft], ending: Ending) -> list[KnownEvent]:
    """The drafts as a whole run, as the supervisor stamps and ends it."""
    events: list[KnownEvent] = [stamp(draft, seq, seq * 10.0) for seq, draft in enumerate(drafts, 1)]
    tally = Tally()
    tally.add(events)
    closing, done = end_run(tally, ending, 10_000.0)
    return [*events, *closing, done]


def there_and_back(dialect: str, events: list[KnownEvent], size: int | None = None) -> ReadStream:
    encoder = ENCODERS[dialect](RUN)
    return read(dialect, encoder.begin() + b"".join(encoder.encode(event) for event in events), size)


def shown(view: RunView) -> dict[str, Any]:
    """What a person sees of the run, without times and without the ids of what had none."""
    unstamped = {"seq", "at_ms"}
    steps = [
        step.model_dump(include={"step", "state", "label", "detail", "progress", "parent_id"})
        for step in view.stream.steps
    ]
    return {
        "answer": view.message.answer,
        "steps": steps,
        "citations": [each.model_dump(exclude={*unstamped, "citation_id"}) for each in view.message.citations],
        "warnings": [each.model_dump(exclude=unstamped) for each in view.message.warnings],
        "artifacts": [each.model_dump(exclude=unstamped) for each in view.artifacts.items],
    }


@pytest.mark.parametrize("dialect", ENCODERS)
def test_a_rich_run_keeps_steps_tools_citations_and_artifacts(dialect: str) -> None:
    events = ended(RICH, Ending("completed", usage={"input_tokens": 3, "searches": 1}))
    stream = there_and_back(dialect, events)
    before, after = fold(RunView.start(), events), fold(RunView.start(), stream.drafts)
    assert shown(after) == shown(before)
    assert [step.tool for step in after.stream.steps] == [step.tool for step in before.stream.steps]
    assert [each.citation_id for each in after.message.citations] == ["k", "l", "m"]
    assert stream.end.outcome == "completed"
    assert stream.end.usage == {"input_tokens": 3, "searches": 1}
    assert (stream.tools, stream.citation_count) == (2, 3)
    assert stream.losses == {}


@pytest.mark.parametrize("dialect", ENCODERS)
@pytest.mark.parametrize("outcome", ["cancelled", "timed_out", "failed", "interrupted"])
def test_the_outcome_is_kept(dialect: str, outcome: Outcome) -> None:
    error = None if outcome == "cancelled" else ErrorEvent(code="boom", message="It broke.")
    end = there_and_back(dialect, ended(RICH, Ending(outcome, error))).end
    assert end.outcome == outcome
    assert (end.error and (end.error.code, end.error.message)) == (error and ("boom", "It broke."))


@pytest.mark.parametrize("dialect", ENCODERS)
@given(drafts(), st.integers(1, 500))
def test_any_run_shows_the_same_there_and_back(dialect: str, drafts: list[Draft], size: int) -> None:
    events = ended(drafts, Ending("completed"))
    after = fold(RunView.start(), there_and_back(dialect, events, size).drafts)
    assert shown(after) == shown(fold(RunView.start(), events))


@pytest.mark.parametrize("dialect", ENCODERS)
def test_a_cut_is_seen_wherever_it_is(dialect: str) -> None:
    encoder = ENCODERS[dialect](RUN)
    pieces = [encoder.begin(), *(encoder.encode(event) for event in ended(RICH, Ending("completed")))]
    for kept in range(len(pieces)):
        assert read(dialect, b"".join(pieces[:kept])).end.outcome == "interrupted"


@pytest.mark.parametrize("joined_after", range(len(RICH) + 1))
def test_a_run_joined_anywhere_has_the_same_answer_citations_and_tools(joined_after: int) -> None:
    events = ended(RICH, Ending("completed"))
    question = {"id": "q", "role": "user", "content": "What?"}
    encoder = AgUiEncoder(RUN, earlier=[question])
    for event in events[:joined_after]:
        encoder.absorb(event)
    data = encoder.rejoin() + b"".join(encoder.encode(event) for event in events[joined_after:])
    stream = read("ag-ui", data)
    before, after = fold(RunView.start(), events), fold(RunView.start(), stream.drafts)
    assert stream.end.outcome == "completed"
    assert {"answer", "citations", "warnings", "artifacts"} <= {
        name for name, value in shown(after).items() if value == shown(before)[name]
    }
    tools = {step.tool.name: step.tool for step in after.stream.steps if step.tool is not None}
    assert tools == {step.tool.name: step.tool for step in before.stream.steps if step.tool is not None}
