"""Which proxy leads where, for environments as people have them."""

import os
from collections.abc import Mapping

import pytest
from hypothesis import given, strategies as st

from backend.network import proxies as proxies_module
from backend.network.proxies import NamedProxy, Proxies

EVERYWHERE = {"http": "http://proxy:3128", "all": "socks5://proxy:1080"}
THIS_MACHINE = ["127.0.0.1", "127.8.9.1", "localhost", "LOCALHOST", "a.localhost", "::1", "[::1]", "0.0.0.0", "::"]

HOSTILE = st.text(alphabet="abc.:*[]%/@,;- \t0129é", max_size=20)


@pytest.mark.parametrize("host", THIS_MACHINE)
@pytest.mark.parametrize("without", ["", "example.com", "!*", "[::", "%%%,,::1]"])
def test_this_machine_is_never_behind_a_proxy(host: str, without: str) -> None:
    assert Proxies({**EVERYWHERE, "no": without}).proxy_for("http", host, 8750) is None


def test_a_scheme_s_proxy_comes_before_that_of_all() -> None:
    proxies = Proxies(EVERYWHERE)
    assert proxies.proxy_for("http", "a.example", None) == NamedProxy("HTTP_PROXY", "http://proxy:3128")
    assert proxies.proxy_for("https", "a.example", None) == NamedProxy("ALL_PROXY", "socks5://proxy:1080")


def test_an_address_without_a_scheme_is_http() -> None:
    assert Proxies({"https": "proxy:1"}).proxy_for("https", "a", None) == NamedProxy("HTTPS_PROXY", "http://proxy:1")
    assert Proxies({"https": "proxy:1"}).proxy_for("http", "a", None) is None
    assert Proxies({"all": "  "}).proxy_for("http", "a", None) is None


@pytest.mark.parametrize(
    ("without", "host", "port"),
    [
        ("*", "a.example", None),
        ("example.com", "example.com", None),
        ("example.com", "www.example.com", None),
        (".example.com", "www.example.com", None),
        ("*.example.com", "www.example.com", None),
        ("EXAMPLE.com", "Example.COM.", None),
        ("a,  b\texample.com", "example.com", None),
        ("http://example.com", "example.com", None),
        ("example.com:8443", "example.com", 8443),
        ("10.0.0.0/8", "10.1.2.3", None),
        ("10.1.2.3", "10.1.2.3", None),
        ("10.1.2.3:80", "10.1.2.3", 80),
        ("fd00::/8", "fd00::7", None),
        ("[fd00::7]:80", "fd00::7", 80),
        ("fd00::7", "fd00::7", None),
        ("fd00::7", "fd00:0::7", 8080),
        ("2001:db8::1", "2001:db8:0:0:0:0:0:1", None),
        ("[fd00::]/8", "fd00::7", None),
        ("example.com:80", "example.com", None),
        ("10.1.2.3:80", "10.1.2.3", None),
        ("http://example.com/", "example.com", None),
    ],
)
def test_an_exception_covers(without: str, host: str, port: int | None) -> None:
    assert Proxies({**EVERYWHERE, "no": without}).proxy_for("http", host, port) is None


@pytest.mark.parametrize(
    ("without", "host", "port"),
    [
        ("example.com", "notexample.com", None),
        ("example.com", "com", None),
        ("example.com:8443", "example.com", 443),
        ("example.com:443", "example.com", None),
        ("fd00::7", "fd00::8", None),
        ("[fd00::7]:81", "fd00::7", 80),
        ("10.0.0.0/8", "11.1.2.3", None),
        ("10.0.0.0/99", "10.1.2.3", None),
        ("[::", "a.example", None),
        ("%", "a.example", None),
    ],
)
def test_an_exception_does_not_cover(without: str, host: str, port: int | None) -> None:
    assert Proxies({**EVERYWHERE, "no": without}).proxy_for("http", host, port) is not None


def test_an_exception_with_a_port_covers_an_address_that_names_none() -> None:
    proxies = Proxies({"all": "http://proxy:3128", "no": "example.com:443"})
    assert proxies.proxy_for("https", "example.com", None) is None
    assert proxies.proxy_for("http", "example.com", None) is not None


@given(named=st.fixed_dictionaries({"http": HOSTILE, "all": HOSTILE, "no": HOSTILE}), host=HOSTILE)
def test_no_environment_is_too_odd(named: Mapping[str, str], host: str) -> None:
    proxies = Proxies(named)
    proxies.proxy_for("http", host, 80)
    assert proxies.proxy_for("http", "127.0.0.1", 80) is None


def test_libraries_find_no_proxy_but_playhead_does(monkeypatch: pytest.MonkeyPatch) -> None:
    proxies_module.environment_proxies.cache_clear()
    try:
        for name in ("ALL_PROXY", "Http_Proxy", "no_proxy"):
            monkeypatch.setenv(name, "socks5://proxy:9")
        proxies_module.keep_proxies_from_libraries()
        assert [name for name in os.environ if name.lower().endswith("_proxy")] == []
        assert proxies_module.environment_proxies().proxy_for("https", "a", None) is not None
    finally:
        proxies_module.environment_proxies.cache_clear()
