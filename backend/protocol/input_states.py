"""The requests of a run, folded out of its statuses: which are open, how each was answered, or why it was closed."""

from collections.abc import Iterable, Mapping, Sequence

from backend.protocol.events import OPEN_STATES, Event, StatusEvent
from backend.protocol.inputs import InputCounts
from backend.protocol.run_view import InputState, InputView

SUPERSEDED = "superseded"
"""``InputView.reason`` of a request whose step asked something else before it was answered."""


def fold_inputs(inputs: tuple[InputView, ...], event: StatusEvent) -> tuple[InputView, ...]:
    """The requests after one more status. Whatever its step says next closes an open request."""
    if not inputs and event.request is None:
        return inputs
    asks = event.request is not None and event.state in OPEN_STATES and event.answer is None
    changed = tuple(_after(each, event, asks=asks) for each in inputs)
    if event.request is None or not asks or any(each.input_id == event.request.input_id for each in inputs):
        return changed
    asked = InputView(
        input_id=event.request.input_id,
        step_id=event.step_id,
        step=event.step,
        request=event.request,
        asked_ms=event.at_ms,
    )
    return (*changed, asked)


def close_inputs(inputs: tuple[InputView, ...], at_ms: float) -> tuple[InputView, ...]:
    """The requests once the run has ended."""
    return tuple(_closed(each, "closed", at_ms) if each.state == "open" else each for each in inputs)


def open_inputs(inputs: Iterable[InputView]) -> tuple[InputView, ...]:
    """Those that wait for an answer."""
    return tuple(each for each in inputs if each.state == "open")


def is_of_step(asked: InputView, event: StatusEvent) -> bool:
    """Whether the status is of the step that asked."""
    return asked.step_id == event.step_id if event.step_id is not None else asked.step_id is None


def counts_of(inputs: Iterable[InputView]) -> InputCounts:
    """How many were asked, and how they were answered."""
    known = tuple(inputs)
    answers = [each.answer for each in known if each.answer is not None]
    by_people = [answer.action for answer in answers if not answer.expired]
    return InputCounts(
        asked=len(known),
        accepted=by_people.count("accept"),
        declined=by_people.count("decline"),
        expired=len(answers) - len(by_people),
    )


def numbered_inputs(events: Sequence[Event]) -> list[Event]:
    """The events with ``input-1`` and so on for the ids of requests, and of their steps, in the order of asking: two
    runs that ask the same can be compared."""
    asked = [event.request.input_id for event in events if isinstance(event, StatusEvent) and event.request is not None]
    names = {input_id: f"input-{number}" for number, input_id in enumerate(dict.fromkeys(asked), start=1)}
    return [_renamed(event, names) if names and isinstance(event, StatusEvent) else event for event in events]


def _renamed(event: StatusEvent, names: Mapping[str, str]) -> StatusEvent:
    update: dict[str, object] = {}
    if event.step_id is not None and event.step_id in names:
        update["step_id"] = names[event.step_id]
    if event.request is not None:
        update["request"] = event.request.model_copy(update={"input_id": names[event.request.input_id]})
    if event.answer is not None and event.answer.input_id in names:
        update["answer"] = event.answer.model_copy(update={"input_id": names[event.answer.input_id]})
    return event.model_copy(update=update) if update else event


def _after(asked: InputView, event: StatusEvent, *, asks: bool) -> InputView:
    if asked.state != "open":
        return asked
    answer = event.answer
    if answer is not None and answer.input_id == asked.input_id:
        state: InputState = "expired" if answer.expired else "answered"
        return _closed(asked, state, event.at_ms, answer=answer)
    if not is_of_step(asked, event):
        return asked
    if asks and event.request is not None:
        if event.request.input_id == asked.input_id:
            return asked.model_copy(update={"request": event.request})
        return _closed(asked, "closed", event.at_ms, reason=SUPERSEDED)
    if event.state == "waiting":
        return asked
    return _closed(asked, "closed", event.at_ms, reason=event.reason)


def _closed(asked: InputView, state: InputState, at_ms: float, **more: object) -> InputView:
    return asked.model_copy(update={"state": state, "ended_ms": at_ms, **more})
