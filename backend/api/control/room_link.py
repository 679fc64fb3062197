"""What the same conversation's rooms at several nodes say to each other, so that each knows everybody.

A node says what its own connections do, and from time to time all of it, so that a node that was cut off is right again
soon. Times are ages, since every node has its own clock. A node that is lost says nothing more: its people go grey
and leave, as after a connection that was cut.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from backend.rooms.presence import ConnectionState, Presence
from backend.rooms.presented import Presenting, Stage

REPEAT_S: Final = 5.0
"""How often a node says all of its people again."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RoomVotes:
    """How many votes two runs have; ``revealed``: everybody may see for which."""

    run: str
    other: str
    counts: dict[str, int]
    revealed: bool


@dataclass(frozen=True, slots=True)
class RoomNews:
    """What one node says. What a newer version adds is passed over."""

    people: Sequence[ConnectionState] = ()
    whole: bool = False
    """Whether ``people`` are all that this node has, and ``shown`` all that it shows."""
    ask: bool = False
    """Whether the others are asked to say all of theirs."""
    left: Sequence[int] = ()
    shown: Presenting | None = None
    """The view that somebody shows. Its ``sent_at_ms`` is its age."""
    hidden: str | None = None
    """Who shows nothing any more."""
    comments: Sequence[tuple[str, dict[str, Any]]] = ()
    """Runs, and what was said of them."""
    votes: Sequence[RoomVotes] = ()


_NEWS = TypeAdapter(RoomNews)

Say = Callable[[str], None]


def news_text(news: RoomNews) -> str:
    """The news as they are sent."""
    return _NEWS.dump_json(news, exclude_defaults=True).decode()


def read_news(text: str) -> RoomNews:
    """The news of another node; none where they cannot be read, since that node is of a newer version."""
    try:
        return _NEWS.validate_json(text)
    except ValidationError:
        _log.debug("A room's news of another node cannot be read.")
        return RoomNews()


class RoomLink:
    """A room's part in what the nodes say: ``say`` sends to all others."""

    def __init__(self, presence: Presence, stage: Stage, say: Say) -> None:
        self._presence = presence
        self._stage = stage
        self._say = say

    def people(self, connections: Iterable[int], now: float) -> None:
        """Say how these connections are now."""
        self._say(news_text(RoomNews(people=self._presence.states(now, connections))))

    def left(self, connection: int) -> None:
        """Say that a connection closed."""
        self._say(news_text(RoomNews(left=[connection])))

    def view(self, now: float) -> None:
        """Say what is shown here, where that is one of this node's."""
        shown = self._shown(now)
        if shown is not None:
            self._say(news_text(RoomNews(shown=shown)))

    def hidden(self, participant: str) -> None:
        """Say that a person shows nothing any more."""
        self._say(news_text(RoomNews(hidden=participant)))

    def all(self, now: float, votes: Sequence[RoomVotes] = (), *, ask: bool = False) -> None:
        """Say everything that the others have to know of this node."""
        people = self._presence.states(now)
        self._say(news_text(RoomNews(people, whole=True, ask=ask, shown=self._shown(now), votes=votes)))

    def learn(self, node: str, news: RoomNews, now: float) -> tuple[bool, bool]:
        """Take over what another node says of its people. Gives whether somebody may look different, and whether
        something else is shown."""
        self._presence.learn(node, news.people, now, whole=news.whole)
        for connection in news.left:
            self._presence.leave(connection, now)
        looks_different = bool(news.people or news.left or news.whole)
        return looks_different, self._learn_view(node, news, now)

    def _learn_view(self, node: str, news: RoomNews, now: float) -> bool:
        current = self._stage.presenting
        if news.hidden is not None:
            return self._stage.leave(news.hidden)
        if news.shown is not None:
            view = news.shown.view
            return self._stage.learn(
                replace(news.shown, view=replace(view, sent_at_ms=now * 1000 - view.sent_at_ms)),
            )
        if news.whole and current is not None and self._presence.is_of(current.connection, node):
            return self._stage.leave(current.by.participant)
        return False

    def _shown(self, now: float) -> Presenting | None:
        presenting = self._stage.presenting
        if presenting is None or not self._presence.is_of(presenting.connection, ""):
            return None
        view = presenting.view
        return replace(presenting, view=replace(view, sent_at_ms=now * 1000 - view.sent_at_ms))


def votes_of(pairs: Mapping[tuple[str, str], Mapping[str, int]], revealed: set[tuple[str, str]]) -> list[RoomVotes]:
    """The votes of a room, for others."""
    return [RoomVotes(*pair, dict(counts), pair in revealed) for pair, counts in pairs.items()]
