"""Words of the first screens: what can be tried, and what has been asked before."""

from typing import Final

TRY_A_QUESTION: Final = "Try a question"
SEE_WHAT_CAN_HAPPEN: Final = "See what can happen"
RECENT_RUNS: Final = "Recent runs"
SUGGESTED_PAIRS: Final = "Compare these"

GALLERY: Final[tuple[tuple[str, str, str], ...]] = (
    ("scripted:late_citation", "A late citation", "Look at the marker: it waits for its source for over a second."),
    ("scripted:stall", "A stall", "Look at the strip: silence is shaded while nothing comes."),
    ("scripted:tool_retry", "A failing tool", "Look at the steps: one call fails, the next one succeeds."),
    ("scripted:error_mid_answer", "An error", "Look at what stays: the answer so far, and a way to retry."),
    ("scripted:approval", "An approval", "Look at the card: the run waits until you approve, change or deny."),
    ("scripted:clarify", "A question back", "Look at the card: the agent asks what you mean before it answers."),
    ("scripted:steering", "A run to steer", "Press Pause, or write to the agent while it works: it answers soon."),
    ("scripted:chart_revised", "A chart that grows", "Look at Results: the chart is revised three times."),
    ("scripted:long_answer", "A long answer", "Scroll up while it is written: the page stays where you are."),
)
"""Agent, title, and what to look at."""
