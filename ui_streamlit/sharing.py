"""Sharing a run: a read-only link, made on demand."""

import streamlit as st

from backend.desk.sharing import RunOnPage
from backend.present.pages.copy_button import copy_button_html
from backend.present.words import pages as words_pages
from ui_streamlit.visit import Visit, link_to


def draw_share_link(visit: Visit, run: RunOnPage) -> None:
    """A button that shares the run when it is pressed, and then shows the link until it is pressed again."""
    sharing, key = visit.desk.sharing, f"share-{run.run_id}"

    def pressed() -> None:
        visit.say(visit.call(sharing.unfold(run) if st.session_state.get(key) else sharing.fold(run)))

    with st.popover(words_pages.SHARE, key=key, on_change=pressed):
        st.caption(words_pages.SHARE_HELP)
        if not run.share_id:
            return
        link = link_to("ask", visit.desk.public_url, share=run.share_id)
        st.text_input(words_pages.SHARE_LINK_LABEL, value=link, key=f"link-{run.share_id}")
        with st.container(key="ph-share-link", horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.html(copy_button_html(link, f"ph-link-{run.share_id}", words_pages.COPY_LINK), width="content")
            st.button(
                words_pages.UNSHARE,
                key=f"unshare-{run.share_id}",
                on_click=lambda: visit.say(visit.call(sharing.withdraw(run))),
            )
