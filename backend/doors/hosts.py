"""Which names mean this server: those of loopback, and those that the operator allows."""

import ipaddress
import re
from collections.abc import Iterable

from backend.network.loopback import is_loopback

_NAME = r"\[[0-9a-f:.]+\]|[a-z0-9._-]+"
_HOST = re.compile(rf"({_NAME})(?::[0-9]*)?", re.ASCII)
_ADDRESS = re.compile(rf"(https?)://((?:{_NAME})(?::[0-9]+)?)(?=/|$)", re.ASCII)
_PORTS = {"http": 80, "https": 443}
_LONGEST_PORT = 5
_ORIGIN = re.compile(rf"https?://({_NAME})(?::[0-9]+)?", re.ASCII)


EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - what they mean, not where to listen
"""The hosts of a server that listens at all of the machine's addresses."""


def host_name(header: str) -> str:
    """The name in a Host header: lower case, without port, brackets and final dot; empty where it cannot be read."""
    found = _HOST.fullmatch(header.lower())
    return _bare(found[1]) if found else ""


def origin_name(header: str) -> str:
    """The same for an Origin header; empty for ``null`` and for every scheme that is not http or https."""
    found = _ORIGIN.fullmatch(header.lower())
    return _bare(found[1]) if found else ""


def host_and_port(header: str, scheme: str) -> tuple[str, int]:
    """The name in a Host header, and the port that it means under ``http`` or ``https``."""
    _, colon, port = header.rpartition(":")
    number = int(port) if colon and port.isdecimal() and len(port) <= _LONGEST_PORT else _PORTS.get(scheme, 0)
    return host_name(header), number


def page_origin(address: str) -> tuple[str, str, int] | None:
    """The scheme, name and port of an origin or of a page's address; None for ``null`` and all that is not http."""
    found = _ADDRESS.match(address.lower())
    return None if found is None else (found[1], *host_and_port(found[2], found[1]))


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
        """``allowed``: names besides those of loopback. One of ``EVERY_ADDRESS`` stands for every address, as numbers:
        no name that leads here without being allowed. Raises ``ValueError`` as ``allowed_host`` does."""
        self._allowed = frozenset(map(allowed_host, allowed))
        self._addresses = not self._allowed.isdisjoint(EVERY_ADDRESS)

    def __contains__(self, name: str) -> bool:
        return name in self._allowed or is_loopback(name) or (self._addresses and _is_address(name))


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _bare(name: str) -> str:
    return name.strip("[]").removesuffix(".")
