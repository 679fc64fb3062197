"""``python -m ui_gradio``: serve the UI on loopback until it is told to stop."""

import argparse
import os
import sys

from backend.launch.ports import PortBusy, ensure_port_free

DEFAULT_PORT = 7860
DEFAULT_BACKEND = "http://127.0.0.1:8750"


def main(arguments: list[str] | None = None) -> int:
    """Serve. Gives the exit code: 0 after a stop that was asked for, 1 for a busy port."""
    parser = argparse.ArgumentParser(prog="python -m ui_gradio", description="Playhead's Gradio UI, on loopback.")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help=f"port to serve at (default {DEFAULT_PORT})")
    parser.add_argument(
        "--backend", default=DEFAULT_BACKEND, help=f"address of the backend (default {DEFAULT_BACKEND})"
    )
    options = parser.parse_args(arguments)
    try:
        ensure_port_free(options.port, "--port")
    except PortBusy as busy:
        parser.exit(1, f"{busy}\n")
    # Gradio reads this when it is imported; nothing may leave the machine unasked.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    from ui_gradio.app import serve

    serve(options.backend, options.port)
    return 0


if __name__ == "__main__":
    sys.exit(main())
