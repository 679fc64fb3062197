"""Words of the Ask page besides the question itself."""

from typing import Final

from backend.protocol.roles import Role

NEW_CONVERSATION: Final = "New conversation"
FOLLOW_UP_PLACEHOLDER: Final = "Ask a follow-up question"

LATEST: Final = "Latest"
"""The button that leads to the end of the conversation."""

OPTIONS: Final = "Options"
TIMEOUT_LABEL: Final = "End after (seconds)"
TIMEOUT_HELP: Final = "The run ends as timed out after this many seconds. If empty, the backend's limit applies."
TIMEOUT_INVALID: Final = "A run ends after more than 0 and at most {limit} seconds. Change the options, and ask again."
SPEED_LABEL: Final = "Speed"
SPEED_HELP: Final = "How fast a scripted or recorded run plays. Other agents run at their own speed."
SPEED_AS_FAST_AS_POSSIBLE: Final = "without waiting"

SHARED_TITLE: Final = "A shared run"
SHARED_CONVERSATION: Final = "A shared conversation"
SHARED_SENTENCE: Final = "Someone shared it with you. You follow it live."
SHARED_RIGHTS: Final[dict[Role, str]] = {
    "view": "You watch. Ask the presenter for a link that lets you comment.",
    "comment": "You watch, and you may comment.",
    "steer": "You watch, and you may comment, stop the run, and send it messages.",
    "approve": "You watch, and you may comment, stop the run, send it messages, and approve what it asks for.",
    "host": "You may do everything here.",
}
"""What a share allows, in a sentence."""
OWN_RIGHTS: Final[dict[Role, str]] = {
    "view": "You may look at runs. Ask a host of this server for a token that lets you ask questions.",
    "comment": "You may look at runs and comment on them. Ask a host of this server for a token that lets you ask "
    "questions.",
    **dict.fromkeys(("steer", "approve", "host"), "You may ask questions."),
}
"""What a token allows that is not enough to ask a question."""
SHARE_NOT_FOUND: Final = "This link no longer works. Ask the person who sent it for a new one."

HELPFUL: Final = "Helpful"
NOT_HELPFUL: Final = "Not helpful"
COMMENT: Final = "Comment"
FEEDBACK_NOT_SENT: Final = "The server did not take this: reload the page, and try again."
COMMENT_EMPTY: Final = "Write a comment first."
FEEDBACK_KEPT: Final = "Thank you. Your feedback is saved with the run."
"""Shown once feedback is saved."""


def speed_word(speed: float) -> str:
    """A speed as in a list: ``1x``, ``0.25x``, ``without waiting`` for 0."""
    return f"{speed:g}x" if speed else SPEED_AS_FAST_AS_POSSIBLE


EARLIER_TURNS: Final = "Earlier in this conversation"
