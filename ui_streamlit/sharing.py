"""Sharing a run: a link for reading only, made when it is asked for."""

import streamlit as st

from backend.client.errors import ClientError
from backend.client.sync import SyncRunClient
from backend.present.pages.copy_button import copy_button_html
from backend.present.words import pages as words_pages
from ui_streamlit.plain_text import plain
from ui_streamlit.visit import link_to

_SHARES = "shares"
"""In the session state: the share of each run that this tab shared."""


def draw_share_link(client: SyncRunClient, run_id: str) -> None:
    """A button that shares the run when it is pressed, and then shows the link until it is pressed again."""
    shares: dict[str, str] = st.session_state.setdefault(_SHARES, {})
    key = f"share-{run_id}"
    with st.popover(words_pages.SHARE, key=key, on_change=lambda: _share(client, run_id, key)):
        st.caption(words_pages.SHARE_HELP)
        share_id = shares.get(run_id)
        if not share_id:
            return
        link = link_to("ask", share=share_id)
        st.text_input(words_pages.SHARE_LINK_LABEL, value=link, key=f"link-{share_id}")
        with st.container(key="ph-share-link", horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.html(copy_button_html(link, f"ph-link-{share_id}", words_pages.COPY_LINK), width="content")
            st.button(words_pages.UNSHARE, key=f"unshare-{share_id}", on_click=_unshare, args=(client, run_id))


def _share(client: SyncRunClient, run_id: str, key: str) -> None:
    if not st.session_state.get(key) or run_id in st.session_state[_SHARES]:
        return
    try:
        st.session_state[_SHARES][run_id] = client.share(run_id).share_id
    except ClientError as error:
        st.toast(plain(error.sentence))


def _unshare(client: SyncRunClient, run_id: str) -> None:
    share_id = st.session_state[_SHARES].pop(run_id, None)
    if share_id is None:
        return
    try:
        client.unshare(share_id)
        st.toast(words_pages.UNSHARED)
    except ClientError as error:
        st.session_state[_SHARES][run_id] = share_id
        st.toast(plain(error.sentence))
