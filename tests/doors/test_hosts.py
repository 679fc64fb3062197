"""Which names mean this server."""

import argparse

import pytest

from backend.doors.allow_host import add_allow_host
from backend.doors.hosts import KnownHosts, allowed_host, host_name, origin_name


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.1:8750", "127.0.0.1"),
        ("LocalHost:1", "localhost"),
        ("localhost.", "localhost"),
        ("localhost.:80", "localhost"),
        ("localhost:", "localhost"),
        ("[::1]", "::1"),
        ("[::1]:8750", "::1"),
        ("[0:0:0:0:0:0:0:1]", "0:0:0:0:0:0:0:1"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
    ],
)
def test_the_name_in_a_host_header(header: str, name: str) -> None:
    assert host_name(header) == name


@pytest.mark.parametrize(
    "header",
    [
        "",
        ":80",
        "a b",
        "a/b",
        "evil@127.0.0.1",
        "127.0.0.1#evil",
        "127.0.0.1, evil.com",
        "::1",
        "[::1",
        "[::1%lo]",
        "bücher",
    ],
)
def test_no_name_is_read_from_a_malformed_host_header(header: str) -> None:
    assert host_name(header) == ""
    assert host_name(header) not in KnownHosts()


@pytest.mark.parametrize(
    ("header", "name"),
    [("http://localhost:7860", "localhost"), ("https://[::1]", "::1"), ("HTTP://A.Example", "a.example")],
)
def test_the_name_in_an_origin(header: str, name: str) -> None:
    assert origin_name(header) == name


@pytest.mark.parametrize(
    "header",
    [
        "",
        "null",
        "localhost",
        "file://localhost",
        "chrome-extension://localhost",
        "http://localhost/",
        "http://a@localhost",
    ],
)
def test_no_name_is_read_from_another_origin(header: str) -> None:
    assert origin_name(header) == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [("Demo.Example.com.", "demo.example.com"), ("10.0.0.1", "10.0.0.1"), ("fe80::1", "fe80::1"), ("[::2]", "::2")],
)
def test_an_operator_may_allow_a_name(text: str, name: str) -> None:
    assert allowed_host(text) == name
    assert name in KnownHosts([text])


@pytest.mark.parametrize("text", ["", "demo:8750", "https://demo", "demo/path", "*.demo", "a demo"])
def test_an_operator_may_allow_nothing_but_a_name(text: str) -> None:
    with pytest.raises(ValueError, match="is not a host name"):
        allowed_host(text)


def test_the_option_takes_several_names() -> None:
    parser = argparse.ArgumentParser()
    add_allow_host(parser)
    assert parser.parse_args([]).allow_host == []
    assert parser.parse_args(["--allow-host", "A.example", "--allow-host", "b"]).allow_host == ["a.example", "b"]


def test_the_option_says_what_is_wrong_with_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    add_allow_host(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["--allow-host", "https://demo"])
    assert "'https://demo' is not a host name: write it without scheme" in capsys.readouterr().err
