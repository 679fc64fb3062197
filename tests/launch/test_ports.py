"""Ports: a free one can be had, and a busy one is named together with its flag."""

import socket

import pytest

from backend.launch.ports import PortBusy, ensure_port_free, free_port


def test_a_free_port_can_be_listened_on() -> None:
    port = free_port()
    ensure_port_free(port, "--port")
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_no_port_is_given_out_twice() -> None:
    ports = [free_port() for _ in range(50)]
    assert len(set(ports)) == len(ports)


def test_a_busy_port_is_named_with_its_flag() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortBusy) as refusal:
            ensure_port_free(port, "--gradio-port")
    assert str(refusal.value) == (
        f"Port {port} is already in use: choose another one with --gradio-port N, or stop what uses it."
    )


def test_an_address_that_is_not_ours_is_not_called_busy() -> None:
    with pytest.raises(OSError, match="assign"):
        ensure_port_free(0, "--port", host="192.0.2.1")
