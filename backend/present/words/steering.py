"""Words of what a run asks of a person, and of pausing it."""

from typing import Final

APPROVE: Final = "Approve"
DENY: Final = "Deny"
SEND: Final = "Send answer"
SKIP: Final = "Skip"
TITLES: Final = {
    "approval": "Waiting for your approval",
    "choice": "Waiting for your choice",
    "text": "Waiting for your answer",
    "form": "Waiting for your answers",
}
TITLES_OF_OTHERS: Final = {
    "approval": "Waiting for an approval",
    "choice": "Waiting for a choice",
    "text": "Waiting for an answer",
    "form": "Waiting for answers",
}
"""For those who may not answer."""
ARGUMENTS: Final = "Arguments"
ARGUMENTS_EDITABLE: Final = "Arguments, as JSON. Change them before you approve."
PROPOSED: Final = "Proposed"
RUN_WITH: Final = "Run with"
CHOOSE: Final = "Choose one"
ANSWER: Final = "Your answer"
VALUE_AS_JSON: Final = "The value, as JSON"
REQUIRED: Final = "required"
TIME_LEFT: Final = "{seconds} s left"
"""``{seconds}`` is counted down by the page's script."""
NOT_JSON: Final = "This is not JSON: {reason}. Correct it, and send again."
OTHERS_APPROVE: Final = "Only people who may approve can accept this."
NOT_TAKEN: Final = "The answer cannot be read: reload the page, and answer again."

ANSWERED: Final = {
    ("approval", "accept"): "Approved",
    ("approval", "decline"): "Denied",
    ("choice", "accept"): "Chosen",
}
ANSWERED_OTHERWISE: Final = {"accept": "Answered", "decline": "Skipped", "cancel": "Cancelled"}
EXPIRED: Final = "Nobody answered in time"
CLOSED: Final = "Nobody answered before the run ended"
BY: Final = "by {name}"
AFTER: Final = "after {seconds:.1f} s"

PAUSE: Final = {"exact": "Pause", "step": "Pause after step", "hold": "Hold"}
"""The button's text by what a pause of the agent does."""
PAUSE_HINTS: Final = {
    "exact": "The run stands still until you resume it.",
    "step": "The agent finishes what it is doing, and starts nothing new until you resume it.",
    "hold": "The agent continues elsewhere. What it sends is shown when you resume.",
}
RESUME: Final = "Resume"
PAUSED: Final = {"hold": "On hold, while the agent continues"}
"""The state of a paused run where it is not simply paused, by the same."""
PAUSED_PLAINLY: Final = "Paused"
WAITING: Final = "Waiting for you"
WAITING_FOR: Final = "Waiting for you: {step}"
