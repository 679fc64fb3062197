"""Files for the next question: a field to choose them, a button for each that takes it out, and why one was refused."""

from typing import Final

import streamlit as st

from backend.desk.attachments import taken_by
from backend.desk.conversation import Conversation, ConversationState
from backend.present.pages.attachments import file_label, refusals_html
from backend.present.words import files as words
from backend.protocol.attachments import MAX_ATTACHMENTS
from ui_streamlit.visit import Visit, kept

_SERIAL: Final = "attach-serial"
"""In the session state: counts the fields, since only another field is empty again."""

NOTHING: Final = "<span hidden></span>"
"""An invisible element."""


def draw_chosen_files(visit: Visit, conversation: Conversation, state: ConversationState) -> None:
    """The chosen files, and why others were refused. Always the same number of elements: see ``actions``."""
    with st.container(key="ph-chosen-files", horizontal=True, gap="xsmall"):
        for file in state.chosen:
            st.button(
                file_label(file),
                key=f"ph-chosen-file-{file.file_id}",
                on_click=lambda file_id=file.file_id: visit.call(visit.desk.attachments.detach(conversation, file_id)),
            )
        for _ in range(len(state.chosen), MAX_ATTACHMENTS):
            st.html(NOTHING)
    st.html(refusals_html(state.refusals) or NOTHING)


def draw_attach(visit: Visit, conversation: Conversation, state: ConversationState, agent: str) -> None:
    """The field that chooses files, where this agent takes some; a button opens it. Chosen files leave it at once."""
    taken = taken_by(state, agent)
    if taken is None:
        st.html(NOTHING)
        return
    key = f"ph-attach-{kept(_SERIAL, int)}"

    def attach() -> None:
        uploads = st.session_state[key]
        files = [(upload.name, upload.getvalue()) for upload in uploads]
        visit.call(visit.desk.attachments.attach(conversation, files, agent))
        st.session_state[_SERIAL] += 1

    # Under another key it is closed again.
    with st.popover(words.ATTACH, width="content", key=f"{key}-box"):
        st.file_uploader(
            words.ATTACH_HELP,
            type=[ending.removeprefix(".") for ending in taken.endings],
            accept_multiple_files=True,
            max_upload_size=taken.max_bytes // 1024**2,
            key=key,
            on_change=attach,
        )
