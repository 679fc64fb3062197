"""``python -m ui_streamlit``: serve the UI on loopback until it is told to stop."""

import argparse
import os
import sys
from pathlib import Path

from backend.launch.ports import PortBusy, ensure_port_free
from backend.present.theme.palette import COLOURS

DEFAULT_PORT = 8501
DEFAULT_BACKEND = "http://127.0.0.1:8750"

_SETTINGS = {
    "server.address": "127.0.0.1",
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "server.runOnSave": "false",
    "browser.gatherUsageStats": "false",
    # A bare expression in the script would be drawn as a help page.
    "runner.magicEnabled": "false",
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "logger.level": "warning",
}
"""As flags, since Streamlit's own configuration file depends on the working folder."""


_ROLES = {
    "primaryColor": "accent",
    "backgroundColor": "ground",
    "secondaryBackgroundColor": "raised",
    "textColor": "text",
    "linkColor": "accent",
    "borderColor": "line",
}
"""Streamlit's theme settings by the colour of ours that each takes."""


def main(arguments: list[str] | None = None) -> None:
    """Serve. Becomes the Streamlit server's process, so that a signal reaches it; exits with 1 for a busy port."""
    parser = argparse.ArgumentParser(prog="python -m ui_streamlit", description="Playhead's Streamlit UI, on loopback.")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help=f"port to serve at (default {DEFAULT_PORT})")
    parser.add_argument(
        "--backend", default=DEFAULT_BACKEND, help=f"address of the backend (default {DEFAULT_BACKEND})"
    )
    options = parser.parse_args(arguments)
    try:
        ensure_port_free(options.port, "--port")
    except PortBusy as busy:
        parser.exit(1, f"{busy}\n")
    script = Path(__file__).with_name("app.py")
    settings = {**_SETTINGS, **_theme(), "server.port": str(options.port)}
    flags = [f"--{name}={value}" for name, value in settings.items()]
    command = [sys.executable, "-m", "streamlit", "run", str(script), *flags, "--", "--backend", options.backend]
    os.execv(sys.executable, command)  # noqa: S606 - the command is ours, without a shell


def _theme() -> dict[str, str]:
    """Streamlit's theme settings in our colours, light and dark."""
    settings = {"theme.font": "system-ui, sans-serif", "theme.baseRadius": "8px"}
    for theme, colours in COLOURS.items():
        settings |= {f"theme.{theme}.{name}": colours[role] for name, role in _ROLES.items()}
    return settings


if __name__ == "__main__":
    main()
