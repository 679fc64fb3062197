"""Ways to open a run: from the list of the latest ones, or from a recording file."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from backend.desk.choices import Choice
from backend.desk.opened_run import OpenedRun
from backend.present.pages.problem import Problem
from backend.present.words import pages as words_pages, replay as words_replay
from ui_streamlit.visit import Visit, kept, put_into_address

_SERIAL: Final = "replay-serial"


def draw_run_choice(visit: Visit, opened: OpenedRun, runs: Sequence[Choice]) -> Problem | None:
    """A list of runs and a field for a file. Returns why the choice could not be opened; if it was opened, the pass
    starts again."""
    titles = {run.name: run.title for run in runs}
    serial = kept(_SERIAL, int)
    which, file = st.columns([3, 2], gap="small")
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
    if upload is not None:
        problem = visit.call(visit.desk.replay.open_file(opened, upload.getvalue()))
    elif chosen is not None:
        problem = visit.call(visit.desk.replay.choose(opened, chosen))
    else:
        return None
    if problem is None:
        # Other keys, so that the fields are empty again.
        st.session_state[_SERIAL] = serial + 1
        put_into_address(**visit.do(opened.address))
        st.rerun()
    return problem
