"""What comes over a control channel, read: no I/O, no clock."""

import json
from dataclasses import dataclass
from typing import Any

from backend.client.errors import ProblemError


@dataclass(frozen=True, slots=True)
class CommandReply:
    """What became of a command: ``result``, or the ``problem`` that it was refused with."""

    command_id: str
    result: dict[str, Any]
    problem: ProblemError | None = None


@dataclass(frozen=True, slots=True)
class RunNews:
    """Bytes of a followed run's event stream, as ``GET …/events`` sends them; none once nothing more comes."""

    run_id: str
    frame: bytes | None


def read_message(text: str) -> CommandReply | RunNews | None:
    """What the message says; None for a heartbeat, and for what a newer server may add.

    Raises ``ValueError`` for what is not a message.
    """
    fields = json.loads(text)
    if not isinstance(fields, dict):
        raise ValueError("A message of the control channel is a JSON object.")  # noqa: TRY004 - the text is wrong
    if isinstance(fields.get("ack"), str):
        return CommandReply(fields["ack"], dict(fields.get("result") or {}))
    if isinstance(fields.get("nack"), str):
        return CommandReply(fields["nack"], {}, _problem(fields.get("problem")))
    if isinstance(fields.get("run"), str):
        for key in ("event", "snapshot"):
            if key in fields:
                return RunNews(fields["run"], _frame(text, fields, key))
        if fields.get("over"):
            return RunNews(fields["run"], None)
    return None


def _frame(text: str, fields: dict[str, Any], key: str) -> bytes:
    """The event as one block of the stream, its JSON exactly as it was sent."""
    start = text.find(f'"{key}": ')
    data = text[start + len(key) + 4 : text.rindex("}")] if start >= 0 else json.dumps(fields[key])
    kind = "event: snapshot\n" if key == "snapshot" else ""
    return f"id: {fields.get('id', '')}\n{kind}data: {data}\n\n".encode()


def _problem(fields: Any) -> ProblemError:
    known = fields if isinstance(fields, dict) else {}
    status, kind = known.get("status"), str(known.get("type") or "")
    return ProblemError(
        status if isinstance(status, int) else 500,
        kind.rpartition(":")[2] or "about-blank",
        str(known.get("detail") or "The backend refused the command."),
        members=known,
    )
