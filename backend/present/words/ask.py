"""Words of the Ask page besides the question itself."""

from typing import Final

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
SHARED_SENTENCE: Final = "Someone shared this run with you. You can read it and follow it live."
SHARE_NOT_FOUND: Final = "This link no longer works. Ask the person who sent it for a new one."

HELPFUL: Final = "Helpful"
NOT_HELPFUL: Final = "Not helpful"
COMMENT: Final = "Comment"
COMMENT_LABEL: Final = "Your comment on this moment of the run"
SEND_COMMENT: Final = "Send comment"
COMMENT_EMPTY: Final = "Write a comment first."
FEEDBACK_KEPT: Final = "Thank you. Your feedback is saved with the run."
"""Shown once feedback is saved."""


def speed_word(speed: float) -> str:
    """A speed as in a list: ``1x``, ``0.25x``, ``without waiting`` for 0."""
    return f"{speed:g}x" if speed else SPEED_AS_FAST_AS_POSSIBLE


EARLIER_TURNS: Final = "Earlier in this conversation"
