"""What the reader of a page may do there, by their role and by how they came to the page.

The pages offer what this allows, the widgets of both UIs and the script alike. It follows ``RIGHTS`` of the backend,
which enforces it.
"""

from dataclasses import dataclass
from typing import Final, Literal

from backend.protocol.roles import Role, covers

Permission = Literal["ask", "steer", "comment", "show", "share", "delete"]
"""The names under which the pages' script knows them."""


@dataclass(frozen=True, slots=True)
class ReaderRights:
    """``role`` is that of the reader's token, or what the share allows, None for a stranger; ``through_share``: they
    came by a share."""

    role: Role | None
    through_share: bool = False

    @property
    def asks(self) -> bool:
        """True if the reader may ask questions: not through a share, which shows what others ask."""
        return not self.through_share and covers(self.role, "steer")

    @property
    def steers(self) -> bool:
        """True if the reader may stop the run on the page, send it messages, and answer what it asks."""
        return covers(self.role, "steer")

    @property
    def comments(self) -> bool:
        """True if the reader may give feedback, and vote."""
        return covers(self.role, "comment")

    @property
    def shows(self) -> bool:
        """True if the reader may show their view to the others, and tell all the names of a blind comparison."""
        return not self.through_share and covers(self.role, "steer")

    @property
    def shares(self) -> bool:
        """True if the reader may share what is on the page."""
        return not self.through_share and covers(self.role, "host")

    @property
    def deletes(self) -> bool:
        """True if the reader may delete runs and conversations."""
        return not self.through_share and covers(self.role, "host")

    def renames(self, *, own: bool) -> bool:
        """True if the reader may rename a conversation; ``own``: they began it."""
        return not self.through_share and covers(self.role, "steer" if own else "host")

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """What the script of the pages may offer."""
        allowed: dict[Permission, bool] = {
            "ask": self.asks,
            "steer": self.steers,
            "comment": self.comments,
            "show": self.shows,
            "share": self.shares,
            "delete": self.deletes,
        }
        return tuple(name for name, is_allowed in allowed.items() if is_allowed)


NO_RIGHTS: Final = ReaderRights(None)
"""Those of somebody of whom nothing is known yet."""
