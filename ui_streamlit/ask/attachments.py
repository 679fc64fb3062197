"""Files for the next question: a field to choose them, a button for each that takes it out, and why one was refused."""

from typing import Final

import streamlit as st

from backend.desk.attachments import taken_by
from backend.desk.conversation import Conversation
from backend.desk.conversation_state import ConversationState
from backend.present.pages.attachments import file_label, refusals_html
from backend.present.words import files as words
from backend.protocol.attachments import MAX_ATTACHMENTS
from ui_streamlit.visit import Visit, kept

_SERIAL: Final = "attach-serial"
"""In the session state: counts the fields, since only another field is empty again."""

NOTHING: Final = "<span hidden></span>"
"""An invisible element."""

NO_FILE: Final = "\N{EN DASH}"
"""On a button that is not shown."""


def draw_chosen_files(visit: Visit, conversation: Conversation, state: ConversationState) -> None:
    """The chosen files, and why others were refused. Always the same elements, of which the page's style hides those
    without a file: one that comes or goes while a pass is at work may stay on the page beside its successor."""

    def detach(place: int) -> None:
        chosen = conversation.state.chosen
        if place < len(chosen):
            visit.call(visit.desk.attachments.detach(conversation, chosen[place].file_id))

    with st.container(key="ph-chosen-files", horizontal=True, gap="xsmall"):
        for place in range(MAX_ATTACHMENTS):
            file = state.chosen[place] if place < len(state.chosen) else None
            st.button(
                file_label(file) if file is not None else NO_FILE,
                key=f"ph-chosen-file-{place}",
                disabled=file is None,
                on_click=detach,
                args=(place,),
            )
    st.html(refusals_html(state.refusals) or NOTHING)


def draw_attach(visit: Visit, conversation: Conversation, state: ConversationState, agent: str) -> None:
    """The field that chooses files, where this agent takes some; a button opens it. Chosen files leave it at once."""
    taken = taken_by(state, agent)
    if taken is None:
        st.html(NOTHING)
        return
    serial = kept(_SERIAL, int)
    key = f"ph-attach-{serial}"

    def attach() -> None:
        # A press that comes before the browser has heard that this field is gone reports its files once more.
        if st.session_state[_SERIAL] != serial:
            return
        uploads = st.session_state[key]
        files = [(upload.name, upload.getvalue()) for upload in uploads]
        visit.call(visit.desk.attachments.attach(conversation, files, agent))
        st.session_state[_SERIAL] = serial + 1

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
