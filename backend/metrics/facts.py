"""Values of a run that only its player knows: when it was meant to start, what was done to it, what a page showed."""

from backend.metrics.metric import Fact

TTFT_INTENDED = Fact(
    "ttft_intended_ms",
    "First token from the intended start",
    "ms",
    "lower",
    "Time from the moment at which an open loop meant to start the run until the first token event with text arrived: "
    "free of coordinated omission. No value under a closed loop.",
)
TTFE_INTENDED = Fact(
    "ttfe_intended_ms",
    "First event from the intended start",
    "ms",
    "lower",
    "Time from the moment at which an open loop meant to start the run until the first event arrived. No value under a "
    "closed loop.",
)
TTLT_INTENDED = Fact(
    "ttlt_intended_ms",
    "Last token from the intended start",
    "ms",
    "lower",
    "Time from the moment at which an open loop meant to start the run until the last token event with text arrived. "
    "No value under a closed loop.",
)
E2E_INTENDED = Fact(
    "e2e_intended_ms",
    "End to end from the intended start",
    "ms",
    "lower",
    "Time from the moment at which an open loop meant to start the run until done arrived. No value under a closed "
    "loop.",
)
CANCEL_TO_DONE = Fact(
    "cancel_to_done_ms",
    "Cancel to done",
    "ms",
    "lower",
    "Time from just before the request to cancel was written until done arrived. No value for a run that was not "
    "cancelled.",
)
CANCEL_TO_LAST_TOKEN = Fact(
    "cancel_to_last_token_ms",
    "Cancel to last token",
    "ms",
    "lower",
    "Time from just before the request to cancel was written until the last token event that came after it; 0 where "
    "none came. No value for a run that was not cancelled.",
)
PAUSE = Fact(
    "pause_ms",
    "Pause to paused",
    "ms",
    "lower",
    "Time from just before the request to pause was written until the status that says that the run is paused arrived; "
    "of several the longest. No value for a run that was not paused by the suite.",
)
ANSWER = Fact(
    "answer_ms",
    "Answer to closed request",
    "ms",
    "lower",
    "Time from just before the answer to a request was written until the status that closes the request arrived; of "
    "several the longest. No value for a run that was not answered by the suite.",
)
MESSAGE_TO_DELIVERY = Fact(
    "message_to_delivery_ms",
    "Message sent to delivery",
    "ms",
    "lower",
    "Time from just before a message was written until the status arrived that says that the agent has read it, or "
    "that it began the conversation's next run; of several the longest. No value for a run that was sent none by the "
    "suite, or that never read it.",
)
RECOVERY = Fact(
    "recovery_ms",
    "Recovery from a cut",
    "ms",
    "lower",
    "Time from a cut of the connection until the first new event over the next one; of several cuts the longest. No "
    "value for a run that was not cut.",
)
PERCEIVED_TTFS = Fact(
    "perceived_ttfs_ms",
    "Click to first status",
    "ms",
    "lower",
    "Time from the click that asks until the animation frame that shows the first step, on the browser's clock. Only "
    "through a page.",
    plane="paint",
)
PERCEIVED_TTFT = Fact(
    "perceived_ttft_ms",
    "Click to first token",
    "ms",
    "lower",
    "Time from the click that asks until the animation frame that shows the first letters of the answer, on the "
    "browser's clock. Only through a page.",
    plane="paint",
)
RENDER_DELAY_P50 = Fact(
    "render_delay_p50_ms",
    "Render delay, median",
    "ms",
    "lower",
    "Median over the events of a run of the time from an event's arrival on the wire to the animation frame that "
    "shows it. Only through a page.",
    plane="paint",
)
RENDER_DELAY_P95 = Fact(
    "render_delay_p95_ms",
    "Render delay, p95",
    "ms",
    "lower",
    "95th percentile over the events of a run of the time from an event's arrival on the wire to the animation frame "
    "that shows it. Only through a page.",
    plane="paint",
)
CLICK_TO_STOPPED = Fact(
    "click_to_stopped_ms",
    "Click to stopped",
    "ms",
    "lower",
    "Time from the press of Stop until the animation frame that shows that the run has ended, on the browser's "
    "clock; of several the longest. Only through a page, where the run was stopped.",
    plane="paint",
)
CLICK_TO_PAUSED = Fact(
    "click_to_paused_ms",
    "Click to paused",
    "ms",
    "lower",
    "Time from the press that pauses until the animation frame that shows the run paused, on the browser's clock; "
    "of several the longest. Only through a page, where the run was paused.",
    plane="paint",
)
CLICK_TO_ANSWERED = Fact(
    "click_to_answered_ms",
    "Click to answered",
    "ms",
    "lower",
    "Time from the press that answers a request until the animation frame that shows the request closed, on the "
    "browser's clock; of several the longest. Only through a page, where the run was answered.",
    plane="paint",
)
CLICK_TO_DELIVERED = Fact(
    "click_to_delivered_ms",
    "Click to delivered",
    "ms",
    "lower",
    "Time from the press of Now until the animation frame that shows that the agent has read the message, on the "
    "browser's clock; of several the longest. Only through a page, where the run was sent a message.",
    plane="paint",
)

INTENDED: dict[str, Fact] = {
    "ttfe_ms": TTFE_INTENDED,
    "ttft_ms": TTFT_INTENDED,
    "ttlt_ms": TTLT_INTENDED,
    "e2e_ms": E2E_INTENDED,
}
"""The metrics that are also measured from the intended start, each with its form."""

WIRE_FACTS: tuple[Fact, ...] = (
    *INTENDED.values(),
    CANCEL_TO_DONE,
    CANCEL_TO_LAST_TOKEN,
    PAUSE,
    ANSWER,
    MESSAGE_TO_DELIVERY,
    RECOVERY,
)
"""Null in every result of a run that is started at once, and that is neither steered nor cut."""

PAGE_FACTS: tuple[Fact, ...] = (
    PERCEIVED_TTFS,
    PERCEIVED_TTFT,
    RENDER_DELAY_P50,
    RENDER_DELAY_P95,
    CLICK_TO_STOPPED,
    CLICK_TO_PAUSED,
    CLICK_TO_ANSWERED,
    CLICK_TO_DELIVERED,
)
"""Only of a run that was asked for and seen in a page."""
