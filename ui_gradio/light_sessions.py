"""What Gradio keeps for each page that is open, without a description of every component.

Gradio describes all components of all pages anew for each page that opens, on the event loop: tens of milliseconds in
which every stream stands still, so that twenty pages opened together keep each other waiting for seconds. Only deep
links read these descriptions, and their address is closed. A component that a page changes is described then.
"""

from types import SimpleNamespace

import gradio as gr
from fastapi import FastAPI
from gradio.state_holder import SessionState, StateHolder


class LightSessions(StateHolder):
    """Gradio's sessions, each begun without descriptions."""

    def __init__(self, application: gr.Blocks) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.set_blocks(application)

    def __getitem__(self, session_id: str) -> SessionState:
        """The session of a page; a new one for a page that is new."""
        if session_id not in self.session_data:
            # It describes the components of its configuration that are also among the blocks that it is given.
            nothing_to_describe = SimpleNamespace(default_config=self.blocks.default_config, blocks={})
            self.session_data[session_id] = SessionState(nothing_to_describe)  # type: ignore[arg-type]
        return super().__getitem__(session_id)


def lighten(mounted: FastAPI, application: gr.Blocks) -> None:
    """Have the application that is mounted there keep its sessions so. Call it before the first page opens."""
    for route in mounted.routes:
        served = getattr(route, "app", None)
        if isinstance(served, gr.routes.App):
            served.state_holder = LightSessions(application)
