"""Where the member with an id stands in a tuple that grows by one fold after the other."""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

T = TypeVar("T")

FEW: Final = 64
"""So many members are looked through."""


class MemberPlaces(Generic[T]):
    """Replaces members by their id. Each call gives a new tuple; looking through it for each event would cost the
    square of their number, so the places in the tuple that was given last are remembered. Whatever is remembered, the
    result is the same."""

    def __init__(self, id_of: Callable[[T], str | None]) -> None:
        self._id_of = id_of
        self._last: list[tuple[tuple[T, ...], dict[str, int]]] = []

    def put(self, items: tuple[T, ...], wanted: str, make: Callable[[T | None], T]) -> tuple[T, ...]:
        """The items with ``make`` of the first one that has the id in its place, or ``make`` of None after all."""
        if len(items) < FEW:
            at = next((place for place, item in enumerate(items) if self._id_of(item) == wanted), None)
            return _with(items, at, make)
        places = self._taken(items)
        at = places.get(wanted)
        made = _with(items, at, make)
        places.setdefault(wanted, len(items))
        self._last[:] = [(made, places)]
        return made

    def _taken(self, items: tuple[T, ...]) -> dict[str, int]:
        """The places of these items, which nobody else has: two threads may fold the same items differently."""
        try:
            known, places = self._last.pop()
        except IndexError:
            known, places = (), {}
        if known is items:
            return places
        places = {}
        for place, item in enumerate(items):
            item_id = self._id_of(item)
            if item_id is not None:
                places.setdefault(item_id, place)
        return places


def _with(items: tuple[T, ...], at: int | None, make: Callable[[T | None], T]) -> tuple[T, ...]:
    return (*items, make(None)) if at is None else (*items[:at], make(items[at]), *items[at + 1 :])
