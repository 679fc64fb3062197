"""What a foreign agent asks of a person in a form that can be answered, and the answer on its way back to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from pydantic import JsonValue

from backend.dialects.dialect import Dialect
from backend.protocol.inputs import InputAction, InputKind, InputOption, ProposedTool


@dataclass(frozen=True, slots=True)
class AskedPerson:
    """One request. ``key`` is the stream's own id of it, ``call`` that of the tool call it is about.

    ``field``: the answer is this field of an object; empty where it is the answer itself. ``inner``: of what a person
    gives, this field is the answer. ``expires_at`` is a time in ISO 8601, where the stream gives one.
    """

    key: str
    prompt: str
    kind: InputKind = "text"
    options: tuple[InputOption, ...] = ()
    value_schema: Mapping[str, JsonValue] | None = None
    tool: ProposedTool | None = None
    call: str = ""
    field: str = ""
    inner: str = ""
    expires_at: str = ""
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class PersonReply:
    """What a person answered. ``arguments`` are None where they are as proposed; ``expired``: nobody answered."""

    action: InputAction
    value: JsonValue = None
    arguments: JsonValue = None
    note: str = ""
    expired: bool = False

    @property
    def accepted(self) -> bool:
        """Whether to do what was asked."""
        return self.action == "accept"


@dataclass(frozen=True, slots=True)
class Continuation:
    """What the request after the answers contains beside the question: ``added`` to its lists, and whole ``fields``."""

    added: Mapping[str, Sequence[JsonValue]] = field(default_factory=dict)
    fields: Mapping[str, JsonValue] = field(default_factory=dict)


@runtime_checkable
class AskingDialect(Dialect, Protocol):
    """One whose servers continue an answer in another stream, once everything that they asked is answered."""

    def answer(self, replies: Mapping[str, PersonReply]) -> Continuation:
        """The stream has ended with requests, and these are the answers, by ``AskedPerson.key``. What is read next is
        the stream that follows them."""
        ...
