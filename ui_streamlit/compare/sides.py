"""The two runs that a tab compares: where each came from, and what is known of it."""

from dataclasses import dataclass

import streamlit as st

from backend.client.errors import ClientError
from backend.client.sync import SyncRunClient
from backend.present.comparison import Compared
from backend.present.pair import Side, compared
from backend.present.places import FIRST, SECOND
from backend.present.problem import Problem, problem_of, recording_of_backend, recording_of_file
from backend.protocol.recordings import Recording
from ui_streamlit.visit import named, put_into_address

_KEY = "compare"


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
        return compared(self.first, self.second)

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
        found = recording_of_backend(client.recording(run_id))
    except ClientError as error:
        return problem_of(error, run_id)
    return Side(found, run_id) if isinstance(found, Recording) else found


def side_of_file(data: bytes) -> Side | Problem:
    """A run from a recording file; it stays in this tab."""
    found = recording_of_file(data)
    return Side(found) if isinstance(found, Recording) else found
