"""When things first and last came: the waits a reader feels."""

from backend.metrics.metric import Metric
from backend.metrics.trace import Trace
from backend.protocol.events import ArtifactEvent, CitationEvent, StatusEvent


def connect_ms(trace: Trace) -> float | None:
    """Time to open the connection, from the call to the connected socket. Apart from every other time, which
    starts when the request is written to the connected socket."""
    return trace.connect_ms


def ttfe_ms(trace: Trace) -> float | None:
    """Time to first event: from just before the first byte of the request is written to the arrival of the
    first event of any type. Comments and heartbeats do not count.
    """
    return trace.times_ms[0] if trace.times_ms else None


def ttfs_ms(trace: Trace) -> float | None:
    """Time to first status: from the request to the first status event, the end of the blank wait."""
    return trace.first_ms(StatusEvent)


def ttft_ms(trace: Trace) -> float | None:
    """Time to first token: from the request to the first token event with text. Empty tokens and reasoning
    never count.
    """
    return trace.tokens[0][1] if trace.tokens else None


def ttfc_ms(trace: Trace) -> float | None:
    """Time to first citation: from the request to the first citation event."""
    return trace.first_ms(CitationEvent)


def ttfa_ms(trace: Trace) -> float | None:
    """Time to first artifact: from the request to the first artifact event."""
    return trace.first_ms(ArtifactEvent)


def ttlt_ms(trace: Trace) -> float | None:
    """Time to last token: from the request to the last token event with text."""
    return trace.tokens[-1][1] if trace.tokens else None


def e2e_ms(trace: Trace) -> float | None:
    """End to end: from the request to done. No value if done never came: a closed connection is not an end."""
    return trace.done_ms


CONNECT = Metric("connect_ms", "Connect", "ms", "lower", connect_ms)
TTFE = Metric("ttfe_ms", "Time to first event", "ms", "lower", ttfe_ms)
TTFS = Metric("ttfs_ms", "Time to first status", "ms", "lower", ttfs_ms)
TTFT = Metric("ttft_ms", "Time to first token", "ms", "lower", ttft_ms)
TTFC = Metric("ttfc_ms", "Time to first citation", "ms", "lower", ttfc_ms)
TTFA = Metric("ttfa_ms", "Time to first artifact", "ms", "lower", ttfa_ms)
TTLT = Metric("ttlt_ms", "Time to last token", "ms", "lower", ttlt_ms)
E2E = Metric("e2e_ms", "End to end", "ms", "lower", e2e_ms)
