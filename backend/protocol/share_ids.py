"""How to distinguish the id of a share from that of a run: a reader may open a run by either."""

from typing import Final

SHARE_PREFIX: Final = "share_"


def is_share(opened_id: str) -> bool:
    """Whether the id is that of a share, by which a run is opened for reading only."""
    return opened_id.startswith(SHARE_PREFIX)
