"""The run that was chosen in the list: open it elsewhere, save it, share it, delete it; rename its conversation."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import streamlit as st

from backend.client.errors import ClientError
from backend.client.replies import RunSummary
from backend.client.sync import SyncRunClient
from backend.present.offline_page.exports import ExportForm, exported, file_stem
from backend.present.pages.feedback import feedback_html
from backend.present.pages.history import chosen_run_html
from backend.present.pages.notices import section_title_html
from backend.present.words import history as words_history, pages as words_pages
from ui_streamlit.plain_text import plain
from ui_streamlit.sharing import draw_share_link
from ui_streamlit.visit import Visit

_KEY = "history"

_FORMS: Final[tuple[tuple[ExportForm, str, str], ...]] = (
    ("recording", words_pages.SAVE_RECORDING, "jsonl"),
    ("markdown", words_pages.SAVE_MARKDOWN, "md"),
    ("report", words_pages.SAVE_REPORT, "html"),
)
"""What a run can be saved as: form, label, ending of the file's name."""


@dataclass(slots=True)
class Choice:
    """What this tab has chosen, and what it was asked to delete and has not confirmed yet."""

    run_id: str = ""
    deleting: str = ""

    @classmethod
    def of_this_session(cls) -> "Choice":
        """The tab's own, made at its first pass."""
        known: Choice | None = st.session_state.get(_KEY)
        if known is None:
            known = st.session_state[_KEY] = cls()
        return known

    def choose(self, run_id: str) -> None:
        """Look at this run."""
        self.run_id, self.deleting = run_id, ""

    def ask_to_delete(self, what: str) -> None:
        """Ask before deleting a run or a conversation; empty: do not."""
        self.deleting = what


def draw_chosen(visit: Visit, choice: Choice, run: RunSummary, session_title: str) -> None:
    """What can be done with the run. Raises ``ClientError``."""
    client = visit.client
    st.html(chosen_run_html(run))
    with st.container(key="ph-chosen-links", horizontal=True, vertical_alignment="center", gap="xsmall"):
        visit.link("ask", words_pages.OPEN_IN_ASK, run=run.run_id)
        visit.link("replay", words_pages.OPEN_IN_REPLAY, run=run.run_id)
        visit.link("compare", words_pages.OPEN_IN_COMPARE, a=run.run_id)
        draw_share_link(client, run.run_id)
    st.html(section_title_html(words_history.EXPORT))
    _exports(client, run)
    _deletion(
        choice,
        run.run_id,
        (words_history.DELETE_RUN, words_history.DELETE_RUN_QUESTION),
        lambda: client.delete_run(run.run_id),
    )
    if run.session_id:
        st.html(section_title_html(words_history.CONVERSATION_LABEL))
        _conversation(client, choice, run.session_id, session_title)
    st.html(section_title_html(words_history.FEEDBACK_TAB))
    st.html(feedback_html(client.feedback(run.run_id)))


def _exports(client: SyncRunClient, run: RunSummary) -> None:
    """Made when they are pressed: a report takes a moment, and most runs are never saved."""
    stem = file_stem(run.question, run.run_id)
    with st.container(key="ph-chosen-exports", horizontal=True, gap="xsmall"):
        for form, label, ending in _FORMS:
            st.download_button(
                label,
                partial(_content, client, run.run_id, form),
                f"{stem}.{ending}",
                key=f"save-{form}-{run.run_id}",
                on_click="ignore",
            )


def _content(client: SyncRunClient, run_id: str, form: ExportForm) -> bytes:
    remarks = client.feedback(run_id) if form == "report" else ()
    return exported(form, client.recording(run_id), remarks).content


def _conversation(client: SyncRunClient, choice: Choice, session_id: str, title: str) -> None:
    key = f"name-{session_id}"
    with st.form(f"ph-rename-{session_id}", border=False):
        field, button = st.columns([4, 1.6], vertical_alignment="bottom", gap="small")
        field.text_input(words_history.NAME_LABEL, value=title, key=key, max_chars=200, autocomplete="off")
        button.form_submit_button(
            words_history.SAVE_NAME,
            on_click=lambda: _rename(client, session_id, st.session_state[key]),
            width="stretch",
        )
    _deletion(
        choice,
        session_id,
        (words_history.DELETE_CONVERSATION, words_history.DELETE_CONVERSATION_QUESTION),
        lambda: client.delete_session(session_id),
    )


def _rename(client: SyncRunClient, session_id: str, title: str) -> None:
    try:
        client.rename_session(session_id, title.strip())
        st.toast(words_history.NAMED)
    except ClientError as error:
        st.toast(plain(error.sentence))


def _deletion(choice: Choice, what: str, texts: tuple[str, str], delete: Callable[[], None]) -> None:
    """A button, and the question whether it was meant."""

    def confirmed() -> None:
        try:
            delete()
        except ClientError as error:
            st.toast(plain(error.sentence))
        else:
            choice.choose("")
            st.toast(words_history.DELETED)

    label, question = texts
    with st.container(key=f"ph-delete-{what}", horizontal=True, vertical_alignment="center", gap="xsmall"):
        if choice.deleting != what:
            # The key of Keep: with one of its own, it would stand beside Keep while the script runs.
            st.button(label, key=f"keep-{what}", on_click=choice.ask_to_delete, args=(what,))
            return
        st.button(words_history.KEEP, key=f"keep-{what}", on_click=choice.ask_to_delete, args=("",))
        st.button(words_history.DELETE, key=f"confirm-{what}", type="primary", on_click=confirmed)
        st.html(f'<p class="ph" role="alert">{question}</p>', width="content")
