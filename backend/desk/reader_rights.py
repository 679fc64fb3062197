"""What the reader of a page may do there, by their role and by how they came to the page."""

from dataclasses import dataclass

from backend.protocol.roles import Role, covers


@dataclass(frozen=True, slots=True)
class ReaderRights:
    """``role`` is that of the reader's token, or what the share allows; ``through_share``: they came by a share."""

    role: Role
    through_share: bool

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
        """True if the reader may give feedback."""
        return covers(self.role, "comment")

    @property
    def shares(self) -> bool:
        """True if the reader may share what is on the page."""
        return not self.through_share and covers(self.role, "host")
