"""Where people reach a listener: below which path, under which address, and which proxies may say so.

``--root-path``, ``--trusted-proxy`` and ``--public-url`` are the same on every program that serves; the arguments of a
program that has no click are added here.
"""

import argparse
import ipaddress
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from backend.doors.hosts import host_name

ROOT_PATH: Final = "--root-path"
ROOT_PATH_HELP: Final = "The path below which a reverse proxy offers this server, such as /playhead."
TRUSTED_PROXY: Final = "--trusted-proxy"
TRUSTED_PROXY_HELP: Final = (
    "Believe X-Forwarded-Prefix, -Proto and -Host of a proxy at this address or network, such as 127.0.0.1 or "
    "10.0.0.0/8. Can be given several times."
)
PUBLIC_URL: Final = "--public-url"
PUBLIC_URL_HELP: Final = (
    "The address at which people reach this server, such as https://demo.example.com/playhead. Links use it, and the "
    "server answers to its host."
)

_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~-]+)+")

Reader = Callable[[str], str]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def path_prefix(text: str) -> str:
    """A path without a slash at its end; empty for the root. Raises ``ValueError`` for anything else."""
    prefix = text.rstrip("/")
    if prefix and (not _PREFIX.fullmatch(prefix) or {".", ".."} & set(prefix.split("/"))):
        message = f"'{text}' is not a path: write one such as /playhead, of letters, digits and - . _ ~."
        raise ValueError(message)
    return prefix


def proxy_network(text: str) -> Network:
    """The network of a proxy's address. Raises ``ValueError`` for anything else, such as a name."""
    try:
        return ipaddress.ip_network(text.strip("[]"), strict=False)
    except ValueError as error:
        message = f"'{text}' is not an address: write one such as 127.0.0.1, or a network such as 10.0.0.0/8."
        raise ValueError(message) from error


def public_url(text: str) -> str:
    """A web address without a slash at its end. Raises ``ValueError`` for anything else."""
    message = f"'{text}' is not an address of a page: write one such as https://demo.example.com/playhead."
    try:
        parts = urlsplit(text)
        path_prefix(parts.path)
        plain = parts.scheme in ("http", "https") and not (parts.query or parts.fragment or parts.username)
        if not plain or not host_name(parts.netloc) or parts.port == 0:
            raise ValueError(text)
    except ValueError as error:
        raise ValueError(message) from error
    return text.rstrip("/")


@dataclass(frozen=True, slots=True)
class PublicAddress:
    """The three settings, as texts that the functions above have read."""

    root_path: str = ""
    trusted_proxies: tuple[str, ...] = ()
    public_url: str = ""

    @property
    def prefix(self) -> str:
        """The path below which the server is reached, where no proxy says otherwise."""
        return self.root_path or urlsplit(self.public_url).path.rstrip("/")

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host names that the server answers to because of its public address."""
        name = host_name(urlsplit(self.public_url).netloc) if self.public_url else ""
        return (name,) if name else ()

    def trusts(self, address: str) -> bool:
        """Whether a peer at this address is one of the trusted proxies."""
        try:
            peer = ipaddress.ip_address(address)
        except ValueError:
            return False
        inside = peer.ipv4_mapped if isinstance(peer, ipaddress.IPv6Address) else None
        return any((inside or peer) in proxy_network(network) for network in self.trusted_proxies)


DIRECT: Final = PublicAddress()
"""No proxy: people reach the server itself."""


def add_public_address(parser: argparse.ArgumentParser) -> None:
    """Give a program the three options."""
    parser.add_argument(ROOT_PATH, default="", type=_checked(path_prefix), metavar="PATH", help=ROOT_PATH_HELP)
    parser.add_argument(
        TRUSTED_PROXY,
        action="append",
        default=[],
        type=_checked(lambda text: str(proxy_network(text))),
        metavar="ADDRESS",
        help=TRUSTED_PROXY_HELP,
    )
    parser.add_argument(PUBLIC_URL, default="", type=_checked(public_url), metavar="URL", help=PUBLIC_URL_HELP)


def public_address_of(options: argparse.Namespace) -> PublicAddress:
    """What a program was given with ``add_public_address``."""
    trusted: Sequence[str] = options.trusted_proxy
    return PublicAddress(options.root_path, tuple(trusted), options.public_url)


def _checked(read: Reader) -> Reader:
    def checked(text: str) -> str:
        try:
            # A default that is empty comes here as well.
            return read(text) if text else ""
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return checked
