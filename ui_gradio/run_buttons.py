"""The buttons of a run: share it, and give feedback."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from functools import partial
from typing import Any, Literal

import gradio as gr

from backend.desk.desk import Desk
from backend.desk.sharing import RunOnPage
from backend.present.markup import fragment
from backend.present.pages.copy_button import copy_button_html
from backend.present.words import ask as words_ask, pages as words_pages
from ui_gradio.browser import HERE
from ui_gradio.drawing import Updates
from ui_gradio.events import quiet, say
from ui_gradio.navigation import address


@dataclass(frozen=True, slots=True)
class ShareWidgets:
    """A button, and the panel that it unfolds."""

    button: gr.Button
    panel: gr.Column
    link: gr.HTML
    unshare: gr.Button


@dataclass(frozen=True, slots=True)
class FeedbackWidgets:
    """Three buttons, and the panel that the last one unfolds."""

    helpful: gr.Button
    not_helpful: gr.Button
    comment: gr.Button
    panel: gr.Column
    text: gr.Textbox
    send: gr.Button


@dataclass(frozen=True, slots=True)
class RunButtons:
    """Sharing, and on most pages feedback."""

    sharing: ShareWidgets
    feedback: FeedbackWidgets | None = None

    def outputs(self) -> list[gr.blocks.Block]:
        """All of them."""
        parts = [part for part in (self.sharing, self.feedback) if part is not None]
        return [getattr(part, field.name) for part in parts for field in fields(part)]

    def offered(self, *, whether: bool) -> Updates:
        """The buttons if there is a run, else none; all panels are folded."""
        sharing, feedback = self.sharing, self.feedback
        updates: Updates = {sharing.button: gr.update(visible=whether), sharing.panel: gr.update(visible=False)}
        if feedback is not None:
            for button in (feedback.helpful, feedback.not_helpful, feedback.comment):
                updates[button] = gr.update(visible=whether)
            updates[feedback.panel] = gr.update(visible=False)
        return updates

    def unfolded(self, run: RunOnPage) -> Updates:
        """The unfolded panels."""
        updates: Updates = {self.sharing.panel: gr.update(visible=bool(run.share_id))}
        if self.feedback is not None:
            updates[self.feedback.panel] = gr.update(visible=run.commenting)
        return updates


def small_button(
    label: str, *, variant: Literal["primary", "secondary", "stop"] = "secondary", visible: bool = True
) -> gr.Button:
    """A button of a row of actions."""
    return gr.Button(label, size="sm", variant=variant, scale=0, min_width=60, visible=visible)


def lay_out_run_buttons(*, feedback: bool = True) -> tuple[gr.Button, ...]:
    """Share; with ``feedback`` two thumbs as words and comment as well. Call this inside a row of actions."""
    labels = (words_pages.SHARE, words_ask.HELPFUL, words_ask.NOT_HELPFUL, words_ask.COMMENT)
    return tuple([small_button(label, visible=False) for label in (labels if feedback else labels[:1])])


def lay_out_unfolding_panels(buttons: tuple[gr.Button, ...], *, floating: bool = True) -> RunButtons:
    """The panels of the buttons: over the parts below if ``floating``."""
    share, *feedback = buttons
    look: dict[str, Any] = {"visible": False, "elem_classes": "ph-floating" if floating else None}
    with gr.Column(elem_id="ph-share-panel", **look) as share_panel:
        link = gr.HTML("", padding=False)
        sharing = ShareWidgets(share, share_panel, link, small_button(words_pages.UNSHARE))
    if not feedback:
        return RunButtons(sharing)
    with gr.Column(elem_id="ph-comment-panel", **look) as comment_panel:
        text = gr.Textbox(label=words_ask.COMMENT_LABEL, lines=3, max_lines=3)
        send = small_button(words_ask.SEND_COMMENT, variant="primary")
    helpful, not_helpful, comment = feedback
    return RunButtons(sharing, FeedbackWidgets(helpful, not_helpful, comment, comment_panel, text, send))


class RunButtonHandlers:
    """The handlers of sharing and feedback, for one backend."""

    def __init__(self, desk: Desk, widgets: RunButtons) -> None:
        self._desk = desk
        self._widgets = widgets

    def connect(self, run: gr.State) -> None:
        """Tie the buttons to the handlers. The value of ``run`` is the page's ``RunOnPage``."""
        desk, sharing, feedback = self._desk, self._widgets.sharing, self._widgets.feedback
        common = {"outputs": self._widgets.outputs(), **quiet(run)}
        sharing.button.click(self._share, inputs=[run, sharing.link], js=HERE, **common)
        sharing.unshare.click(self._does(desk.sharing.withdraw), inputs=[run], **common)
        if feedback is not None:
            rate = desk.feedback.rate
            feedback.helpful.click(self._does(partial(rate, thumb="up")), inputs=[run], **common)
            feedback.not_helpful.click(self._does(partial(rate, thumb="down")), inputs=[run], **common)
            feedback.comment.click(self._does(desk.feedback.toggle_comment), inputs=[run], **common)
            feedback.send.click(partial(self._comment, feedback), inputs=[run, feedback.text], **common)

    def _does(self, work: Callable[[Any], Awaitable[str]]) -> Callable[[Any], Awaitable[Updates]]:
        async def handler(run: RunOnPage) -> Updates:
            say(await work(run))
            return self._widgets.unfolded(run)

        return handler

    async def _share(self, run: RunOnPage, here: str) -> Updates:
        """``here``: the address of the application, as the browser knows it."""
        say(await self._desk.sharing.toggle(run))
        return {
            **self._widgets.unfolded(run),
            self._widgets.sharing.link: _link_html(self._desk.public_url or here, run.share_id),
        }

    async def _comment(self, feedback: FeedbackWidgets, run: RunOnPage, text: str) -> Updates:
        sent = await self._desk.feedback.comment(run, text)
        say(sent.sentence)
        return {**self._widgets.unfolded(run), feedback.text: "" if sent.kept else gr.skip()}


def _link_html(here: str, share_id: str) -> str:
    """The link of a share to read and to copy; empty if there is none."""
    if not share_id:
        return ""
    link = here.rstrip("/") + "/" + address("ask", share=share_id).removeprefix("./")
    shown = fragment(
        '<label class="ph ph-link-field">{}<input type="text" readonly value="{}"></label><p class="ph ph-help">{}</p>',
        words_pages.SHARE_LINK_LABEL,
        link,
        words_pages.SHARE_HELP,
    )
    return str(shown) + copy_button_html(link, f"ph-link-{share_id}", words_pages.COPY_LINK)
