"""Which names mean this server: those of loopback, and those that the operator allows."""

import re
from collections.abc import Iterable

from backend.network.loopback import is_loopback

_NAME = r"\[[0-9a-f:.]+\]|[a-z0-9._-]+"
_HOST = re.compile(rf"({_NAME})(?::[0-9]*)?", re.ASCII)
_ORIGIN = re.compile(rf"https?://({_NAME})(?::[0-9]+)?", re.ASCII)


def host_name(header: str) -> str:
    """The name in a Host header: lower case, without port, brackets and final dot; empty where it cannot be read."""
    found = _HOST.fullmatch(header.lower())
    return _bare(found[1]) if found else ""


def origin_name(header: str) -> str:
    """The same for an Origin header; empty for ``null`` and for every scheme that is not http or https."""
    found = _ORIGIN.fullmatch(header.lower())
    return _bare(found[1]) if found else ""


def allowed_host(text: str) -> str:
    """A name or address that the operator allows, in the form that names are compared in.

    Raises ``ValueError`` for anything else, such as a URL or a name with a port.
    """
    name = host_name(f"[{text}]" if text.count(":") > 1 and not text.startswith("[") else text)
    if not name or name != _bare(text.lower()):
        message = f"'{text}' is not a host name: write it without scheme, port and path, such as playhead.example.com."
        raise ValueError(message)
    return name


class KnownHosts:
    """The names that this server answers to."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        """``allowed``: names besides those of loopback. Raises ``ValueError`` as ``allowed_host`` does."""
        self._allowed = frozenset(map(allowed_host, allowed))

    def __contains__(self, name: str) -> bool:
        return name in self._allowed or is_loopback(name)


def _bare(name: str) -> str:
    return name.strip("[]").removesuffix(".")
