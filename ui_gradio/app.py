"""The Gradio application: its four pages and how it is served."""

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr
from gradio.queueing import Queue
from starlette.middleware import Middleware

from backend.desk.desk import Desk
from backend.doors.limits import FILES_KEPT_S, LOOK_EVERY_S
from backend.doors.public_address import DIRECT, PublicAddress
from backend.network.credentials import CREDENTIALS
from backend.present.pages.addresses import TITLES, PageName
from backend.present.theme.style import page_style_element
from backend.present.words import run as words
from ui_gradio.ask.page import build_ask
from ui_gradio.browser import head_script
from ui_gradio.compare.page import build_compare
from ui_gradio.grant import grant_of_event
from ui_gradio.history.page import build_history
from ui_gradio.navigation import PATHS
from ui_gradio.replay.page import build_replay
from ui_gradio.server import guarded_app, serve_app
from ui_gradio.stream_sockets import StreamSockets, stream_script, without_heartbeat
from ui_gradio.style import BEFORE_ALL, page_style, theme


class _Application(gr.Blocks):
    """Blocks whose pages keep no HTTP connection open."""

    def get_config_file(self) -> Any:
        return without_heartbeat(super().get_config_file())


def build(backend: str) -> gr.Blocks:
    """The application for the backend at that address."""
    desk = Desk(backend)
    application: gr.Blocks
    with _Application(
        title=words.APP_TITLE, fill_width=True, analytics_enabled=False, delete_cache=(FILES_KEPT_S, FILES_KEPT_S)
    ) as application:
        build_ask(application, desk)
    others: tuple[tuple[PageName, Callable[[gr.Blocks, Desk], None]], ...] = (
        ("replay", build_replay),
        ("compare", build_compare),
        ("history", build_history),
    )
    for name, build_page in others:
        with application.route(TITLES[name], PATHS[name], show_in_navbar=False):
            build_page(application, desk)
    # The default is one run at a time for everybody.
    application.queue(default_concurrency_limit=None)
    calm(application._queue)  # noqa: SLF001
    return application


def calm(queue: Queue) -> None:
    """Gradio looks for new events a thousand times a second, and for progress, which no page shows, a hundred times:
    that takes a tenth of a core while nobody is there."""
    queue.sleep_when_free = LOOK_EVERY_S
    queue.progress_update_sleep_when_free = 1.0


def serve(
    backend: str,
    port: int,
    *,
    files: str,
    host: str = "127.0.0.1",
    key: str = "",
    allowed_hosts: Sequence[str] = (),
    public_address: PublicAddress = DIRECT,
) -> None:
    """Serve until the process is stopped. ``files`` is the folder that Gradio keeps its files in. With ``key``, the
    UI's own for a backend with tokens, people sign in first."""
    CREDENTIALS.use(key, grant_of_event)
    app = guarded_app(
        build(backend),
        backend=backend,
        files=files,
        allowed_hosts=(*allowed_hosts, host),
        cookie=f"playhead_gradio_{port}" if key else "",
        public_address=public_address,
        theme=theme(),
        # As head, not as css: Gradio rewrites css rule by rule and drops @property, which makes durations count.
        head=BEFORE_ALL + page_style_element("host") + head_script() + stream_script(),
        app_kwargs={"middleware": [Middleware(StreamSockets)]},
        css=page_style(),
    )
    serve_app(app, host, port)
