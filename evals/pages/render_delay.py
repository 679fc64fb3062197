"""From animation frames and arrivals to delays: the first one that showed each event. Pure."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from backend.protocol.events import CitationEvent, Event, StatusEvent, TokenEvent
from evals.pages.frames import PageClock, Shown

READ_FROM_THE_BEGINNING_MS = 1000.0
"""The pages follow the end of an answer only once it has grown for this long; before that the scroll is not stuck."""


def letters(text: str) -> int:
    """The number of letters in the text, counted like the script in the page."""
    return sum(unicodedata.category(character)[0] == "L" for character in text)


@dataclass(frozen=True, slots=True)
class Painted:
    """One event that was seen on the page: its index among the events, and its first animation frame."""

    index: int
    at_ms: float


def needs(events: Sequence[Event]) -> dict[str, list[tuple[int, int]]]:
    """For ``letters``, ``steps`` and ``sources``: the events that show by themselves (a token with letters, a step's
    first status, a source), by their index, and how many of each are on the page once they do."""
    wanted: dict[str, list[tuple[int, int]]] = {"letters": [], "steps": [], "sources": []}
    total, steps, sources = 0, set[str](), set[str]()
    for index, event in enumerate(events):
        if isinstance(event, TokenEvent) and letters(event.text):
            total += letters(event.text)
            wanted["letters"].append((index, total))
        elif isinstance(event, StatusEvent) and event.step_id not in steps:
            steps.add(event.step_id or "")
            wanted["steps"].append((index, len(steps)))
        elif isinstance(event, CitationEvent) and (event.citation_id or str(index)) not in sources:
            sources.add(event.citation_id or str(index))
            wanted["sources"].append((index, len(sources)))
    return wanted


def first_frames(events: Sequence[Event], frames: Sequence[Shown]) -> tuple[list[Painted], list[str]]:
    """For every event that shows by itself its first animation frame.

    The second part has a sentence for each kind that could not be identified: if the page ends with another number of
    letters, steps or sources than the events have, those are left out.
    """
    painted, unmeasured = [], []
    for what, needed in needs(events).items():
        shown = getattr(frames[-1], what) if frames else 0
        if needed and shown != needed[-1][1]:
            unmeasured.append(
                f"The page shows {shown} {what}, the run has {needed[-1][1]}: their paint is not measured."
            )
            continue
        painted += _first(needed, [(frame.at_ms, getattr(frame, what)) for frame in frames])
    return sorted(painted, key=lambda one: one.index), unmeasured


def _first(needed: Sequence[tuple[int, int]], shown: Sequence[tuple[float, int]]) -> list[Painted]:
    """Both ascend: for each need the first animation frame that has as many."""
    found, place = [], 0
    for index, count in needed:
        while shown[place][1] < count:
            place += 1
        found.append(Painted(index, shown[place][0]))
    return found


def known_arrivals(stamps_ns: Sequence[int], at_ms: Sequence[float], asked_ns: int) -> list[int] | None:
    """The arrival of each event on a wire that was open from the beginning.

    The harness opens its own connection only once it knows the run's id; events sent before come late, all at once. The
    arrival of such an event is its own stamp plus the shortest way of any event of the run: the earliest possible
    moment. None if everything came late.
    """
    if not stamps_ns:
        return None
    offset_ns = min(stamp - round(at * 1e6) for stamp, at in zip(stamps_ns, at_ms, strict=True))
    earliest = [offset_ns + round(at * 1e6) for at in at_ms]
    if earliest[-1] < asked_ns:
        return None
    return [early if early < asked_ns else stamp for early, stamp in zip(earliest, stamps_ns, strict=True)]


def delays_ms(painted: Sequence[Painted], arrivals_ns: Sequence[int], clock: PageClock) -> list[float]:
    """Paint minus arrival of each event that was seen."""
    return [(clock.ns(one.at_ms) - arrivals_ns[one.index]) / 1e6 for one in painted]


def out_of_view_ms(frames: Sequence[Shown]) -> float:
    """How long the end of the growing answer was out of a follower's view, from a second after its first letters to its
    last ones."""
    growing = [frame for frame in frames if frame.letters]
    lost = 0.0
    for frame, following in pairwise(growing):
        if frame.at_ms - growing[0].at_ms > READ_FROM_THE_BEGINNING_MS and not frame.end_in_view:
            lost += following.at_ms - frame.at_ms
    return round(lost, 1)


def first_frame_ms(frames: Sequence[Shown], what: str) -> float | None:
    """The time at which the first letter (``letters``) or step (``steps``) was on the page."""
    return next((frame.at_ms for frame in frames if getattr(frame, what)), None)
