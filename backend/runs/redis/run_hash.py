"""What is known of a run, as the hash that Redis keeps of it."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from pydantic import TypeAdapter, ValidationError

from backend.agents.agent import Turn
from backend.protocol.attachments import Attachment
from backend.protocol.events import DoneEvent, Outcome
from backend.protocol.options import RunOptions
from backend.runs.records import RunRecord, duration_ms, utc_now

_log = logging.getLogger(__name__)

State = Literal["queued", "running", "ended"]

_FIXED = ("run_id", "session_id", "question", "agent", "created_at", "idempotency_key", "owner")
_ATTACHMENTS = TypeAdapter(tuple[Attachment, ...])
_OBJECT = TypeAdapter(dict[str, object])
_TURNS = TypeAdapter(tuple[tuple[str, str], ...])


@dataclass(frozen=True, slots=True)
class RunInRedis:
    """A run as Redis has it. ``at_ms`` is when it was submitted, by the clock of Redis."""

    record: RunRecord
    number: int
    state: State
    owner: str
    beat: str
    queue: str
    lost: int
    """How many of its attempts ended with the worker's."""
    at_ms: int
    history: tuple[Turn, ...] | None
    """The conversation that the agent receives in place of the session's earlier runs."""


def record_json(record: RunRecord) -> bytes:
    """What never changes of a run."""
    kept = {name: getattr(record, name) for name in _FIXED}
    kept["options"] = record.options.model_dump(mode="json", exclude_defaults=True)
    kept["attachments"] = [each.model_dump(mode="json") for each in record.attachments]
    return _OBJECT.dump_json(kept)


def history_json(history: tuple[Turn, ...] | None) -> bytes:
    """A conversation that was sent with a question; empty for none."""
    return b"" if history is None else _TURNS.dump_json(tuple((turn.question, turn.answer) for turn in history))


def end_fields(done: DoneEvent) -> list[str | bytes | int | float]:
    """What the end of a run adds to its hash, name by name."""
    fields: dict[str, str | int | float] = {
        "outcome": done.outcome,
        "duration_ms": repr(duration_ms(done)),
        "ended_at": utc_now("microseconds"),
    }
    if done.ttft_ms is not None:
        fields["ttft_ms"] = repr(done.ttft_ms)
    return [part for pair in fields.items() for part in pair]


def stored_run(fields: Mapping[bytes, bytes]) -> RunInRedis | None:
    """The run of a hash, or None where there is none."""
    text = {key.decode(): value for key, value in fields.items()}
    if "record" not in text:
        return None
    fixed = _OBJECT.validate_json(text["record"])
    outcome = text.get("outcome")
    record = RunRecord(
        run_id=str(fixed["run_id"]),
        session_id=str(fixed["session_id"]),
        question=str(fixed["question"]),
        agent=str(fixed["agent"]),
        created_at=str(fixed["created_at"]),
        options=known_options(fixed["options"]),
        attempt=int(text["attempt"]),
        outcome=None if outcome is None else cast(Outcome, outcome.decode()),
        last_seq=int(text.get("last_seq", 0)),
        duration_ms=_number(text.get("duration_ms")),
        ttft_ms=_number(text.get("ttft_ms")),
        cancel_requested=text.get("cancel") == b"1",
        idempotency_key=cast("str | None", fixed["idempotency_key"]),
        attachments=_ATTACHMENTS.validate_python(fixed["attachments"]),
        owner=str(fixed.get("owner", "")),
        worker=text.get("worker", b"").decode(),
    )
    history = text.get("history", b"")
    return RunInRedis(
        record=record,
        number=int(text.get("number", 0)),
        state=cast(State, text["state"].decode()),
        owner=text.get("owner", b"").decode(),
        beat=text.get("beat", b"").decode(),
        queue=text.get("queue", b"people").decode(),
        lost=int(text.get("lost", 0)),
        at_ms=int(text.get("at", 0)),
        history=None if not history else tuple(Turn(*pair) for pair in _TURNS.validate_json(history)),
    )


def known_options(given: object) -> RunOptions:
    """The options that this version knows: a node of a newer one may have kept more, or other values."""
    fields = _OBJECT.validate_python(given)
    try:
        return RunOptions.model_validate(fields)
    except ValidationError as error:
        unknown = {str(each["loc"][0]) for each in error.errors(include_url=False) if each["loc"]}
        _say_left_out(", ".join(sorted(unknown)))
        return RunOptions.model_validate({name: value for name, value in fields.items() if name not in unknown})


@cache
def _say_left_out(names: str) -> None:
    """Once for each of them in the life of a process."""
    _log.warning("Options of another version of Playhead are left out: %s.", names)


def _number(value: bytes | None) -> float | None:
    return None if value is None else float(value)
