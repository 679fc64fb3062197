"""The strip of a run that is followed: fed by each frame's new events, and by the recording where some are missing."""

from backend.client.frames import Frame
from backend.desk.run_recording import RecordingCall, recording_of_run
from backend.present.pages.problem import Problem
from backend.present.strip.fold import StripFold
from backend.present.strip.model import StripModel
from backend.protocol.events import Event


class FollowedStrip:
    """One run's strip.

    A frame of a run that was running before, or after a gap, has a view with more events than come with it. Then the
    strip is ``behind``: it stays as it is until ``catch_up``.
    """

    def __init__(self, client: RecordingCall, run_id: str) -> None:
        self._client = client
        self._run_id = run_id
        self._fold = StripFold()
        self._held: list[Event] = []
        self._model: StripModel | None = None
        self.behind = False

    @property
    def model(self) -> StripModel | None:
        """The strip so far; None until its first events are known."""
        if self._model is None and self._fold.last_seq:
            self._model = self._fold.model()
        return self._model

    def take(self, frame: Frame) -> None:
        """Another frame."""
        events = [*self._held, *frame.events]
        self._held = []
        for index, event in enumerate(events):
            if event.seq > self._fold.last_seq + 1:
                self._held = events[index:]
                break
            self._fold.add([event])
            self._model = None
        self.behind = bool(self._held) or frame.view.stream.last_seq > self._fold.last_seq

    async def catch_up(self) -> bool:
        """Fetch what is missing. Returns whether it came; if not, the next frame tries again."""
        found = await recording_of_run(self._client, self._run_id)
        if isinstance(found, Problem):
            return False
        held, self._held = self._held, []
        self._fold, self._model = StripFold([*found.events, *held]), None
        self.behind = False
        return True
