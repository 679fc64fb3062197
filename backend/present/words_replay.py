"""Words of the Replay place. The keyboard finds these buttons by what they say, in both UIs."""

from typing import Final

PLAY: Final = "Play"
PAUSE: Final = "Pause"
NEXT_EVENT: Final = "Next event"
PREVIOUS_EVENT: Final = "Previous event"
SPEED_LABEL: Final = "Speed"
SCRUBBER_LABEL: Final = "Moment of the run"
CHOOSE_RUN_LABEL: Final = "Run to replay"
CHOOSE_RUN: Final = "Choose a run"
NOTHING_OPEN_TITLE: Final = "Nothing to replay yet"
NOTHING_OPEN: Final = "Choose a run, or open a recording file, and see again what a watcher saw at any moment."
STILL_RUNNING: Final = "This run still goes on. Replay shows what has come so far."
REFRESH: Final = "Load what has come since"
TEMPORARY_LINK: Final = "A recording from a file is open in this tab only: a link cannot lead to it."
