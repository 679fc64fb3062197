"""What a run asks of people, as its events come, and the names under which clients of other dialects answer."""

import re
from dataclasses import dataclass
from typing import Self

from backend.protocol.events import DoneEvent, Event, StatusEvent
from backend.protocol.input_states import close_inputs, fold_inputs, open_inputs
from backend.protocol.run_view import InputView

_NAME = re.compile(r"(run_[A-Za-z0-9_-]{1,100})\.(inp_[A-Za-z0-9_-]{1,100})\.([0-9]{1,12})", re.ASCII)


@dataclass(frozen=True, slots=True)
class RequestName:
    """A request as a client knows it: it finds the run again, and the event up to which the client was sent the log."""

    run_id: str
    input_id: str
    seq: int

    @classmethod
    def read(cls, text: object) -> Self | None:
        """The name that was written like this; None for any other text."""
        found = _NAME.fullmatch(text) if isinstance(text, str) else None
        return None if found is None else cls(found[1], found[2], int(found[3]))

    def __str__(self) -> str:
        return f"{self.run_id}.{self.input_id}.{self.seq}"


class OpenRequests:
    """The requests that wait for an answer."""

    def __init__(self) -> None:
        self._inputs: tuple[InputView, ...] = ()

    def take(self, event: Event) -> tuple[InputView, ...]:
        """One more event of the run; gives the requests that it changed."""
        before = {asked.input_id: asked for asked in self._inputs}
        if isinstance(event, StatusEvent):
            self._inputs = fold_inputs(self._inputs, event)
        elif isinstance(event, DoneEvent):
            self._inputs = close_inputs(self._inputs, event.at_ms)
        return tuple(asked for asked in self._inputs if asked is not before.get(asked.input_id))

    @property
    def open(self) -> tuple[InputView, ...]:
        """Those that are open, in the order of asking."""
        return open_inputs(self._inputs)

    def find(self, input_id: str) -> InputView | None:
        """The request of that id, whatever became of it."""
        return next((asked for asked in self._inputs if asked.input_id == input_id), None)
