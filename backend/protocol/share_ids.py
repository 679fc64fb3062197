"""How to distinguish the id of a share from that of a run, and how a share of a conversation names its runs."""

import base64
import hashlib
from typing import Final

SHARE_PREFIX: Final = "share_"


def is_share(opened_id: str) -> bool:
    """Whether the id is that of a share, by which a run is opened for reading only."""
    return opened_id.startswith(SHARE_PREFIX)


def shared_run_name(share_id: str, run_id: str) -> str:
    """The name of one of the runs of a conversation that is shared: it leads nowhere but through the share."""
    digest = hashlib.sha256(f"{share_id}\0{run_id}".encode()).digest()
    return f"{share_id}.{base64.urlsafe_b64encode(digest[:12]).decode('ascii')}"
