"""The state machine, and what is counted for the end of a run."""

import itertools
from typing import get_args

import pytest
from hypothesis import given, strategies as st

from backend.protocol.checks import check
from backend.protocol.ending import Ending, Tally, closing_statuses, end_run
from backend.protocol.events import DoneEvent, ErrorEvent, KnownEvent, Outcome, StatusEvent, TokenEvent
from backend.protocol.view import RunView, fold
from backend.runs.lost_end import storage_failure
from backend.runs.state import TRANSITIONS, RunState, TransitionError, advance, is_active
from tests import strategies
from tests.runs.logs import stamped, words

STATES: tuple[RunState, ...] = get_args(RunState)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


@pytest.mark.parametrize(("state", "following"), list(itertools.product(STATES, STATES)))
def test_a_run_goes_only_where_an_arrow_leads(state: RunState, following: RunState) -> None:
    active = ("running", "waiting", "paused")
    allowed = {("queued", "running"), ("queued", "closing"), ("closing", "ended"), *itertools.permutations(active, 2)}
    allowed |= {(each, "closing") for each in active}
    if (state, following) in allowed:
        assert advance(state, following) == following
    else:
        with pytest.raises(TransitionError, match=f"{state} cannot become {following}"):
            advance(state, following)


def test_every_state_leads_to_the_end_and_the_end_nowhere() -> None:
    def ends(state: RunState, seen: frozenset[RunState] = frozenset()) -> bool:
        further = (following for following in TRANSITIONS[state] if following not in seen)
        return state == "ended" or any(ends(following, seen | {state}) for following in further)

    assert all(map(ends, STATES))
    assert TRANSITIONS["ended"] == ()


def test_drafts_count_until_the_run_closes() -> None:
    assert [state for state in STATES if is_active(state)] == ["queued", "running", "waiting", "paused"]


@given(strategies.drafts())
def test_the_tally_agrees_with_the_view(drafts: list[KnownEvent]) -> None:
    events = stamped(*drafts)
    tally = Tally()
    tally.add(events)
    view = fold(RunView.start(), events)
    assert tally.steps == view.stream.steps
    assert tally.ttft_ms == view.stream.first_token_ms
    assert tally.counts().tokens == view.stream.token_events
    assert tally.counts().warnings == len(view.message.warnings)
    assert (tally.last_seq, tally.last_at_ms) == (view.stream.last_seq, view.stream.last_at_ms)


@given(strategies.drafts(), st.sampled_from(OUTCOMES), st.booleans(), st.floats(0, 10_000))
def test_any_run_can_be_ended_at_any_moment(
    drafts: list[KnownEvent], outcome: Outcome, with_error: bool, at_ms: float
) -> None:
    events = stamped(*drafts)
    tally = Tally()
    tally.add(events)
    error = ErrorEvent(code="x", message="No.") if with_error else None
    closing, done = end_run(tally, Ending(outcome, error), at_ms)
    whole = [*events, *closing, done]
    assert _broken_by_us(whole) == set()
    view = fold(RunView.start(), whole)
    assert not any(step.is_open for step in view.stream.steps)
    assert done.partial == (outcome != "completed" and bool(view.message.answer))
    assert done.latency_ms == done.at_ms >= max(event.at_ms for event in whole)
    assert (done.counts, done.ttft_ms) == (tally.counts(), view.stream.first_token_ms)


@given(strategies.drafts(), st.sampled_from(OUTCOMES), st.booleans())
def test_the_end_of_a_run_that_cannot_be_kept_is_a_failure(
    drafts: list[KnownEvent], outcome: Outcome, had_failed: bool
) -> None:
    events = stamped(*drafts)
    tally = Tally()
    tally.add(events)
    error = ErrorEvent(code="storage_failed", message="Full.") if had_failed else None
    closing, done = storage_failure(*end_run(tally, Ending(outcome, error), 0.0), "The disk is full.")
    assert _broken_by_us([*events, *closing, done]) == set()
    errors = [event for event in closing if isinstance(event, ErrorEvent)]
    assert [(event.code, event.message) for event in errors] == [("storage_failed", "The disk is full.")]
    assert (done.outcome, done.partial) == ("failed", tally.tokens > 0)


def test_a_step_ends_before_the_step_it_is_part_of() -> None:
    tally = Tally()
    tally.add(
        stamped(StatusEvent(step_id="outer", step="a"), StatusEvent(step_id="inner", step="b", parent_id="outer"))
    )
    assert [status.step_id for status in closing_statuses(tally.steps, Ending("failed"))] == ["inner", "outer"]


def test_a_clock_that_stood_still_does_not_send_the_end_back_in_time() -> None:
    tally = Tally()
    tally.add(words(5))
    _, done = end_run(tally, Ending("completed"), 0.0)
    assert done.at_ms == words(5)[-1].at_ms


def test_a_token_without_text_is_no_answer() -> None:
    tally = Tally()
    tally.add(stamped(TokenEvent(text="")))
    _, done = end_run(tally, Ending("cancelled"), 50.0)
    assert isinstance(done, DoneEvent)
    assert (done.partial, done.ttft_ms, done.counts and done.counts.tokens) == (False, None, 0)


def _broken_by_us(events: list[KnownEvent]) -> set[str]:
    """The rules that the end of a run must keep, whatever the agent did before."""
    return {violation.rule for violation in check(events)} & {"one-done", "steps-closed", "in-order"}
