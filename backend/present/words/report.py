"""Words of a run's own report."""

from typing import Final

A_RUN: Final = "A run recorded by Playhead"
NO_QUESTION: Final = "Unknown question"
NOT_ENDED: Final = "not ended"
ANSWER: Final = "Answer"
TIMELINE: Final = "Timeline"
TIMELINE_AS_TABLE: Final = "The timeline as a table"
NUMBERS: Final = "In numbers"
PLANE: Final = (
    "Times are the server's, counted from the moment it accepted the question; the time on the network is not included."
)
FEEDBACK: Final = "Feedback"
