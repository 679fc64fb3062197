"""What a reader does with a run beside reading it: share it, and say what they think of it. On Ask and on Replay."""

from dataclasses import dataclass, fields
from typing import Literal, Protocol

import gradio as gr

from backend.client.errors import ClientError
from backend.client.run_client import RunClient
from backend.present.markup import fragment
from backend.present.pages.copy_button import copy_button_html
from backend.present.words import ask as words_ask, pages as words_pages
from ui_gradio.browser import HERE
from ui_gradio.drawing import Updates
from ui_gradio.events import quiet
from ui_gradio.navigation import address
from ui_gradio.problems import tell


class Reviewed(Protocol):
    """The run on the page."""

    run_id: str
    share_id: str

    @property
    def moment_ms(self) -> float | None:
        """The moment of the run that is looked at, in milliseconds since it was accepted; None for all of it."""


@dataclass(frozen=True, slots=True)
class ReviewWidgets:
    """Four buttons, and what two of them unfold."""

    share: gr.Button
    helpful: gr.Button
    not_helpful: gr.Button
    comment: gr.Button
    share_panel: gr.Column
    share_link: gr.HTML
    unshare: gr.Button
    comment_panel: gr.Column
    comment_text: gr.Textbox
    send_comment: gr.Button

    def outputs(self) -> list[gr.blocks.Block]:
        """Every one of them."""
        return [getattr(self, field.name) for field in fields(self)]

    def offered(self, *, whether: bool) -> Updates:
        """The buttons where there is a run, else none; nothing is unfolded."""
        shown: Updates = {button: gr.update(visible=whether) for button in self.buttons()}
        return {**shown, self.share_panel: gr.update(visible=False), self.comment_panel: gr.update(visible=False)}

    def buttons(self) -> tuple[gr.Button, ...]:
        """The four in the row."""
        return self.share, self.helpful, self.not_helpful, self.comment


def small_button(
    label: str, *, variant: Literal["primary", "secondary"] = "secondary", visible: bool = True
) -> gr.Button:
    """A button of a row of actions."""
    return gr.Button(label, size="sm", variant=variant, scale=0, min_width=60, visible=visible)


def lay_out_review_buttons() -> tuple[gr.Button, gr.Button, gr.Button, gr.Button]:
    """Share, two thumbs as words, comment. To be called inside a row of actions."""
    labels = (words_pages.SHARE, words_ask.HELPFUL, words_ask.NOT_HELPFUL, words_ask.COMMENT)
    share, helpful, not_helpful, comment = (small_button(label, visible=False) for label in labels)
    return share, helpful, not_helpful, comment


def lay_out_review_panels(buttons: tuple[gr.Button, gr.Button, gr.Button, gr.Button]) -> ReviewWidgets:
    """What the buttons unfold, over what stands below."""
    with gr.Column(visible=False, elem_id="ph-share-panel", elem_classes="ph-floating") as share_panel:
        link = gr.HTML("", padding=False)
        unshare = small_button(words_pages.UNSHARE)
    with gr.Column(visible=False, elem_id="ph-comment-panel", elem_classes="ph-floating") as comment_panel:
        text = gr.Textbox(label=words_ask.COMMENT_LABEL, lines=3, max_lines=3)
        send = small_button(words_ask.SEND_COMMENT, variant="primary")
    return ReviewWidgets(*buttons, share_panel, link, unshare, comment_panel, text, send)


class Review:
    """The handlers of sharing and feedback, for one backend."""

    def __init__(self, client: RunClient, widgets: ReviewWidgets) -> None:
        self._client = client
        self._widgets = widgets

    def connect(self, reviewed: gr.State) -> None:
        """Tie the buttons to the handlers. ``reviewed`` holds the page's ``Reviewed``."""
        widgets, outputs = self._widgets, self._widgets.outputs()
        widgets.share.click(
            self.share,
            inputs=[reviewed, widgets.comment_text],
            outputs=outputs,
            js=HERE,
            api_name="share",
            **quiet(reviewed),
        )
        widgets.unshare.click(self.unshare, inputs=[reviewed], outputs=outputs, api_name="unshare", **quiet(reviewed))
        widgets.helpful.click(self.thumb_up, inputs=[reviewed], api_name="helpful", **quiet(reviewed))
        widgets.not_helpful.click(self.thumb_down, inputs=[reviewed], api_name="not_helpful", **quiet(reviewed))
        widgets.comment.click(
            self.unfold_comment, inputs=[reviewed], outputs=outputs, api_name="comment", **quiet(reviewed)
        )
        widgets.send_comment.click(
            self.send_comment,
            inputs=[reviewed, widgets.comment_text],
            outputs=outputs,
            api_name="send_comment",
            **quiet(reviewed),
        )

    async def share(self, run: Reviewed, here: str) -> Updates:
        """Show the link, or fold it away where it is on screen. ``here``: the address of the application."""
        widgets = self._widgets
        if run.share_id:
            run.share_id = ""
            return {widgets.share_panel: gr.update(visible=False)}
        try:
            run.share_id = (await self._client.share(run.run_id)).share_id
        except ClientError as error:
            tell(error.sentence)
            return {widgets.share_panel: gr.update(visible=False)}
        return {
            widgets.share_link: share_link_html(here, run.share_id),
            widgets.share_panel: gr.update(visible=True),
            widgets.comment_panel: gr.update(visible=False),
        }

    async def unshare(self, run: Reviewed) -> Updates:
        """Withdraw the link."""
        try:
            await self._client.unshare(run.share_id)
        except ClientError as error:
            tell(error.sentence)
            return {self._widgets.share_panel: gr.skip()}
        run.share_id = ""
        tell(words_pages.UNSHARED)
        return {self._widgets.share_panel: gr.update(visible=False)}

    async def thumb_up(self, run: Reviewed) -> None:
        """Helpful."""
        await self._give(run, "up")

    async def thumb_down(self, run: Reviewed) -> None:
        """Not helpful."""
        await self._give(run, "down")

    async def unfold_comment(self, run: Reviewed) -> Updates:
        """Offer a field to write in."""
        run.share_id = ""
        return {
            self._widgets.comment_panel: gr.update(visible=True),
            self._widgets.share_panel: gr.update(visible=False),
        }

    async def send_comment(self, run: Reviewed, comment: str) -> Updates:
        """Keep what somebody wrote about this moment of the run."""
        widgets = self._widgets
        if not comment.strip():
            tell(words_ask.COMMENT_EMPTY)
            return {widgets.comment_text: gr.skip()}
        if not await self._give(run, None, comment.strip()):
            return {widgets.comment_text: gr.skip()}
        return {widgets.comment_text: "", widgets.comment_panel: gr.update(visible=False)}

    async def _give(self, run: Reviewed, thumb: Literal["up", "down"] | None, comment: str = "") -> bool:
        try:
            await self._client.give_feedback(run.run_id, thumb=thumb, comment=comment, at_ms=run.moment_ms)
        except ClientError as error:
            tell(error.sentence)
            return False
        tell(words_ask.FEEDBACK_KEPT)
        return True


def share_link_html(here: str, share_id: str) -> str:
    """The link of a share to read and to copy. ``here``: the address of the application, as the browser knows it."""
    link = here.rstrip("/") + "/" + address("ask", share=share_id).removeprefix("./")
    shown = fragment(
        '<label class="ph ph-link-field">{}<input type="text" readonly value="{}"></label><p class="ph ph-help">{}</p>',
        words_pages.SHARE_LINK_LABEL,
        link,
        words_pages.SHARE_HELP,
    )
    return str(shown) + copy_button_html(link, f"ph-link-{share_id}", words_pages.COPY_LINK)
