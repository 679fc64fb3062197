"""A person as a room knows them, and as the others see them."""

from dataclasses import dataclass
from typing import Literal

Activity = Literal["watching", "typing", "away"]
"""What a person does. ``away`` is also who was not heard for a while: they are drawn grey."""

COLOURS = 7
"""How many colours there are to tell people apart; a colour is a number below this."""


@dataclass(frozen=True, slots=True)
class RoomMember:
    """Who somebody is: ``participant`` is their id, ``colour`` one of ``COLOURS``."""

    participant: str
    name: str
    colour: int
    role: str


@dataclass(frozen=True, slots=True)
class PersonPresent:
    """A person as the others see them, once however many tabs they have. ``follows`` is a participant, or None."""

    participant: str
    name: str
    colour: int
    role: str
    activity: Activity
    follows: str | None = None
