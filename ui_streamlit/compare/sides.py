"""The two runs that a tab compares: where each came from, and what is known of it."""

from dataclasses import dataclass

import streamlit as st

from backend.client.errors import ClientError
from backend.client.sync import SyncRunClient
from backend.present import words_ask, words_compare
from backend.present.comparison import Compared
from backend.protocol.events import DoneEvent
from backend.protocol.recordings import Recording, RecordingError, parse_recording
from ui_streamlit.problems import Problem, problem_of
from ui_streamlit.visit import FIRST, SECOND, named, put_into_address

_KEY = "compare"


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


@dataclass(slots=True)
class Comparison:
    """What is on the table of this tab; a side may be missing."""

    first: Side | None = None
    second: Side | None = None

    @classmethod
    def of_this_session(cls) -> "Comparison":
        """The tab's own, made at its first pass."""
        known: Comparison | None = st.session_state.get(_KEY)
        if known is None:
            known = st.session_state[_KEY] = cls()
        return known

    @property
    def complete(self) -> bool:
        """Whether there are two."""
        return self.first is not None and self.second is not None

    @property
    def running(self) -> bool:
        """Whether more of one of them is to come."""
        return any(side is not None and side.running for side in (self.first, self.second))

    def compared(self) -> tuple[Compared, Compared]:
        """Both under the names they have on the page. Raises ``ValueError`` where one is missing."""
        if self.first is None or self.second is None:
            raise ValueError("There are not two runs to compare.")
        names = _names(self.first.recording, self.second.recording)
        first, second = (
            Compared(name, side.recording.events, side.recording.header.question)
            for name, side in zip(names, (self.first, self.second), strict=True)
        )
        return first, second

    def put_into_address(self) -> None:
        """Let the address name both. A run from a file is in this tab only and has no name."""
        ids = {FIRST: self.first, SECOND: self.second}
        put_into_address(**{name: side.run_id for name, side in ids.items() if side is not None})


def take_up_address(client: SyncRunClient, comparison: Comparison) -> Problem | None:
    """Open the runs that the address names, where they are not open yet."""
    wanted = {"first": named(FIRST), "second": named(SECOND)}
    if not any(wanted.values()):
        comparison.put_into_address()
        return None
    for which, run_id in wanted.items():
        side: Side | None = getattr(comparison, which)
        if side is not None and side.run_id == run_id:
            continue
        found = side_of_run(client, run_id) if run_id else None
        if isinstance(found, Problem):
            return found
        if run_id:
            setattr(comparison, which, found)
        elif side is not None and side.run_id:
            setattr(comparison, which, None)
    return None


def side_of_run(client: SyncRunClient, run_id: str) -> Side | Problem:
    """What the backend keeps of a run so far."""
    try:
        return Side(parse_recording(client.recording(run_id)), run_id)
    except ClientError as error:
        problem = problem_of(error)
        if problem.notice == "run_not_found" and run_id.startswith("share_"):
            return Problem("run_not_found", words_ask.SHARE_NOT_FOUND)
        return problem
    except RecordingError as error:
        return Problem("refused", str(error))


def side_of_file(data: bytes) -> Side | Problem:
    """A run from a recording file; it stays in this tab."""
    try:
        return Side(parse_recording(data))
    except RecordingError as error:
        return Problem("invalid_recording", str(error))


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
