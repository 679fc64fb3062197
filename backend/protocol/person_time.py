"""How much of a run was a person's time: the agent was blocked on an answer, or the run was paused.

Pure, and on any clock: the supervisor counts by it for ``done``, and metrics take these times out of latencies.
"""

from dataclasses import dataclass, field

from backend.protocol.events import OPEN_STATES, DoneEvent, ErrorEvent, Event, StatusEvent
from backend.protocol.input_states import close_inputs, fold_inputs, is_of_step, open_inputs
from backend.protocol.inputs import PAUSED, STEERING
from backend.protocol.run_view import InputView


@dataclass(slots=True)
class PersonTime:
    """Counts while events come in order. Times are milliseconds on the clock that ``add`` is given.

    An agent is blocked from the last event before an answer until that answer. An agent that works on while its
    request is open sends events of its own: the time before each of those is its own time.
    """

    inputs: tuple[InputView, ...] = ()
    waited_ms: float = 0.0
    paused_ms: float = 0.0
    intervals: list[tuple[float, float]] = field(default_factory=list)
    """When either was the case, in order and without overlap."""
    has_paused: bool = False
    _pauses: set[str] = field(default_factory=set)
    _open: int = 0
    _last_ms: float = 0.0

    @property
    def is_waiting(self) -> bool:
        """Whether a request is open."""
        return self._open > 0

    def add(self, event: Event, at_ms: float) -> None:
        """Count one more event, which came at that moment."""
        self._pass(at_ms, blocked=self._open > 0 and self._ends_wait(event))
        if isinstance(event, StatusEvent):
            self._fold(event)
        elif isinstance(event, DoneEvent):
            self.inputs = close_inputs(self.inputs, event.at_ms)
            self._open = 0
            self._pauses.clear()

    def add_token(self, at_ms: float) -> None:
        """Count a token, which came at that moment and ends no wait."""
        if self._pauses:
            self._pass(at_ms, blocked=False)
        elif at_ms > self._last_ms:
            self._last_ms = at_ms

    def before(self, at_ms: float) -> float:
        """How much of the time before that moment was a person's."""
        return sum(min(end, at_ms) - start for start, end in self.intervals if start < at_ms)

    def _pass(self, at_ms: float, *, blocked: bool) -> None:
        if at_ms > self._last_ms:
            if blocked or self._pauses:
                self._count(at_ms, blocked=blocked)
            self._last_ms = at_ms

    def _count(self, at_ms: float, *, blocked: bool) -> None:
        passed_ms = at_ms - self._last_ms
        self.waited_ms += passed_ms if blocked else 0.0
        self.paused_ms += passed_ms if self._pauses else 0.0
        if self.intervals and self.intervals[-1][1] == self._last_ms:
            self.intervals[-1] = (self.intervals[-1][0], at_ms)
        else:
            self.intervals.append((self._last_ms, at_ms))

    def _ends_wait(self, event: Event) -> bool:
        """Whether a person's act, or the run's end, made this event, and not the agent's work."""
        if isinstance(event, DoneEvent | ErrorEvent):
            return True
        if not isinstance(event, StatusEvent):
            return False
        if event.answer is not None or event.step in (PAUSED, STEERING):
            return True
        return any(is_of_step(asked, event) for asked in open_inputs(self.inputs))

    def _fold(self, event: StatusEvent) -> None:
        if event.step == PAUSED:
            self.has_paused = True
            key = event.step_id or PAUSED
            if event.state in OPEN_STATES:
                self._pauses.add(key)
            else:
                self._pauses.discard(key)
        before = self.inputs
        self.inputs = fold_inputs(before, event)
        if self.inputs is not before:
            self._open = len(open_inputs(self.inputs))
