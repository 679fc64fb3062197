"""What came over a connection of Playhead's own protocol, read: an event stream, or a control channel."""

from evals.wire.arrivals import Arrivals, parse
from evals.wire.control_arrivals import control_arrivals
from evals.wire.stamps import Capture


def read_capture(capture: Capture) -> Arrivals:
    """The events with their stamps. Never raises for what the server sent: see ``Arrivals.failure``."""
    return control_arrivals(capture) if capture.over_web_socket else parse(capture)
