"""Words of the Replay place. The keyboard finds these buttons by what they say, in both UIs."""

from typing import Final

PLAY: Final = "Play"
PAUSE: Final = "Pause"
NEXT_EVENT: Final = "Next event"
PREVIOUS_EVENT: Final = "Previous event"
