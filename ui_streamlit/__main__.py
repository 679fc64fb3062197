"""``python -m ui_streamlit``: serve the UI on loopback until it is told to stop."""

import argparse
import signal
import sys
from contextlib import suppress
from pathlib import Path

from backend.doors.allow_host import add_allow_host
from backend.launch.ports import PortBusy, ensure_port_free
from backend.present.theme.palette import COLOURS

DEFAULT_PORT = 8501
DEFAULT_BACKEND = "http://127.0.0.1:8750"

_SETTINGS = {
    "server.address": "127.0.0.1",
    "server.headless": True,
    "server.fileWatcherType": "none",
    "server.runOnSave": False,
    "browser.gatherUsageStats": False,
    # A bare expression in the script would be drawn as a help page.
    "runner.magicEnabled": False,
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "logger.level": "warning",
}
"""Given in full, since Streamlit's own configuration file depends on the working folder."""


_ROLES = {
    "primaryColor": "accent",
    "backgroundColor": "ground",
    "secondaryBackgroundColor": "raised",
    "textColor": "text",
    "linkColor": "accent",
    "borderColor": "line",
}
"""Streamlit's theme settings by the colour of ours that each takes."""


def main(arguments: list[str] | None = None) -> int:
    """Serve. Gives the exit code: 0 after a stop that was asked for, 1 for a busy port."""
    parser = argparse.ArgumentParser(prog="python -m ui_streamlit", description="Playhead's Streamlit UI, on loopback.")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help=f"port to serve at (default {DEFAULT_PORT})")
    parser.add_argument(
        "--backend", default=DEFAULT_BACKEND, help=f"address of the backend (default {DEFAULT_BACKEND})"
    )
    add_allow_host(parser)
    options = parser.parse_args(arguments)
    try:
        ensure_port_free(options.port, "--port")
    except PortBusy as busy:
        parser.exit(1, f"{busy}\n")
    from ui_streamlit.server import MAX_RECORDING_MIB, guarded_app

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    app = guarded_app(Path(__file__).with_name("app.py"), allowed_hosts=options.allow_host)
    settings = {**_SETTINGS, **_theme(), "server.port": options.port, "server.maxUploadSize": MAX_RECORDING_MIB}
    # The script finds its option where Streamlit leaves it: in the arguments of this program.
    sys.argv[1:] = ["--backend", options.backend]
    with suppress(KeyboardInterrupt):
        app.run(config=settings)
    return 0


def _theme() -> dict[str, str]:
    """Streamlit's theme settings in our colours, light and dark."""
    settings = {"theme.font": "system-ui, sans-serif", "theme.baseRadius": "8px"}
    for theme, colours in COLOURS.items():
        settings |= {f"theme.{theme}.{name}": colours[role] for name, role in _ROLES.items()}
    return settings


if __name__ == "__main__":
    sys.exit(main())
