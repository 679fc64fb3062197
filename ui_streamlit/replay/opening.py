"""Ways to open a run: by its name in a list of the latest ones, or from a recording file."""

import streamlit as st

from backend.client.errors import ClientError
from backend.client.replies import RunSummary
from backend.client.sync import SyncRunClient
from backend.present.pages.problem import Problem
from backend.present.pages.run_titles import run_title
from backend.present.timeline.player import Player
from backend.present.words import pages as words_pages, replay as words_replay
from ui_streamlit.replay.opened import open_file, open_run

LATEST_RUNS = 50
"""Offered in the list; the others are found in the history."""


def draw_opening(client: SyncRunClient) -> Player | Problem | None:
    """A list of runs and a place for a file. Gives what was just opened, or why it could not be; else None."""
    runs = latest_runs(client)
    titles = {run.run_id: run_title(run.question, run.agent, run.created_at, run.outcome) for run in runs}
    which, file = st.columns([3, 2], gap="small")
    serial = st.session_state.setdefault("replay-serial", 0)
    chosen = which.selectbox(
        words_replay.CHOOSE_RUN_LABEL,
        list(titles),
        index=None,
        format_func=lambda run_id: titles.get(run_id, run_id),
        placeholder=words_replay.CHOOSE_RUN,
        key=f"replay-run-{serial}",
    )
    upload = file.file_uploader(
        words_pages.UPLOAD_LABEL,
        type=["jsonl"],
        help=words_pages.UPLOAD_HELP,
        key=f"replay-file-{serial}",
    )
    if chosen is None and upload is None:
        return None
    result = open_file(upload.getvalue()) if upload is not None else open_run(client, str(chosen))
    if isinstance(result, Player):
        # Other keys, so that the fields are empty again.
        st.session_state["replay-serial"] = serial + 1
    return result


def latest_runs(client: SyncRunClient) -> tuple[RunSummary, ...]:
    """The runs to choose from, the newest first; none where the backend does not answer."""
    try:
        return client.runs(limit=LATEST_RUNS).runs
    except ClientError:
        return ()
