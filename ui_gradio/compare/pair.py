"""The two runs that a tab compares: where each came from, and what is known of it."""

from dataclasses import dataclass
from typing import Literal

from backend.client.errors import BackendGone, ClientError
from backend.client.run_client import RunClient
from backend.present.comparison import Compared
from backend.present.pair import Side, compared
from backend.present.problem import Problem, problem_of, recording_of_backend, recording_of_file
from backend.protocol.recordings import Recording

Which = Literal["first", "second"]


@dataclass(slots=True)
class Pair:
    """What is on the table of this tab; a side may be missing. ``serial`` tells one pair from the next: whoever draws
    stops once it has moved on."""

    first: Side | None = None
    second: Side | None = None
    serial: int = 0

    @property
    def sides(self) -> tuple[Side, ...]:
        """Those that are there."""
        return tuple(side for side in (self.first, self.second) if side is not None)

    @property
    def complete(self) -> bool:
        """Whether there are two."""
        return self.first is not None and self.second is not None

    @property
    def running(self) -> bool:
        """Whether more of one of them is to come."""
        return any(side.running for side in self.sides)

    @property
    def run_ids(self) -> tuple[str, str]:
        """The ids for the page's address; empty for a run from a file, which is in this tab only."""
        return self.first.run_id if self.first else "", self.second.run_id if self.second else ""

    def put(self, which: Which, side: Side) -> None:
        """Set one side, where it is another run than before."""
        setattr(self, which, side)
        self.serial += 1

    def put_both(self, first: Side, second: Side) -> None:
        """Set both."""
        self.first, self.second, self.serial = first, second, self.serial + 1

    def compared(self) -> tuple[Compared, Compared]:
        """Both under the names they have on the page. Raises ``ValueError`` where one is missing."""
        return compared(self.first, self.second)


async def side_of_run(client: RunClient, run_id: str) -> Side | Problem:
    """What the backend keeps of a run so far. Raises ``BackendGone`` where nobody answers."""
    try:
        found = recording_of_backend(await client.recording(run_id))
    except BackendGone:
        raise
    except ClientError as error:
        return problem_of(error, run_id)
    return Side(found, run_id) if isinstance(found, Recording) else found


def side_of_file(data: bytes) -> Side | Problem:
    """A run from a recording file; it stays in this tab."""
    found = recording_of_file(data)
    return Side(found) if isinstance(found, Recording) else found
