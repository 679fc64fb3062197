"""When a reader counts as stalled: something has waited to be taken all the time, and nothing of it was."""

LOOKS = 8
"""How often it is looked at in the time after which a reader counts as stalled."""


class StallWatch:
    """Looks at what is unsent, again and again. Times are seconds."""

    def __init__(self, stalled_s: float) -> None:
        self.look_s = stalled_s / LOOKS
        self._stalled_s = stalled_s
        self._sent = 0
        self._stuck = (0, 0)
        self._since = 0.0

    def sent(self) -> None:
        """Something was taken."""
        self._sent += 1

    def stalled(self, now: float, unsent: int) -> bool:
        """Whether nothing was taken for the whole time although something waits. ``unsent`` counts what waits. More of
        that shows no reader: the server's own pings are put behind what waits.
        """
        sent, waited = self._stuck
        if 0 in (unsent, waited) or sent != self._sent or unsent < waited:
            self._since = now
        self._stuck = (self._sent, unsent)
        return now - self._since >= self._stalled_s
