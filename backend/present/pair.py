"""Two runs to compare: what is known of each, and the names they have on the page."""

from dataclasses import dataclass

from backend.present import words_compare
from backend.present.comparison import Compared
from backend.protocol.events import DoneEvent
from backend.protocol.recordings import Recording
from backend.protocol.run_view import RunView
from backend.protocol.view import fold


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two. ``run_id`` is the run's or a share's id, empty for one from a file."""

    recording: Recording
    run_id: str = ""

    @property
    def running(self) -> bool:
        """Whether more of it is to come."""
        events = self.recording.events
        return bool(self.run_id) and not (events and isinstance(events[-1], DoneEvent))

    @property
    def view(self) -> RunView:
        """All of it that is known, folded."""
        return fold(RunView.start(self.recording.header.question), self.recording.events)


def compared(first: Side | None, second: Side | None) -> tuple[Compared, Compared]:
    """Both under the names they have on the page. Raises ``ValueError`` where one is missing."""
    if first is None or second is None:
        raise ValueError("There are not two runs to compare.")
    names = _names(first.recording, second.recording)
    one, other = (
        Compared(name, side.recording.events, side.recording.header.question)
        for name, side in zip(names, (first, second), strict=True)
    )
    return one, other


def _names(first: Recording, second: Recording) -> tuple[str, str]:
    """What tells the two apart: the agent, else with or without status, else which of them is the first."""
    agents = first.header.agent, second.header.agent
    if all(agents) and agents[0] != agents[1]:
        return agents
    statuses = first.header.options.status_events, second.header.options.status_events
    if statuses[0] != statuses[1]:
        with_status, without = words_compare.WITH_STATUS, words_compare.WITHOUT_STATUS
        return (with_status, without) if statuses[0] else (without, with_status)
    return words_compare.FIRST_RUN, words_compare.SECOND_RUN
