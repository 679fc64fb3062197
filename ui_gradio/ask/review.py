"""What a reader does with a run beside reading it: share it, and say what they think of it."""

from typing import Literal

import gradio as gr

from backend.client.errors import ClientError
from backend.client.run_client import RunClient
from backend.present import words_ask, words_places
from backend.present.copying import copy_button_html
from backend.present.markup import fragment
from ui_gradio.ask.conversation import Conversation
from ui_gradio.ask.layout import AskPage
from ui_gradio.drawing import Updates
from ui_gradio.places import address


class Review:
    """The handlers of sharing and feedback, for one backend."""

    def __init__(self, client: RunClient, page: AskPage) -> None:
        self._client = client
        self._page = page

    async def share(self, conversation: Conversation, here: str) -> Updates:
        """Make the link, or fold it away where it is on screen. ``here``: the address of the application."""
        page = self._page
        if conversation.share_id:
            conversation.share_id = ""
            return {page.share_panel: gr.update(visible=False)}
        try:
            conversation.share_id = (await self._client.share(conversation.run_id)).share_id
        except ClientError as error:
            gr.Info(error.sentence)
            return {page.share_panel: gr.update(visible=False)}
        return {
            page.share_link: share_link_html(here, conversation.share_id),
            page.share_panel: gr.update(visible=True),
            page.comment_panel: gr.update(visible=False),
        }

    async def unshare(self, conversation: Conversation) -> Updates:
        """Withdraw the link."""
        try:
            await self._client.unshare(conversation.share_id)
        except ClientError as error:
            gr.Info(error.sentence)
            return {self._page.share_panel: gr.skip()}
        conversation.share_id = ""
        gr.Info(words_places.UNSHARED)
        return {self._page.share_panel: gr.update(visible=False)}

    async def thumb_up(self, conversation: Conversation) -> None:
        """Helpful."""
        await self._give(conversation, "up")

    async def thumb_down(self, conversation: Conversation) -> None:
        """Not helpful."""
        await self._give(conversation, "down")

    async def send_comment(self, conversation: Conversation, comment: str) -> Updates:
        """Keep what somebody wrote about this moment of the run."""
        if not comment.strip():
            gr.Info(words_ask.COMMENT_EMPTY)
            return {self._page.comment_text: gr.skip()}
        if not await self._give(conversation, None, comment.strip()):
            return {self._page.comment_text: gr.skip()}
        return {self._page.comment_text: "", self._page.comment_panel: gr.update(visible=False)}

    async def _give(self, conversation: Conversation, thumb: Literal["up", "down"] | None, comment: str = "") -> bool:
        latest = conversation.latest
        # A run that is over is looked at as a whole: a moment of it is chosen on the Replay page.
        at_ms = latest.elapsed_ms if latest is not None and not latest.view.ended else None
        try:
            await self._client.give_feedback(conversation.run_id, thumb=thumb, comment=comment, at_ms=at_ms)
        except ClientError as error:
            gr.Info(error.sentence)
            return False
        gr.Info(words_ask.FEEDBACK_KEPT)
        return True


def share_link_html(here: str, share_id: str) -> str:
    """The link of a share to read and to copy. ``here``: the address of the application, as the browser knows it."""
    link = here.rstrip("/") + "/" + address("ask", share=share_id).removeprefix("./")
    shown = fragment(
        '<label class="ph ph-link-field">{}<input type="text" readonly value="{}"></label><p class="ph ph-help">{}</p>',
        words_places.SHARE_LINK_LABEL,
        link,
        words_places.SHARE_HELP,
    )
    return str(shown) + copy_button_html(link, f"ph-link-{share_id}", words_places.COPY_LINK)
