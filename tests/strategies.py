"""Hypothesis strategies for runs: drafts in any order that keeps the rules, stamped as a supervisor would."""

from dataclasses import dataclass
from itertools import accumulate

from hypothesis import strategies as st

from backend.protocol.events import (
    ArtifactEvent,
    CitationEvent,
    DoneEvent,
    Draft,
    ErrorEvent,
    KnownEvent,
    Outcome,
    StatusEvent,
    StepStateName,
    TokenEvent,
    WarningEvent,
    stamp,
)
from backend.protocol.run_view import StepView
from backend.protocol.steps import close_open_steps, fold_status

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)
"""Any text that UTF-8 can carry, line separators and control characters included."""

PIECES = st.one_of(
    TEXT,
    st.sampled_from(
        ["NVIDIA ", "[1]", "[", "2", "]", "[1, 2]", "\n", "```\n", "`", "**", "שלום ", "e\u0301", "\u2028"]
    ),
)
_STATES: list[StepStateName] = ["started", "progress", "finished", "failed"]


def tokens() -> st.SearchStrategy[TokenEvent]:
    """Pieces of an answer, markers split anywhere among them."""
    return st.builds(TokenEvent, text=PIECES)


def statuses() -> st.SearchStrategy[StatusEvent]:
    """Statuses of a few steps, with ids and without."""
    return st.builds(
        StatusEvent,
        step_id=st.sampled_from(["a", "b", "c", None]),
        step=st.sampled_from(["retrieving", "running_tool", "summarizing", "completed"]),
        state=st.sampled_from(_STATES),
        label=st.none() | TEXT,
        progress=st.none() | st.floats(0, 1),
    )


def citations() -> st.SearchStrategy[CitationEvent]:
    """Citations, among them updates of one id and citations without id or number."""
    return st.builds(
        CitationEvent,
        citation_id=st.sampled_from(["c1", "c2", None]),
        number=st.sampled_from([1, 2, 3, None]),
        title=TEXT,
        quote=st.none() | TEXT,
    )


def artifacts() -> st.SearchStrategy[ArtifactEvent]:
    """Values, among them revisions of one id."""
    return st.builds(
        ArtifactEvent,
        artifact_id=st.sampled_from(["x", "y"]),
        kind=st.just("value"),
        title=TEXT,
        content=st.fixed_dictionaries({"value": st.integers()}),
    )


def warnings() -> st.SearchStrategy[WarningEvent]:
    """Warnings about nothing in particular."""
    return st.builds(WarningEvent, code=st.just("dated"), message=TEXT)


def drafts() -> st.SearchStrategy[list[Draft]]:
    """What some agent might yield."""
    return st.lists(st.one_of(tokens(), tokens(), statuses(), citations(), artifacts(), warnings()), max_size=40)


def stamped(drafts: list[Draft], outcome: Outcome, delays: list[float]) -> list[KnownEvent]:
    """The drafts as a whole stream: open steps closed, an error where the outcome asks for it, and ``done``."""
    steps: tuple[StepView, ...] = ()
    for draft in drafts:
        if isinstance(draft, StatusEvent):
            steps = fold_status(steps, draft)
    closed = close_open_steps(steps, outcome, 0.0)
    closing: list[KnownEvent] = [
        StatusEvent(step_id=after.step_id, step=after.step, state=after.state)
        for before, after in zip(steps, closed, strict=True)
        if before.is_open and not before.announced
    ]
    if outcome in ("failed", "timed_out"):
        closing.append(ErrorEvent(code="x", message="The agent stopped."))
    everything: list[KnownEvent] = [*drafts, *closing, DoneEvent(outcome=outcome)]
    times = accumulate((delays * (len(everything) // max(1, len(delays)) + 1))[: len(everything)])
    return [stamp(event, seq, at) for seq, (event, at) in enumerate(zip(everything, times, strict=True), 1)]


def runs() -> st.SearchStrategy[list[KnownEvent]]:
    """Whole streams as our server sends them."""
    outcomes: list[Outcome] = ["completed", "cancelled", "timed_out", "failed", "interrupted"]
    return st.builds(
        stamped,
        drafts(),
        st.sampled_from(outcomes),
        st.lists(st.floats(0, 5000, allow_nan=False), min_size=1, max_size=5),
    )


@dataclass(frozen=True)
class Channels:
    """A run's drafts by kind, whose order among each other is free while the order within each is not."""

    tokens: list[TokenEvent]
    statuses: list[StatusEvent]
    citations: list[CitationEvent]
    artifacts: list[ArtifactEvent]
    warnings: list[WarningEvent]

    def interleaved(self, choices: list[int]) -> list[Draft]:
        """The drafts in one order that keeps each kind's own order; ``choices`` picks the next kind."""
        queues: list[list[Draft]] = [
            list(channel) for channel in (self.tokens, self.statuses, self.citations, self.artifacts, self.warnings)
        ]
        merged: list[Draft] = []
        turn = 0
        while waiting := [queue for queue in queues if queue]:
            pick = choices[turn % len(choices)] if choices else 0
            merged.append(waiting[pick % len(waiting)].pop(0))
            turn += 1
        return merged


def channels() -> st.SearchStrategy[Channels]:
    """Drafts sorted by kind."""
    return st.builds(
        Channels,
        st.lists(tokens(), max_size=15),
        st.lists(statuses().filter(lambda status: status.step_id is not None), max_size=8),
        st.lists(citations(), max_size=5),
        st.lists(artifacts(), max_size=5),
        st.lists(warnings(), max_size=3),
    )
