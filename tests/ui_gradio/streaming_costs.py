"""Prints, as JSON, what Gradio sends of growing answers and what a run's event yields: a process of its own, since
Gradio keeps an event loop open that nobody closes."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import gradio as gr
from gradio.utils import diff

from backend.protocol.events import ArtifactEvent, TokenEvent
from backend.protocol.run_view import RunView
from backend.protocol.view import fold
from ui_gradio.deferred_updates import DeferredUpdates, Streaming
from ui_gradio.drawing import Drawing
from ui_gradio.run_panels import lay_out_evidence, lay_out_reading

WORDS = 400
ANSWERS = {
    "one paragraph": ["word "] * WORDS,
    "many paragraphs": ["word " if number % 10 else "word\n\n" for number in range(WORDS)],
    "one fence": ["```py\n", *["word\n"] * (WORDS - 1)],
}


def sent_of(pieces: Sequence[str]) -> list[int]:
    """Characters that Gradio sends of the answer with each piece."""
    with gr.Blocks():
        panels = lay_out_evidence(lay_out_reading())
    drawing = Drawing(panels, "light")
    view, sent = RunView.start(), []
    before: list[str] = []
    for seq, text in enumerate(pieces, 1):
        view = fold(view, [TokenEvent(seq=seq, at_ms=seq, text=text)])
        after = drawing.view(view, seq).get(panels.answer, before)
        sent.append(len(json.dumps(diff(before, after))))  # type: ignore[no-untyped-call]
        before = after
    return sent


def charts_while_held() -> list[int]:
    """How many charts are drawn of a run that has one: when it comes, when it is wanted, and when it changes then."""
    with gr.Blocks():
        panels = lay_out_evidence(lay_out_reading())
    drawing, drawn, view = Drawing(panels, "light", holds_charts=True), [], RunView.start()
    for height in (1, 2):
        chart = ArtifactEvent(
            seq=height, at_ms=height, artifact_id="a", kind="chart", content={"data": [{"type": "bar", "y": [height]}]}
        )
        view = fold(view, [chart])
        updates = [drawing.view(view, height), *([drawing.charts_again()] if height == 1 else [])]
        drawn += [sum(slot in update for slot in panels.charts) for update in updates]
    return drawn


async def divided() -> dict[str, Any]:
    """What a run's event yields of three drawings, by the names of the widgets, and what waits then, twice."""
    with gr.Blocks():
        status, answer, button, fetch_trigger = gr.HTML(), gr.HTML([]), gr.Button(), gr.Textbox()
    names: dict[gr.blocks.Block, str] = {
        status: "status",
        answer: "answer",
        button: "button",
        fetch_trigger: "fetch_trigger",
    }
    streaming, deferred = Streaming([status, answer, button], [status, answer], fetch_trigger), DeferredUpdates()

    async def handler() -> AsyncIterator[dict[Any, Any]]:
        yield {status: "Connecting", answer: [], button: gr.update(visible=False)}
        yield {answer: ["one"]}
        yield {status: "Completed", button: gr.update(value="Ask")}

    drawn = [{names[key]: value for key, value in one.items()} async for one in streaming.drawn(handler(), deferred)]
    first, second = deferred.take(), deferred.take()
    return {"drawn": drawn, "waited": first[button], "left": second, "skip": gr.skip()}


if __name__ == "__main__":
    sent = {name: sent_of(pieces) for name, pieces in ANSWERS.items()}
    print(json.dumps({"sent": sent, "divided": asyncio.run(divided()), "held": charts_while_held()}))  # noqa: T201
