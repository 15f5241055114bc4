"""The services of these tests, proved against each other without the gateway."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.support.client import Client, ClosedError
from tests.support.haproxy import HAProxy
from tests.support.messages import SIMPLE, crlf, generated
from tests.support.ports import HOST
from tests.support.postfix import Postfix, content
from tests.support.recorder import Recorder
from tests.support.tls import certificates
from tests.support.tools import Sink, smtp_source


def test_recorder_keeps_what_the_client_sent() -> None:
    sent = list(generated(30))
    with Recorder() as upstream, Client(upstream.port) as client:
        client.ehlo()
        assert [client.message(one).code for one in sent] == [250] * len(sent)
    assert [one.content for one in upstream.messages] == [one or b"" for one in sent]


def test_recorder_takes_bdat_tls_and_logins(tmp_path: Path) -> None:
    tls = certificates(tmp_path)
    with Recorder("CHUNKING", tls=tls.server(), users={"an": "mat khau"}) as upstream, Client(upstream.port) as client:
        assert "STARTTLS" in client.ehlo()
        client.starttls(tls.client())
        assert "AUTH PLAIN LOGIN" in client.ehlo()
        assert client.command("AUTH PLAIN AGFuAHNhaQ==").code == 535
        assert client.command("AUTH PLAIN AGFuAG1hdCBraGF1").code == 235
        client.envelope()
        assert client.bdat(b"Subject: a\r\n", b"\r\nb").code == 250
    assert (upstream.messages[0].content, upstream.messages[0].login) == (b"Subject: a\r\n\r\nb", "an")


@pytest.mark.parametrize("fault", ["451 4.3.0 no", "close", "surplus"])
def test_recorder_fails_as_told(fault: str) -> None:
    with Recorder(fail={".": fault}) as upstream, Client(upstream.port) as client:
        client.ehlo()
        if fault == "close":
            with pytest.raises(ClosedError):
                client.message(SIMPLE)
        else:
            assert client.message(SIMPLE).code == (451 if fault.startswith("451") else 250)
    assert len(upstream.messages) == (fault == "surplus")


@pytest.mark.service("smtp-sink", "smtp-source")
def test_sink_and_source() -> None:
    with Sink(dump=True) as sink:
        smtp_source(sink.port, messages=20, sessions=4, length=500)
        smtp_source(sink.port, messages=20, sessions=4, length=500, reuse=True)
        assert len(sink.messages()) == 40
    with Sink("-q", ".") as sink, pytest.raises(AssertionError):
        smtp_source(sink.port)


@pytest.mark.service("postfix")
def test_postfix_delivers_and_refuses() -> None:
    with Postfix() as postfix, Client(postfix.port) as client:
        client.ehlo()
        assert client.message(SIMPLE).code == 250
        assert client.message(SIMPLE, "", "unknown@tinh.example").code == 550
        stored = postfix.wait_delivered(1)
        assert crlf(content(stored[0])) == SIMPLE


@pytest.mark.service("haproxy")
@pytest.mark.parametrize(
    ("send", "begin"), [("send-proxy", b"PROXY TCP4 127.0.0.1 "), ("send-proxy-v2", b"\r\n\r\n\0\r\nQUIT\n")]
)
def test_haproxy_tells_the_client(send: str, begin: bytes) -> None:
    with socket.create_server((HOST, 0)) as server, HAProxy(server.getsockname()[1], send) as proxy:
        server.settimeout(60)
        with socket.create_connection((HOST, proxy.port), 10):
            assert _first_bytes(server).startswith(begin)


def _first_bytes(server: socket.socket) -> bytes:
    """What the next connection says that says something (HAProxy's start was watched by one that did not)."""
    while True:
        connection, _ = server.accept()
        with connection:
            connection.settimeout(60)
            if got := connection.recv(200):
                return got
