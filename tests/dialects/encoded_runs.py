"""Runs to be encoded: made by Hypothesis, tools and all, and one of each kind by hand."""

from hypothesis import strategies as st

from backend.dialects.encoding.encoder import AnsweredRun, Encoder
from backend.protocol.events import (
    ArtifactEvent,
    CitationEvent,
    Draft,
    KnownEvent,
    Outcome,
    Span,
    StatusEvent,
    StepStateName,
    TokenEvent,
    ToolLog,
    WarningEvent,
)
from tests.strategies import TEXT, artifacts, citations, stamped, statuses, tokens, warnings

RUN = AnsweredRun("run_abc", "ses_1", "scripted:happy_path", "Why?", 1_795_419_827_135)

_STATES: list[StepStateName] = ["started", "progress", "finished", "failed", "cancelled"]

FULL: tuple[Draft, ...] = (
    StatusEvent(step_id="look", step="retrieving", label="Looking"),
    StatusEvent(step_id="look", step="retrieving", state="progress", progress=0.5),
    StatusEvent(step_id="sql", step="running_tool", parent_id="look", tool=ToolLog(name="sql")),
    StatusEvent(
        step_id="sql", step="running_tool", state="progress", tool=ToolLog(name="sql", arguments={"query": "SELECT 1"})
    ),
    StatusEvent(
        step_id="sql",
        step="running_tool",
        state="finished",
        tool=ToolLog(name="sql", arguments={"query": "SELECT 1"}, result={"rows": [[1]]}),
    ),
    StatusEvent(step_id="look", step="retrieving", state="finished"),
    CitationEvent(citation_id="c1", number=1, title="10-Q Filing", url="https://sec.example/10q", quote="61 %"),
    TokenEvent(text="Rising"),
    TokenEvent(text=" [1]"),
    CitationEvent(
        citation_id="c1",
        number=1,
        title="10-Q",
        url="https://sec.example/10q",
        quote="61",
        spans=(Span(start=0, end=6),),
    ),
    CitationEvent(citation_id="c2", number=2, title="A note", source="notes.md"),
    TokenEvent(text=", fast [2]."),
    ArtifactEvent(artifact_id="v", kind="value", title="Share", content={"value": 61}),
    WarningEvent(code="dated", message="The source is two years old."),
)
"""A run with one of everything."""


def ended(drafts: tuple[Draft, ...] = FULL, outcome: Outcome = "completed") -> list[KnownEvent]:
    """The drafts as a whole run, a millisecond apart."""
    return stamped(list(drafts), outcome, [1.0])


def tools() -> st.SearchStrategy[StatusEvent]:
    """Statuses of tool calls, whose parts come early, late or never."""
    values = st.none() | st.just({"q": "x"}) | TEXT
    return st.builds(
        StatusEvent,
        step_id=st.sampled_from(["a", "t", "u"]),
        step=st.just("running_tool"),
        state=st.sampled_from(_STATES),
        detail=st.none() | TEXT,
        tool=st.builds(ToolLog, name=st.sampled_from(["sql", "search"]), arguments=values, result=values),
    )


def runs_with_tools() -> st.SearchStrategy[list[KnownEvent]]:
    """Whole runs of every outcome."""
    drafts = st.one_of(tokens(), tokens(), statuses(), tools(), citations(), artifacts(), warnings())
    outcomes: list[Outcome] = ["completed", "cancelled", "timed_out", "failed", "interrupted"]
    return st.builds(stamped, st.lists(drafts, max_size=25), st.sampled_from(outcomes), st.just([1.0]))


def stream_of(encoder: Encoder, events: list[KnownEvent]) -> bytes:
    """The whole stream of a run."""
    return encoder.begin() + b"".join(map(encoder.encode, events))


def answer_of(events: list[KnownEvent]) -> str:
    """The answer of a run."""
    return "".join(event.text for event in events if isinstance(event, TokenEvent))
