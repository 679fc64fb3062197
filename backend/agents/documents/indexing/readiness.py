"""How much of a folder its index contains while it is brought up to date."""

from dataclasses import dataclass

_NAMED = 3


@dataclass(frozen=True, slots=True)
class FolderReadiness:
    """Of ``total`` documents that were found, those ``unfinished`` are still to be read (again)."""

    total: int = 0
    unfinished: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to be read."""
        return not self.unfinished

    def sentence(self) -> str:
        """What is missing and what happens to it; for one that is not complete."""
        named = ", ".join(self.unfinished[:_NAMED])
        rest = len(self.unfinished) - _NAMED
        more = f" and {rest:,} more" if rest > 0 else ""
        done = self.total - len(self.unfinished)
        return f"{done:,} of {self.total:,} documents are read so far; still to be read: {named}{more}."
