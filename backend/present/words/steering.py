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
