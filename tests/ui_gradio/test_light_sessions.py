"""A page that opens costs no description of all components, and its session works as Gradio's own does."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.conftest import need_framework

OPENED = """
import json
import gradio as gr
from fastapi import FastAPI
from gradio.state_holder import SessionState
from ui_gradio.light_sessions import lighten

class Counted(gr.Textbox):
    described = 0
    def get_config(self, *arguments):
        Counted.described += 1
        return super().get_config(*arguments)

with gr.Blocks(analytics_enabled=False) as application:
    text, state = Counted("one"), gr.State(["kept"])
mounted = FastAPI()
gr.mount_gradio_app(mounted, application, path="/", ssr_mode=False)
lighten(mounted, application)
sessions = mounted.routes[-1].app.state_holder
before = Counted.described
session = sessions["page-1"]
light = Counted.described - before
begun = [session[state._id], len(list(session.components)), sessions["page-1"] is session]
session[state._id] = ["other"]
session._update_value_in_config(text._id, "two")
shown = [config["props"]["value"] for config in session.components if config["id"] == text._id]
before = Counted.described
SessionState(application)
print(json.dumps({
    "light": light, "gradio": Counted.described - before, "begun": begun, "shown": shown,
    "states": [sessions["page-1"][state._id], sessions["page-2"][state._id]],
}))
"""


@pytest.fixture(scope="module")
def opened() -> dict[str, Any]:
    need_framework("gradio")
    child = subprocess.run([sys.executable, "-W", "ignore", "-c", OPENED], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(child.stdout.splitlines()[-1])
    return found


def test_a_page_that_opens_describes_no_component(opened: dict[str, Any]) -> None:
    assert opened["light"] == 0
    assert opened["gradio"] > 0, "Gradio does so by itself now: ui_gradio/light_sessions.py is not needed any more"


def test_a_session_keeps_what_its_page_changes(opened: dict[str, Any]) -> None:
    assert opened["begun"] == [["kept"], 0, True]
    assert opened["states"] == [["other"], ["kept"]]
    assert opened["shown"] == ["two"]
