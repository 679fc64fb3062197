"""The names of everything that is kept in Redis: docs/scale.md lists them."""

import hashlib
from dataclasses import dataclass

PREFIX = "playhead"
"""What all names begin with, unless the operator says otherwise: two deployments on one Redis need two."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The names of one deployment."""

    prefix: str = PREFIX

    def name(self, *parts: str) -> str:
        """A name of the deployment as a whole."""
        return ":".join((self.prefix, *parts))

    def run(self, run_id: str, part: str) -> str:
        """A part of a run: ``h`` what is known of it, ``ev`` its log, ``cmd`` its commands, ``nodes`` who follows it,
        ``fb`` its feedback. The braces keep the parts of a run on one machine of a cluster."""
        return f"{self.prefix}:{{{run_id}}}:{part}"

    def session(self, session_id: str, part: str = "h") -> str:
        """A part of a conversation: ``h`` what is known of it, ``runs`` and ``files``."""
        return f"{self.prefix}:s:{session_id}:{part}"

    def idempotency(self, kind: str, key: str) -> str:
        """Where a caller's idempotency key leads."""
        return f"{self.prefix}:key:{kind}:{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}"

    def wake(self, node: str) -> str:
        """The stream that says to a node which runs have news."""
        return f"{self.prefix}:wake:{node}"

    def node(self, node: str) -> str:
        """What a node says of itself, for as long as it is there."""
        return f"{self.prefix}:node:{node}"
