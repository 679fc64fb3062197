"""What can go wrong between a client and a backend, each with one sentence for people."""

from collections.abc import Mapping
from typing import Any, Literal

Kind = Literal["gone", "not_found", "refused"]

_NOT_FOUND = 404


class ClientError(Exception):
    """Base of this floor's errors. ``sentence`` says what happened and what to do, and is safe to show.

    ``kind`` is what a caller decides by: nobody answers (``gone``), there is no such thing (``not_found``), or the
    backend would not (``refused``).
    """

    kind: Kind = "refused"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class ProblemError(ClientError):
    """The backend refused: status, slug of the problem's type (such as ``unknown-run``) and sentence."""

    def __init__(
        self,
        status: int,
        slug: str,
        sentence: str,
        *,
        retry_after_s: float | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.kind = "not_found" if status == _NOT_FOUND else "refused"
        self.status = status
        self.slug = slug
        self.retry_after_s = retry_after_s
        """Seconds after which the backend asks to try again, where it said so."""
        self.members: Mapping[str, Any] = members or {}
        """The problem's members, including those specific to its type."""


class BackendGone(ClientError):
    """Nobody answers at the backend's address, or not any more."""

    kind: Kind = "gone"


class StreamLost(Exception):
    """A connection that ended before the run did, or could not be opened. Try again."""

    def __init__(self, sentence: str, retry_after_s: float | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.retry_after_s = retry_after_s
