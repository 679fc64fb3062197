"""What changed between two looks at a room, in the fewest words: nobody is listed again who stayed as they were."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from backend.rooms.people import PersonPresent

MOST_LISTED: Final = 50
"""With more people than this, a room says how many they are and no longer who."""


@dataclass(frozen=True, slots=True)
class RoomLook:
    """A room at one moment. ``people`` is None where they are too many to be listed."""

    people: Mapping[str, PersonPresent] | None
    counts: Mapping[str, int]

    @classmethod
    def of(cls, people: Mapping[str, PersonPresent]) -> "RoomLook":
        """The look of these people."""
        counts = Counter({"people": len(people)})
        counts.update(person.activity for person in people.values())
        return cls(people if len(people) <= MOST_LISTED else None, dict(counts))

    def whole(self) -> dict[str, Any]:
        """All of it, for who knows nothing yet."""
        if self.people is None:
            return {"counts": dict(self.counts)}
        return {"people": [asdict(person) for person in self.people.values()]}

    def since(self, before: "RoomLook") -> dict[str, Any] | None:
        """What who knows ``before`` has to learn; None for nothing."""
        if self.people is None or before.people is None:
            same = self.people is before.people is None and self.counts == before.counts
            return None if same else self.whole()
        here = [asdict(person) for name, person in self.people.items() if before.people.get(name) != person]
        gone = [name for name in before.people if name not in self.people]
        if not here and not gone:
            return None
        return {**({"here": here} if here else {}), **({"gone": gone} if gone else {})}


NOBODY: Final = RoomLook({}, {"people": 0})
