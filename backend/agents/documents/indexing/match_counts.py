"""How many rows of an index match full-text expressions; counted once for each state of the index."""

from collections.abc import Iterable

from backend.agents.documents.indexing.folder_index import FolderIndex

_MOST_KEPT = 20_000


class MatchCounts:
    """Counts by ``query``, which takes one expression. One question asks for the same words several times."""

    def __init__(self, index: FolderIndex, query: str) -> None:
        self._index = index
        self._query = query
        self._known: tuple[object, dict[str, int]] = (None, {})

    def of(self, expressions: Iterable[str]) -> list[int]:
        """A count for each expression."""
        # The state is taken before anything is counted: a later one is then never taken for it.
        state, wanted = self._index.state(), list(expressions)
        of_state, known = self._known
        if state is None or state != of_state or len(known) > _MOST_KEPT:
            known = {}
            self._known = state, known
        missing = [one for one in dict.fromkeys(wanted) if one not in known]
        if missing:
            with self._index.reading() as connection:
                known.update({one: int(connection.execute(self._query, (one,)).fetchone()[0]) for one in missing})
        return [known[one] for one in wanted]
