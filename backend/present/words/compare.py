"""Words of the Compare page."""

from typing import Final

EXPLANATION: Final = "Two runs on one clock: when everything happened, what differs, and which run moved first."
FIRST_RUN: Final = "First run"
SECOND_RUN: Final = "Second run"
OPENING_BOTH: Final = "Opening both runs…"
WAYS_LABEL: Final = "What to compare"
TWO_RUNS: Final = "Two runs"
RACE: Final = "Two agents, live"
WITH_AND_WITHOUT_STATUS: Final = "With and without status"
FIRST_AGENT: Final = "First agent"
SECOND_AGENT: Final = "Second agent"
SCENARIO_LABEL: Final = "Scenario"
HIDE_NAMES: Final = "Hide the names"
ANSWER_A: Final = "Answer A"
ANSWER_B: Final = "Answer B"
"""The names of the two in a blind comparison."""
START_RACE: Final = "Start both"
BOTH_LIVE: Final = "Both runs are live. You can scrub when both have ended."
WITH_STATUS: Final = "With status events"
WITHOUT_STATUS: Final = "Without status events"
TABLE_TITLE: Final = "In numbers"
NOT_A_SCENARIO: Final = "Only scripted agents and recordings can run without status events."

METRIC: Final = "Metric"
DIFFERENCE: Final = "Difference"
STANDINGS: Final = {"better": "better", "worse": "worse", "other": "", "same": "the same", "unknown": ""}
"""How the second run's value compares with the first one's."""
MOVES: Final = ("moves", "shows a sign of work", "move")
WRITES: Final = ("writes", "writes an answer", "write")
"""Verbs for the run that is first, for neither, and for both."""
A_SOURCE: Final = "a source"
THE_ANSWER: Final = "the answer"
