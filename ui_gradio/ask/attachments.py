"""Files for the next question: a button to choose them, one for each that takes it out, and why one was refused."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import gradio as gr

from backend.desk.attachments import Attachments, taken_by
from backend.desk.conversation import Conversation
from backend.desk.conversation_state import ConversationState
from backend.present.pages.attachments import file_label, refusals_html
from backend.present.words import files as words
from backend.protocol.attachments import MAX_ATTACHMENTS, MAX_FILE_BYTES
from ui_gradio.drawing import Updates
from ui_gradio.events import quiet


@dataclass(frozen=True, slots=True)
class AttachmentWidgets:
    """The widgets of the composer that are about files."""

    attach: gr.UploadButton
    chosen: tuple[gr.Button, ...]
    refusals: gr.HTML

    def outputs(self) -> list[gr.blocks.Block]:
        """Every widget that may change."""
        return [self.attach, *self.chosen, self.refusals]

    def drawn(self, state: ConversationState) -> Updates:
        """The chosen files, and why others were refused."""
        updates: Updates = {self.refusals: refusals_html(state.refusals)}
        for place, button in enumerate(self.chosen):
            file = state.chosen[place] if place < len(state.chosen) else None
            label = file_label(file) if file is not None else ""
            updates[button] = gr.update(value=label, visible=file is not None)
        return updates


def attach_button() -> gr.UploadButton:
    """The button that chooses files. It is there where the chosen agent takes some."""
    return gr.UploadButton(
        words.ATTACH,
        file_count="multiple",
        type="filepath",
        variant="secondary",
        scale=0,
        min_width=72,
        visible=False,
        elem_id="ph-attach",
    )


def lay_out_chosen_files() -> tuple[tuple[gr.Button, ...], gr.HTML]:
    """The row of the chosen files, and the place for refusals."""
    with gr.Row(elem_id="ph-chosen-files"):
        buttons = tuple(
            gr.Button("", size="sm", scale=0, min_width=60, visible=False, elem_classes="ph-chosen-file")
            for _ in range(MAX_ATTACHMENTS)
        )
    return buttons, gr.HTML("", padding=False, elem_id="ph-refusals")


class AttachmentHandlers:
    """The handlers of these widgets, for one backend."""

    def __init__(self, attachments: Attachments, widgets: AttachmentWidgets) -> None:
        self._attachments = attachments
        self._widgets = widgets

    def connect(self, conversation: gr.State, agent: gr.Dropdown) -> None:
        """Tie the widgets to the handlers."""
        widgets, common = self._widgets, {**quiet(conversation), "outputs": self._widgets.outputs()}
        widgets.attach.upload(
            self.attach, inputs=[conversation, agent, widgets.attach], api_name="attach_files", **common
        )
        agent.change(self.offer, inputs=[conversation, agent], api_name="offer_files", **common)
        for place, button in enumerate(widgets.chosen):
            button.click(partial(self.detach, place), inputs=[conversation], api_name=f"detach_{place}", **common)

    async def offer(self, conversation: Conversation, agent: str) -> Updates:
        """Show the button where this agent takes files."""
        taken = taken_by(conversation.state, agent)
        return {self._widgets.attach: gr.update(visible=taken is not None)}

    async def attach(self, conversation: Conversation, agent: str, paths: Sequence[str]) -> Updates:
        """Attach the files that the page has uploaded to this server; here they are not kept."""
        files = [await asyncio.to_thread(_taken_away, Path(path)) for path in paths]
        await self._attachments.attach(conversation, files, agent)
        return {**self._widgets.drawn(conversation.state), self._widgets.attach: gr.update(value=None)}

    async def detach(self, place: int, conversation: Conversation) -> Updates:
        """Take the file at this place out again."""
        chosen = conversation.state.chosen
        if place < len(chosen):
            await self._attachments.detach(conversation, chosen[place].file_id)
        return self._widgets.drawn(conversation.state)


def _taken_away(path: Path) -> tuple[str, bytes]:
    """Name and content of an uploaded file, which is deleted: no page may open it again."""
    with path.open("rb") as file:
        data = file.read(MAX_FILE_BYTES + 1)
    path.unlink(missing_ok=True)
    return path.name, data
