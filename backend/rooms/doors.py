"""Through which door somebody came into a room, and who sees whom.

Those in a conversation see everybody in it. Those who came through a share see those who came through the same share;
of the conversation, a share of all of it shows everybody, and a share of one run shows who looks at that run. Two
shares of one conversation do not meet.
"""

from dataclasses import dataclass

from backend.protocol.share_ids import shared_run_name


@dataclass(frozen=True, slots=True)
class RoomDoor:
    """The conversation itself (no ``share_id``), a share of its run ``run_id``, or a share of all of it (no
    ``run_id``)."""

    share_id: str | None = None
    run_id: str | None = None

    def shows(self, other: "RoomDoor", looks_at: str | None) -> bool:
        """Whether who came through this door sees a person who came through the other and looks at that run."""
        if self.share_id is None or self == other:
            return True
        return other.share_id is None and self.run_id in (None, looks_at)

    def run_name(self, run_id: str | None) -> str | None:
        """The run's name on this side of the door: a share never says a run's id, and knows of its own runs alone."""
        if self.share_id is None or run_id is None:
            return run_id
        if self.run_id is None:
            return shared_run_name(self.share_id, run_id)
        return self.share_id if run_id == self.run_id else None


CONVERSATION = RoomDoor()
