"""What those in a room are sent: every message is one JSON object."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from backend.rooms.doors import RoomDoor
from backend.rooms.presented import Presenting

MISSED_COMMENTS = '{"comment":null}'
"""Some comments were not sent: list them again."""


def who_message(who: Mapping[str, Any]) -> str:
    """Who is there, as a whole or as a difference."""
    return _message(who=who)


def playhead_message(presenting: Presenting | None, door: RoomDoor) -> str:
    """The view that is shown, as it looks through that door."""
    return _message(playhead=None if presenting is None else _shown(presenting, door))


def votes_message(run: str, other: str, counts: Mapping[str, int]) -> str:
    """How many votes two runs have, and once it is revealed, for which."""
    return _message(votes={"run": run, "other": other, **counts})


def comment_message(run: str, comment: Mapping[str, Any]) -> str:
    """What somebody said about a run, which is named as through the door."""
    return _message(comment={"run": run, **comment})


def _shown(presenting: Presenting, door: RoomDoor) -> dict[str, Any]:
    view = asdict(presenting.view)
    view["sent_at"] = view.pop("sent_at_ms")
    run = door.run_name(presenting.view.run_id)
    if run is None and presenting.view.run_id is not None:
        # Elsewhere than what this door leads to.
        view |= {"page": "", "section": "", "at_ms": None, "playing": False}
    view["second_run_id"] = door.run_name(presenting.view.second_run_id)
    by = {name: getattr(presenting.by, name) for name in ("participant", "name", "colour")}
    return {"by": by, **view, "run_id": run}


def _message(**fields: Any) -> str:
    return json.dumps(fields, separators=(",", ":"))
