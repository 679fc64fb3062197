"""What a client of the control channel is sent: every message is one JSON object, in ASCII."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from backend.api.problems import RequestProblem, problem_reply
from backend.runs.frames import frame_data

_ID = b"id: "
_SNAPSHOT = b"\nevent: snapshot\n"


def ack(command_id: str, result: BaseModel | Mapping[str, Any], cursor: str | None = None) -> str:
    """The command was carried out. It comes after every event, up to ``cursor``, of a run that is followed."""
    fields = result.model_dump(mode="json", exclude_none=True) if isinstance(result, BaseModel) else dict(result)
    return _message(ack=command_id, result=fields, **({} if cursor is None else {"cursor": cursor}))


def nack(command_id: str | None, path: str, problem: RequestProblem) -> str:
    """The command was not carried out; ``problem`` is the document that the HTTP call answers with."""
    return _message(nack=command_id, problem=problem_reply(path, problem).model_dump(mode="json", exclude_none=True))


def run_event(run: str, frame: bytes) -> str:
    """An event of a followed run, or the snapshot that stands for everything before it, with its cursor."""
    cursor = frame[len(_ID) : frame.index(b"\n")].decode("ascii")
    key = "snapshot" if frame.startswith(_SNAPSHOT, len(_ID) + len(cursor)) else "event"
    head = json.dumps({"run": run, "id": cursor})
    return f'{head[:-1]}, "{key}": {frame_data(frame).decode("ascii")}}}'


def run_over(run: str) -> str:
    """Nothing more comes of a followed run: its ``done`` was sent, or it was deleted."""
    return _message(run=run, over=True)


def heartbeat(count: int, behind: Mapping[str, int]) -> str:
    """The connection lives. ``behind`` has, for each run that is not up to date, how many events are still to come."""
    return _message(hb=count, **({"behind": dict(behind)} if behind else {}))


def _message(**fields: Any) -> str:
    return json.dumps(fields, separators=(",", ":"))
