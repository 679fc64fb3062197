"""``python -m ui_gradio``: serve the UI on loopback until it is stopped."""

import os
import signal
import sys
from contextlib import suppress
from tempfile import TemporaryDirectory

from backend.doors.allow_host import add_allow_host
from backend.doors.public_address import add_public_address, public_address_of
from backend.doors.sign_in.ui_key import take_ui_key
from backend.launch.ports import GRADIO_PORT
from backend.launch.ui_options import parse_with_free_port, ui_parser
from backend.logs.set_up import add_log_format, set_up_logs
from backend.network.proxies import keep_proxies_from_libraries


def main(arguments: list[str] | None = None) -> int:
    """Serve. Returns the exit code: 0 after a stop, 1 for a busy port."""
    parser = ui_parser("ui_gradio", "Gradio", GRADIO_PORT)
    add_allow_host(parser)
    add_public_address(parser)
    add_log_format(parser)
    options = parse_with_free_port(parser, arguments)
    set_up_logs(options.log_format, printed=True)
    key = take_ui_key(parser, options.host)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # Only the user may read this folder, unlike the one of Gradio, which all users of the machine share.
    with (
        suppress(KeyboardInterrupt),
        TemporaryDirectory(prefix="playhead-gradio-", ignore_cleanup_errors=True) as folder,
    ):
        files = os.path.realpath(folder)
        # Gradio reads both when it is imported; nothing may leave the machine unasked.
        os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
        os.environ["GRADIO_TEMP_DIR"] = files
        # Gradio makes HTTP clients when it is imported, and would fail there with a SOCKS proxy.
        keep_proxies_from_libraries()
        from ui_gradio.app import serve

        serve(
            options.backend,
            options.port,
            host=options.host,
            key=key,
            files=files,
            allowed_hosts=options.allow_host,
            public_address=public_address_of(options),
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
