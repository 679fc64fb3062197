"""The proxies that the environment names: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, in capitals or not.

They are for other machines. An address of this machine never uses one, whatever NO_PROXY says: a proxy elsewhere could
not reach it, and one that is dead or of an unknown kind would stop a start that needs no network at all.
"""

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.request import getproxies

from backend.network.loopback import is_loopback

_SUFFIX = "_proxy"
_ENTRY = re.compile(r"(?:[a-z]+://)?(?P<host>\[[^\]]*\][^:]*|[^:]*|[^:]*:[^:]*:.*)(?::(?P<port>\d+))?")
"""An address of version 6 has brackets where a port follows it."""
_PORTS = {"http": 80, "https": 443}
"""Ports of addresses that name none."""
_UNSPECIFIED = frozenset({"0.0.0.0", "::"})  # noqa: S104 - a connection to them leads to this machine


@dataclass(frozen=True, slots=True)
class NamedProxy:
    """A proxy: the variable that names it, and its address, with a scheme."""

    variable: str
    url: str


class Proxies:
    """Which proxy leads to an address."""

    def __init__(self, named: Mapping[str, str]) -> None:
        """``named`` is what ``urllib.request.getproxies`` gives: addresses by scheme, and the exceptions as ``no``."""
        self._urls = {
            scheme: url if "://" in url else f"http://{url}"
            for scheme in ("http", "https", "all")
            if (url := named.get(scheme, "").strip())
        }
        self._without = [entry for entry in re.split(r"[,\s]+", named.get("no", "").lower()) if entry]

    def proxy_for(self, scheme: str, host: str, port: int | None) -> NamedProxy | None:
        """The proxy for an address, or None where it is to be connected to directly."""
        name = host.lower().strip("[]").removesuffix(".")
        if is_loopback(name) or name in _UNSPECIFIED:
            return None
        variable = scheme if scheme in self._urls else "all"
        url = self._urls.get(variable)
        port = port or _PORTS.get(scheme)
        if url is None or any(_covers(entry, name, port) for entry in self._without):
            return None
        return NamedProxy(f"{variable.upper()}_PROXY", url)


@cache
def environment_proxies() -> Proxies:
    """The proxies of this process's environment, as it was at the first call."""
    return Proxies(getproxies())


def keep_proxies_from_libraries() -> None:
    """Take the proxies out of the environment, and keep them for Playhead's own clients.

    A library that makes an HTTP client while it is imported reads these variables, and an unknown kind of proxy stops
    it there, although it never connects to anything.
    """
    environment_proxies()
    for variable in [name for name in os.environ if name.lower().endswith(_SUFFIX)]:
        del os.environ[variable]


def _covers(entry: str, host: str, port: int | None) -> bool:
    """Whether an entry of NO_PROXY means the host: a name and all below it, an address, or a network."""
    if entry == "*":
        return True
    found = _ENTRY.fullmatch(entry.rstrip("/"))
    if found is None or (found["port"] and int(found["port"]) != port):
        return False
    named = found["host"].replace("[", "").replace("]", "")
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(named, strict=False)
    except ValueError:
        domain = named.removeprefix("*").strip(".")
        return bool(domain) and (host == domain or host.endswith(f".{domain}"))
