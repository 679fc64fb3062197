"""The markers of a growing answer: a sequence that is never changed, and that many views share.

Each token makes another view with a few markers more. Copying all of them each time would cost the square of their
number, so views share one list, of which each sees its own length. What continues a view is appended to the list where
nothing else has been; where something else is, as after a marker that was taken back, the list is copied.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, overload

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


class Marker(BaseModel):
    """One reference in the answer: its citation number and where its brackets stand (end exclusive)."""

    model_config = ConfigDict(frozen=True)

    number: int
    start: int
    end: int


class MarkerRun(Sequence[Marker]):
    """Markers in the order in which they begin. Equal to any sequence of the same markers; in JSON a list."""

    __slots__ = ("_items", "_length")

    def __init__(self, markers: Iterable[Marker] = ()) -> None:
        self._items = list(markers)
        self._length = len(self._items)

    def before(self, position: int) -> "MarkerRun":
        """Those that begin before ``position`` (code points)."""
        length = bisect_left(self._items, position, 0, self._length, key=lambda marker: marker.start)
        return self if length == self._length else _part(self._items, length)

    def followed_by(self, found: Sequence[Marker]) -> "MarkerRun":
        """These and then the ``found`` ones. Costs their number, unless another continuation was made before."""
        if not found:
            return self
        items, length = self._items, self._length
        there = items[length : length + len(found)]
        if there == list(found[: len(there)]) and (len(there) == len(found) or length + len(there) == len(items)):
            items.extend(found[len(there) :])
            return _part(items, length + len(found))
        return MarkerRun([*items[:length], *found])

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Marker: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Marker]: ...
    def __getitem__(self, index: int | slice) -> Marker | Sequence[Marker]:
        if isinstance(index, slice):
            return tuple(self._items[at] for at in range(*index.indices(self._length)))
        if not -self._length <= index < self._length:
            raise IndexError(index)
        return self._items[index % self._length]

    def __iter__(self) -> Iterator[Marker]:
        return islice(self._items, self._length)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MarkerRun | tuple | list):
            return NotImplemented
        return len(self) == len(other) and all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"MarkerRun({list(self)!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        listed = handler.generate_schema(tuple[Marker, ...])
        read = core_schema.no_info_after_validator_function(cls, listed)
        known = core_schema.union_schema([core_schema.is_instance_schema(cls), read])
        written = core_schema.plain_serializer_function_ser_schema(tuple, return_schema=listed)
        return core_schema.json_or_python_schema(json_schema=read, python_schema=known, serialization=written)


def _part(items: list[Marker], length: int) -> MarkerRun:
    run = MarkerRun()
    run._items, run._length = items, length  # noqa: SLF001 - the same class
    return run
