"""The one maker of HTTP clients. A client that reads the environment by itself may fail while it is made, whatever
address comes later; these choose a proxy for each address, and none for this machine."""

import re
import ssl
from collections.abc import Awaitable, Callable
from functools import cache
from importlib.util import find_spec

import httpx2

from backend.extras import missing_package
from backend.network.proxies import NamedProxy, Proxies, environment_proxies

_HOST = re.compile(r"[\w.:-]+", re.ASCII)

ResponseHook = Callable[[httpx2.Response], Awaitable[None]]


class ProxyFailure(httpx2.ProxyError):
    """The environment's proxy cannot be used; ``sentence`` says why and what to do, without the proxy's password."""

    def __init__(self, sentence: str, request: httpx2.Request) -> None:
        super().__init__(sentence, request=request)
        self.sentence = sentence


@cache
def tls() -> ssl.SSLContext:
    """The TLS context of all clients: making it takes 50 ms, during which no other run could continue."""
    return httpx2.create_ssl_context()


def new_client(
    *,
    timeout: httpx2.Timeout,
    limits: httpx2.Limits | None = None,
    on_response: tuple[ResponseHook, ...] = (),
    headers: dict[str, str] | None = None,
    auth: httpx2.Auth | None = None,
    follow_redirects: bool = False,
    proxies: Proxies | None = None,
) -> httpx2.AsyncClient:
    """A client that uses the environment's proxies for other machines and none for this one.

    ``proxies`` replaces those of the environment. Making a client never fails; a request whose proxy cannot be used
    raises ``ProxyFailure``.
    """
    transport = RoutedTransport(proxies or environment_proxies(), limits or httpx2.Limits())
    return httpx2.AsyncClient(
        transport=transport,
        trust_env=False,
        timeout=timeout,
        headers=headers,
        auth=auth,
        follow_redirects=follow_redirects,
        event_hooks={"response": list(on_response)},
    )


class RoutedTransport(httpx2.AsyncBaseTransport):
    """Sends each request directly or through its proxy. What a proxy needs is made with the first request for it."""

    def __init__(self, proxies: Proxies, limits: httpx2.Limits) -> None:
        self._proxies = proxies
        self._limits = limits
        self._ways: dict[NamedProxy | None, httpx2.AsyncHTTPTransport] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send the request. Raises ``ProxyFailure``, and whatever the connection itself fails with."""
        proxy = self._proxies.proxy_for(request.url.scheme, request.url.host, request.url.port)
        if proxy is None:
            return await self._way(None, request).handle_async_request(request)
        try:
            return await self._way(proxy, request).handle_async_request(request)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise ProxyFailure(
                f"The proxy in {proxy.variable}{_place(proxy)} cannot be reached: correct that variable, or name "
                f"{request.url.host} in NO_PROXY.",
                request,
            ) from error
        except httpx2.ProxyError as error:
            if isinstance(error, ProxyFailure):
                raise
            raise ProxyFailure(
                f"The proxy in {proxy.variable}{_place(proxy)} does not connect to {request.url.host} "
                f"({str(error).strip('. ') or 'without a reason'}): check that variable, or name {request.url.host} "
                "in NO_PROXY.",
                request,
            ) from error

    def _way(self, proxy: NamedProxy | None, request: httpx2.Request) -> httpx2.AsyncHTTPTransport:
        way = self._ways.get(proxy)
        if way is None:
            used = None if proxy is None else _usable(proxy, request)
            way = httpx2.AsyncHTTPTransport(verify=tls(), limits=self._limits, proxy=used, trust_env=False)
            self._ways[proxy] = way
        return way

    async def aclose(self) -> None:
        """Close every connection."""
        for way in self._ways.values():
            await way.aclose()


def _usable(proxy: NamedProxy, request: httpx2.Request) -> httpx2.Proxy:
    try:
        used = httpx2.Proxy(proxy.url)
        if not _HOST.fullmatch(used.url.host):
            raise ValueError(used.url.host)
    except (ValueError, httpx2.InvalidURL) as error:
        raise ProxyFailure(
            f"{proxy.variable} is not the address of a proxy: write http://HOST:PORT or socks5://HOST:PORT, or name "
            f"{request.url.host} in NO_PROXY.",
            request,
        ) from error
    if used.url.scheme.startswith("socks") and find_spec("socksio") is None:
        raise ProxyFailure(missing_package(f"The SOCKS proxy in {proxy.variable}", "socksio"), request)
    return used


def _place(proxy: NamedProxy) -> str:
    """The proxy's address without the password that it may contain."""
    url = httpx2.URL(proxy.url)
    return f" ({url.host}{f':{url.port}' if url.port else ''})"
