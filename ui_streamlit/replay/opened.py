"""The run that a tab replays: opened by an address, from the list, or from a file."""

import streamlit as st

from backend.client.errors import ClientError
from backend.client.sync import SyncRunClient
from backend.present.pages.addresses import MOMENT, RUN, SHARE, moment_ms
from backend.present.pages.problem import Problem, problem_of, recording_of_backend, recording_of_file
from backend.present.timeline.player import Player
from backend.protocol.playback import Playback
from backend.protocol.recordings import Recording
from ui_streamlit.visit import named, put_into_address

_KEY = "replay"


def opened_before() -> Player | None:
    """What this tab has open."""
    opened: Player | None = st.session_state.get(_KEY)
    return opened


def open_from_address(client: SyncRunClient) -> Player | Problem | None:
    """The run that the address names, at the moment it names; else what is open already."""
    before = opened_before()
    run_id = named(RUN) or named(SHARE)
    if not run_id or (before is not None and before.opened_id == run_id):
        if before is not None and before.opened_id and not run_id:
            _name(before)
        return before
    return open_run(client, run_id, moment_ms(named(MOMENT)))


def open_run(client: SyncRunClient, run_id: str, at_ms: float = 0.0) -> Player | Problem:
    """Fetch a run and put it on the table, with the playhead at that moment."""
    try:
        found = recording_of_backend(client.recording(run_id))
    except ClientError as error:
        return problem_of(error, run_id)
    if isinstance(found, Problem):
        return found
    opened = Player(_playback(found), run_id)
    if at_ms:
        opened.seek(at_ms)
    st.session_state[_KEY] = opened
    _name(opened)
    return opened


def open_file(data: bytes) -> Player | Problem:
    """Put a recording from a file on the table; it stays in this tab."""
    found = recording_of_file(data)
    if isinstance(found, Problem):
        return found
    opened = st.session_state[_KEY] = Player(_playback(found))
    put_into_address()
    return opened


def close() -> None:
    """Clear the table."""
    st.session_state.pop(_KEY, None)
    put_into_address()


def _playback(recording: Recording) -> Playback:
    return Playback(recording.events, recording.header.question)


def _name(opened: Player) -> None:
    moment = str(round(opened.position_ms())) if opened.playhead.at_ms else ""
    put_into_address(**{SHARE if opened.shared else RUN: opened.opened_id, MOMENT: moment})
