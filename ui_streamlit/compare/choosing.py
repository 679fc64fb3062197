"""Three ways to get two runs: choose them, race two agents, or play one scenario with and without its status events."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from backend.client.errors import ClientError
from backend.client.race import Entrant, plays_without_status, question_for, with_and_without_status
from backend.client.replies import OfferedAgent, RunSummary
from backend.client.sync import SyncRunClient
from backend.present.pages.pair import BOTH, Pair, Side, side_of
from backend.present.pages.problem import Problem, problem_of, recording_of_file
from backend.present.pages.question_checks import question_problem
from backend.present.pages.run_titles import run_title
from backend.present.words import compare as words_compare, pages as words_pages, replay as words_replay, run as words
from ui_streamlit.compare.sides import name_in_address, side_of_run
from ui_streamlit.replay.opening import latest_runs

_WAYS: Final = (words_compare.TWO_RUNS, words_compare.RACE, words_compare.WITH_AND_WITHOUT_STATUS)


def draw_choosing(client: SyncRunClient, pair: Pair, offers: Sequence[OfferedAgent]) -> Problem | None:
    """Draw the ways. Gives why something could not be opened or started, else None."""
    way = st.segmented_control(
        words_compare.WAYS_LABEL,
        _WAYS,
        default=_WAYS[0],
        required=True,
        key="compare-way",
        label_visibility="collapsed",
    )
    if way == words_compare.RACE:
        return _race(client, pair, offers)
    if way == words_compare.WITH_AND_WITHOUT_STATUS:
        return _with_and_without(client, pair, offers)
    return _two_runs(client, pair)


def _two_runs(client: SyncRunClient, pair: Pair) -> Problem | None:
    runs = latest_runs(client)
    left, right = st.columns(2, gap="small")
    with left:
        first = _side_field(client, "first", words_compare.FIRST_RUN, runs, pair.first)
    with right:
        second = _side_field(client, "second", words_compare.SECOND_RUN, runs, pair.second)
    for found in (first, second):
        if isinstance(found, Problem):
            return found
    for which, found, now in zip(BOTH, (first, second), (pair.first, pair.second), strict=True):
        if found != now:
            pair.put(which, found if isinstance(found, Side) else None)
            name_in_address(pair)
            st.rerun()
    return None


def _side_field(
    client: SyncRunClient, which: str, label: str, runs: Sequence[RunSummary], now: Side | None
) -> Side | Problem | None:
    """A list of runs and a place for a file, for one side. The file is first: whoever uploads one means it."""
    titles = {run.run_id: run_title(run.question, run.agent, run.created_at, run.outcome) for run in runs}
    if now is not None and now.run_id:
        header = now.recording.header
        titles.setdefault(now.run_id, run_title(header.question, header.agent, header.created_at, None))
    key = f"compare-{which}"
    st.session_state.setdefault(key, now.run_id if now is not None and now.run_id else None)
    chosen = st.selectbox(
        label,
        list(titles),
        format_func=lambda run_id: titles.get(run_id, run_id),
        placeholder=words_replay.CHOOSE_RUN,
        key=key,
    )
    upload = st.file_uploader(
        f"{label}: {words_pages.UPLOAD_LABEL.lower()}",
        type=["jsonl"],
        help=words_pages.UPLOAD_HELP,
        key=f"{key}-file",
    )
    if upload is not None:
        found = side_of(recording_of_file(upload.getvalue()))
        return now if isinstance(found, Side) and now is not None and now.recording == found.recording else found
    if not chosen:
        return None
    return now if now is not None and now.run_id == chosen else side_of_run(client, chosen)


def _race(client: SyncRunClient, pair: Pair, offers: Sequence[OfferedAgent]) -> Problem | None:
    titles = {offer.agent: offer.title or offer.agent for offer in offers}
    st.session_state.setdefault("race-question", question_for(offers[0]) if offers else "")
    with st.form("ph-race", border=False):
        places = st.columns([5, 3, 3, 1.6], vertical_alignment="bottom", gap="small")
        question = places[0].text_input(words.QUESTION_LABEL, key="race-question", autocomplete="off")
        first, second = (
            place.selectbox(label, list(titles), index=index, key=key, format_func=lambda name: titles.get(name, name))
            for place, label, index, key in (
                (places[1], words_compare.FIRST_AGENT, 0, "race-first"),
                (places[2], words_compare.SECOND_AGENT, min(1, len(titles) - 1) if titles else None, "race-second"),
            )
        )
        pressed = places[3].form_submit_button(words_compare.START_RACE, type="primary", width="stretch")
    if not pressed:
        return None
    sentence = question_problem(question)
    if sentence or not first or not second:
        return Problem("invalid_question", sentence)
    return _start_both(client, pair, question, (Entrant(first), Entrant(second)))


def _with_and_without(client: SyncRunClient, pair: Pair, offers: Sequence[OfferedAgent]) -> Problem | None:
    titles = {offer.agent: offer.title or offer.agent for offer in offers if plays_without_status(offer)}
    with st.form("ph-status-race", border=False):
        places = st.columns([11, 1.6], vertical_alignment="bottom", gap="small")
        scenario = places[0].selectbox(
            words_compare.SCENARIO_LABEL,
            list(titles),
            key="status-scenario",
            format_func=lambda name: titles.get(name, name),
            help=words_compare.NOT_A_SCENARIO,
        )
        pressed = places[1].form_submit_button(words_compare.START_RACE, type="primary", width="stretch")
    if not pressed or not scenario:
        return None
    question = next(question_for(offer) for offer in offers if offer.agent == scenario)
    return _start_both(client, pair, question, with_and_without_status(scenario))


def _start_both(client: SyncRunClient, pair: Pair, question: str, both: tuple[Entrant, Entrant]) -> Problem | None:
    """Start two runs in one conversation, and follow both from the next pass on."""
    try:
        run_ids = client.start_both(question, *both)
    except ClientError as error:
        return problem_of(error)
    for which, run_id in zip(BOTH, run_ids, strict=True):
        side = side_of_run(client, run_id)
        if isinstance(side, Problem):
            return side
        pair.put(which, side)
        st.session_state.pop(f"compare-{which}", None)
    name_in_address(pair)
    return st.rerun()
