"""The buttons that steer the run on the page: Pause, Resume, and when what was written meanwhile is for.

All are there from the start: which of them show comes with the run's texts, in the element of the page's phase, and
the page's style follows that.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr

from backend.desk.control_channels import MessageMode
from backend.desk.conversation import Conversation
from backend.desk.conversation_state import ConversationState
from backend.desk.steering import SteeringDesk, controls_of
from backend.desk.written_question import put_back
from backend.present.words import messages as words_messages, steering as words
from ui_gradio.browser import TAKE_QUESTION
from ui_gradio.drawing import Updates
from ui_gradio.events import quiet, say


@dataclass(frozen=True, slots=True)
class SteeringWidgets:
    """The widgets of the composer that steer."""

    after: gr.Button
    now: gr.Button
    pause: gr.Button
    resume: gr.Button

    def outputs(self) -> list[gr.blocks.Block]:
        """Every widget that may change."""
        return [self.pause]

    def drawn(self, state: ConversationState) -> Updates:
        """The text of the button, which says what a pause of this agent does."""
        controls = controls_of(state)
        return {self.pause: gr.update(value=controls.pause)} if controls.pause else {}


def lay_out_steering() -> SteeringWidgets:
    """The buttons, beside Stop."""
    size: dict[str, Any] = {"scale": 0, "min_width": 60}
    return SteeringWidgets(
        after=gr.Button(words_messages.AFTER_THIS, variant="primary", elem_id="ph-after-button", **size),
        now=gr.Button(words_messages.NOW, elem_id="ph-now-button", **size),
        pause=gr.Button(words.PAUSE["exact"], elem_id="ph-pause-button", **size),
        resume=gr.Button(words.RESUME, variant="primary", elem_id="ph-resume-button", **size),
    )


def phase_of(state: ConversationState) -> str:
    """The value of the page's phase."""
    controls = controls_of(state)
    facts = {
        "writes": state.writes,
        "reads": not state.writes,
        "running": state.running,
        "queues": controls.queues,
        "steers": controls.steers,
        "pausable": bool(controls.pause),
        "paused": controls.resumes,
    }
    return " ".join(name for name, holds in facts.items() if holds)


class SteeringHandlers:
    """The handlers of these widgets, for one backend. What they do is drawn by the handler that draws the run."""

    def __init__(self, steering: SteeringDesk, widgets: SteeringWidgets) -> None:
        self._steering = steering
        self._widgets = widgets

    def connect(self, conversation: gr.State, question: gr.Textbox, written: gr.HTML) -> None:
        """Tie the widgets to the handlers. ``written`` takes the changes of the question's field."""
        widgets, common = self._widgets, quiet(conversation)
        widgets.pause.click(self.pause, inputs=[conversation], api_name="pause", **common)
        widgets.resume.click(self.resume, inputs=[conversation], api_name="resume", **common)
        # Emptied in the browser: what is typed before the answer has come would be lost otherwise.
        sends = {"inputs": [conversation, question], "outputs": [written], "js": TAKE_QUESTION, **common}
        widgets.after.click(partial(self.send, "queue"), api_name="send_after", **sends)
        widgets.now.click(partial(self.send, "steer"), api_name="send_now", **sends)

    async def pause(self, conversation: Conversation) -> None:
        """Pause the run."""
        say(await self._steering.pause(conversation))

    async def resume(self, conversation: Conversation) -> None:
        """Continue it."""
        say(await self._steering.resume(conversation))

    async def send(self, mode: MessageMode, conversation: Conversation, text: str) -> Any:
        """Send what was written, which is back in its field if it was not accepted."""
        refusal = await self._steering.send(conversation, text, mode)
        say(refusal)
        return put_back(text).html if refusal else gr.skip()
