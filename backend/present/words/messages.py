"""Words of messages that people send to a run while it works, and of what becomes of them."""

from typing import Final

AFTER_THIS: Final = "After this"
NOW: Final = "Now"
WITHDRAW: Final = "Withdraw"
SENT_TITLE: Final = "Messages to this run"
NEXT_QUESTION: Final = "Next question"
MESSAGE: Final = "Message"

EMPTY: Final = "Write a message first."
TOO_LATE: Final = "The run has ended. Your text is still in its field: ask it as a new question."

WAITS_FOR_STEP: Final = "Accepted: the agent reads it before its next step."
WAITS_FOR_END: Final = "Accepted: it is asked when this run ends."
READ: Final = "The agent has read it."
READ_AT: Final = "The agent read it at “{step}”."
ASKED: Final = "It was asked as the next question."
WITHDRAWN: Final = "Withdrawn."
RETURNED_TO_FIELD: Final = "Returned to your field: the run ended before the agent read it."
RETURNED: Final = "The run ended before the agent read it."
NOT_ASKED: Final = "The run ended, and it was not asked."
