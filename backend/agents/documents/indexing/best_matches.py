"""The statements that find the best full-text matches of an index, in all documents or in some.

A match is scored only if it is in one of the documents, and only the best are joined with what is shown of them: of a
frequent word there are thousands of matches.
"""

from dataclasses import dataclass

_BEST = """
{chosen} SELECT {view}.*, found.score FROM (
    SELECT {search}.rowid AS number, bm25({search}, {weights}) AS score FROM {search} {joined}
    WHERE {search} MATCH :expression {within} ORDER BY score, {search}.rowid LIMIT :limit
) AS found JOIN {view} ON {view}.number = found.number ORDER BY found.score, found.number
"""
_OF_A_KIND = "JOIN {table} ON {table}.id = {search}.rowid JOIN documents ON documents.id = {table}.document_id"
_CHOSEN = """
WITH chosen AS MATERIALIZED (
    SELECT {table}.id FROM documents JOIN {table} ON {table}.document_id = documents.id
    WHERE documents.name IN (SELECT value FROM json_each(:documents)) {condition}
)
"""
# The bounds spare the matches before and after; the plus sign has each of the others looked up among the chosen ones.
# Without it SQLite would search the full text once for every chosen one.
_AMONG_CHOSEN = """
AND {search}.rowid >= (SELECT min(id) FROM chosen) AND {search}.rowid <= (SELECT max(id) FROM chosen)
AND +{search}.rowid IN (SELECT id FROM chosen)
"""


@dataclass(frozen=True, slots=True)
class BestMatches:
    """Statements over one full-text table. Their parameters are ``expression``, ``limit``, what ``condition`` names,
    and ``documents`` (a JSON list of names) where only some are searched."""

    search: str
    """The full-text table; its rows have the numbers of those of ``table``."""
    weights: str
    """How much each of its columns counts, with commas between."""
    table: str
    view: str
    """The view with what is shown of a match, by ``number``."""
    condition: str = ""
    """A condition that the documents must meet, beginning with AND; empty for none."""

    def everywhere(self) -> str:
        """The best matches of all documents."""
        joined = self._filled(_OF_A_KIND) if self.condition else ""
        return self._filled(_BEST, chosen="", joined=joined, within=self.condition)

    def among(self) -> str:
        """The best matches of some documents."""
        return self._filled(_BEST, chosen=self._filled(_CHOSEN), joined="", within=self._filled(_AMONG_CHOSEN))

    def _filled(self, form: str, **parts: str) -> str:
        own = {"search": self.search, "weights": self.weights, "table": self.table, "view": self.view}
        return form.format(**own, **{"condition": self.condition, **parts})
