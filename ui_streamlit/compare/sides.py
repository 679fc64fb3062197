"""The two runs that a tab compares: opened by an address, from the list, or from a file."""

import streamlit as st

from backend.client.errors import ClientError
from backend.client.sync import SyncRunClient
from backend.present.pages.addresses import FIRST, MOMENT, SECOND, moment_ms
from backend.present.pages.pair import BOTH, Pair, Side, Which, side_of
from backend.present.pages.problem import Problem, problem_of, recording_of_backend
from ui_streamlit.visit import named, put_into_address

_KEY = "compare"


def pair_of_this_session() -> Pair:
    """The tab's own, made at its first pass."""
    known: Pair | None = st.session_state.get(_KEY)
    if known is None:
        known = st.session_state[_KEY] = Pair()
    return known


def name_in_address(pair: Pair) -> None:
    """Let the address name both. A run from a file is in this tab only and has no name."""
    put_into_address(**dict(zip((FIRST, SECOND), pair.run_ids, strict=True)))


def take_up_address(client: SyncRunClient, pair: Pair) -> Problem | None:
    """Open the runs that the address names, where they are not open yet, at the moment it names."""
    wanted: dict[Which, str] = {"first": named(FIRST), "second": named(SECOND)}
    if not any(wanted.values()):
        name_in_address(pair)
        return None
    serial = pair.serial
    for which in BOTH:
        side, run_id = pair.first if which == "first" else pair.second, wanted[which]
        if side is not None and side.run_id == run_id:
            continue
        found = side_of_run(client, run_id) if run_id else None
        if isinstance(found, Problem):
            return found
        if found is not None or (side is not None and side.run_id):
            pair.put(which, found)
    if pair.serial != serial and named(MOMENT):
        pair.seek(moment_ms(named(MOMENT)))
    return None


def side_of_run(client: SyncRunClient, run_id: str) -> Side | Problem:
    """What the backend keeps of a run so far."""
    try:
        return side_of(recording_of_backend(client.recording(run_id)), run_id)
    except ClientError as error:
        return problem_of(error, run_id)
