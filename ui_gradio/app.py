"""The Gradio application: page, events and how it is served."""

from collections.abc import Callable
from functools import partial
from typing import Any

import gradio as gr

from backend.present import words
from backend.present.style import style_element
from ui_gradio.browser import ASK_AGAIN, RUN_INTO_ADDRESS, THEME_ONLY, WITH_THEME
from ui_gradio.layout import Page, build_page
from ui_gradio.live import Live
from ui_gradio.style import PAGE_STYLE, theme


def build(backend: str) -> gr.Blocks:
    """The application for the backend at that address."""
    application: gr.Blocks
    with gr.Blocks(title=words.APP_TITLE, fill_width=True, analytics_enabled=False) as application:
        page = build_page()
        _connect(application, page, Live(backend, page))
    # The default is one run at a time for everybody.
    application.queue(default_concurrency_limit=None)
    return application


def _connect(application: gr.Blocks, page: Page, live: Live) -> None:
    """Tie what a reader does to the handlers. Every event has a name, so that none is numbered by its place."""
    outputs = page.outputs()

    def asks(event: Callable[..., Any], api_name: str) -> None:
        event(
            live.ask,
            inputs=[page.question, page.agent, page.session_id, page.theme],
            outputs=outputs,
            js=WITH_THEME,
            show_progress="hidden",
            concurrency_limit=None,
            api_name=api_name,
        )

    asks(page.ask.click, "ask")
    asks(page.question.submit, "submit")
    for number, (button, question) in enumerate(zip(page.examples, words.EXAMPLE_QUESTIONS, strict=True), 1):
        chosen = button.click(
            partial(_example, question),
            outputs=[page.question, page.agent],
            show_progress="hidden",
            api_name=f"example_{number}",
        )
        asks(chosen.then, f"ask_example_{number}")
    page.stop.click(
        live.stop,
        inputs=[page.run_id],
        outputs=[page.stop, page.notice],
        show_progress="hidden",
        concurrency_limit=None,
        api_name="stop",
    )
    page.question.input(None, outputs=[page.ask], js=ASK_AGAIN, api_visibility="private")
    page.run_id.change(None, inputs=[page.run_id], js=RUN_INTO_ADDRESS, api_visibility="private")
    application.load(
        live.resume,
        inputs=[page.theme],
        outputs=outputs,
        js=THEME_ONLY,
        show_progress="hidden",
        concurrency_limit=None,
        api_name="resume",
    )


def _example(question: str) -> tuple[str, str]:
    """An example is a question to the documents agent, whichever was chosen before."""
    return question, "documents"


def serve(backend: str, port: int) -> None:
    """Serve on loopback until the process is told to stop."""
    build(backend).launch(
        server_name="127.0.0.1",
        server_port=port,
        theme=theme(),
        # As head, not as css: Gradio rewrites css rule by rule and drops @property, by which durations count on.
        head=style_element("host"),
        css=PAGE_STYLE,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        quiet=True,
        show_error=False,
        inbrowser=False,
    )
