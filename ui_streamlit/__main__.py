"""``python -m ui_streamlit``: serve the UI on loopback until it is stopped."""

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from backend.doors.allow_host import add_allow_host
from backend.doors.limits import MAX_RECORDING_BYTES
from backend.doors.public_address import add_public_address, public_address_of
from backend.doors.sign_in.ui_key import take_ui_key
from backend.launch.ports import STREAMLIT_PORT
from backend.launch.ui_options import parse_with_free_port, ui_parser
from backend.logs.set_up import add_log_format, set_up_logs
from backend.network.credentials import CREDENTIALS
from backend.present.theme.palette import COLOURS

_SETTINGS = {
    "server.headless": True,
    "server.fileWatcherType": "none",
    "server.runOnSave": False,
    "browser.gatherUsageStats": False,
    # A bare expression in the script would be drawn as a help page.
    "runner.magicEnabled": False,
    # After each pass all others would wait until the whole memory is searched. Python does this by itself, less often.
    "runner.postScriptGC": False,
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
"""Streamlit's theme settings by Playhead's colour for each."""


def main(arguments: list[str] | None = None) -> int:
    """Serve. Returns the exit code: 0 after a stop, 1 for a busy port."""
    parser = ui_parser("ui_streamlit", "Streamlit", STREAMLIT_PORT)
    add_allow_host(parser)
    add_public_address(parser)
    add_log_format(parser)
    options = parse_with_free_port(parser, arguments)
    set_up_logs(options.log_format, printed=True)
    public_address = public_address_of(options)
    key = take_ui_key(parser, options.host)
    CREDENTIALS.use(key)
    # Streamlit's server would believe any proxy on this machine; ``Forwarded`` believes those that the operator trusts.
    os.environ["FORWARDED_ALLOW_IPS"] = ""
    from ui_streamlit.server import guarded_app

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    app = guarded_app(
        Path(__file__).with_name("app.py"),
        backend=options.backend,
        allowed_hosts=(*options.allow_host, options.host),
        cookie=f"playhead_streamlit_{options.port}" if key else "",
        public_address=public_address,
    )
    settings = {
        **_SETTINGS,
        **_theme(),
        "server.address": options.host,
        "server.port": options.port,
        "server.maxUploadSize": MAX_RECORDING_BYTES // 1024**2,
    }
    # The script finds its options where Streamlit leaves it: in the arguments of this program.
    sys.argv[1:] = ["--backend", options.backend]
    with suppress(KeyboardInterrupt):
        app.run(config=settings)
    return 0


def _theme() -> dict[str, str]:
    """Streamlit's theme settings in Playhead's colours, light and dark."""
    settings = {"theme.font": "system-ui, sans-serif", "theme.baseRadius": "8px"}
    for theme, colours in COLOURS.items():
        settings |= {f"theme.{theme}.{name}": colours[role] for name, role in _ROLES.items()}
    return settings


if __name__ == "__main__":
    sys.exit(main())
