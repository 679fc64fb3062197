"""How the id of a share is told from that of a run: both may stand where a reader names what to open."""

from typing import Final

SHARE_PREFIX: Final = "share_"


def is_share(opened_id: str) -> bool:
    """Whether the id is that of a share, by which a run is opened for reading only."""
    return opened_id.startswith(SHARE_PREFIX)
