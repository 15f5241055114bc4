"""The PROXY protocol, from HAProxy and by hand: who the client is, and that nobody else may say so."""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Iterator

import pytest

from tests.support.client import Client, ClosedError
from tests.support.congthu import Gateway, listener, upstream
from tests.support.haproxy import HAProxy
from tests.support.messages import SIMPLE
from tests.support.recorder import Recorder

V2 = b"\r\n\r\n\0\r\nQUIT\n"


@pytest.fixture(scope="module")
def behind() -> Iterator[Recorder]:
    """What the gateway hands over to."""
    with Recorder() as made:
        yield made


@pytest.fixture(scope="module")
def gate(behind: Recorder) -> Iterator[Gateway]:
    """One listener for proxies on this machine, one for nobody."""
    listeners = [listener(name="qua-proxy", proxy_protocol=["127.0.0.0/8"]), listener(name="thang")]
    with Gateway(listeners, {"mailserver": upstream(behind.port)}) as made:
        yield made


def _v2(source: str, command: int = 0x21) -> bytes:
    addresses = socket.inet_aton(source) + socket.inet_aton("192.0.2.1") + struct.pack("!HH", 40000, 25)
    return V2 + bytes([command, 0x11]) + struct.pack("!H", len(addresses)) + addresses


@pytest.mark.service("haproxy")
@pytest.mark.parametrize("send", ["send-proxy", "send-proxy-v2"])
def test_behind_haproxy(gate: Gateway, behind: Recorder, send: str) -> None:
    with HAProxy(gate.port_of("qua-proxy"), send) as proxy, Client(proxy.port) as client:
        client.ehlo()
        assert client.message(SIMPLE).code == 250
    assert b"[127.0.0.1]" in behind.messages.pop().content.partition(b"\r\n")[0]


@pytest.mark.parametrize(
    "header", [b"PROXY TCP4 198.51.100.9 192.0.2.1 40000 25\r\n", _v2("198.51.100.9")], ids=["v1", "v2"]
)
def test_the_client_is_who_the_header_says(gate: Gateway, behind: Recorder, header: bytes) -> None:
    with Client(gate.port_of("qua-proxy"), prefix=header) as client:
        client.ehlo()
        assert client.message(SIMPLE).code == 250
    assert b"[198.51.100.9]" in behind.messages.pop().content.partition(b"\r\n")[0]


@pytest.mark.parametrize("header", [b"PROXY UNKNOWN\r\n", _v2("198.51.100.9", 0x20)], ids=["v1-unknown", "v2-local"])
def test_health_checks_of_the_proxy_itself(gate: Gateway, header: bytes) -> None:
    with Client(gate.port_of("qua-proxy"), prefix=header) as client:
        assert client.command("QUIT").code == 221


@pytest.mark.parametrize(
    "header",
    [
        b"EHLO may.example\r\n",
        b"PROXY TCP4 999.1.1.1 1.1.1.1 1 1\r\n",
        b"PROXY " + b"x" * 300,
        V2 + b"\x31\x11\0\0",
        V2 + b"\x21\x11\xff\xff",
    ],
)
def test_no_header_no_session(gate: Gateway, header: bytes) -> None:
    with Client(gate.port_of("qua-proxy"), greet=False) as client:
        client.send(header)
        client.socket.shutdown(socket.SHUT_WR)
        assert client.ended()


@pytest.mark.parametrize("header", [b"PROXY TCP4 198.51.100.9 192.0.2.1 40000 25\r\n", _v2("198.51.100.9")])
def test_a_stranger_cannot_say_who_he_is(gate: Gateway, behind: Recorder, header: bytes) -> None:
    before = len(behind.messages)
    with (
        contextlib.suppress(ClosedError, ConnectionError, AssertionError),
        Client(gate.port_of("thang"), prefix=header) as client,
    ):
        client.ehlo()
        client.message(SIMPLE)
    assert all(b"198.51.100.9" not in one.content for one in behind.messages[before:])
