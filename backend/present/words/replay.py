"""Words of the Replay page. The keyboard finds these buttons by their text, in both UIs."""

from typing import Final

PLAY: Final = "Play"
PAUSE: Final = "Pause"
NEXT_EVENT: Final = "Next event"
PREVIOUS_EVENT: Final = "Previous event"
EXPLANATION: Final = "See any moment of a run as its watcher saw it, at any speed."
OPEN_ANOTHER: Final = "Open another run"
SPEED_LABEL: Final = "Speed"
SCRUBBER_LABEL: Final = "Moment of the run"
CHOOSE_RUN_LABEL: Final = "Run to replay"
CHOOSE_RUN: Final = "Choose a run"
STILL_RUNNING: Final = "This run is still running. Replay shows the events so far."
REFRESH: Final = "Load new events"
TEMPORARY_LINK: Final = "A recording from a file is open in this tab only; it has no link to share."
NO_EVENTS: Final = "This recording contains no events."
NOTHING_YET: Final = "No event yet; the first one comes in {}."
