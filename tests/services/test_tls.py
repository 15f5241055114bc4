"""TLS as an outsider sees it: what sslscan says of STARTTLS and implicit TLS, and renewed certificates."""

from __future__ import annotations

import re
import signal
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.client import Client, ClosedError
from tests.support.congthu import Gateway, listener, upstream
from tests.support.messages import SIMPLE
from tests.support.ports import HOST
from tests.support.processes import run
from tests.support.recorder import Recorder
from tests.support.tls import Certificates, certificates


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Certificates of this module alone: a test replaces them."""
    folder: Path = tmp_path_factory.mktemp("own")
    return certificates(folder)


@pytest.fixture(scope="module")
def gate(own: Certificates) -> Iterator[Gateway]:
    """Implicit TLS and STARTTLS."""
    files = {"certificate": str(own.chain), "key": str(own.key)}
    listeners = [listener(name="kin", tls="implicit", **files), listener(name="mo", tls="starttls", **files)]
    own_pace = {"shutdown_timeout": "30s"}  # a client in the middle of its handshake is not waited for
    with Recorder() as behind, Gateway(listeners, {"mailserver": upstream(behind.port)}, gateway=own_pace) as made:
        yield made


@pytest.mark.service("sslscan")
@pytest.mark.parametrize(("name", "how"), [("kin", []), ("mo", ["--starttls-smtp"])])
def test_sslscan(gate: Gateway, name: str, how: list[str]) -> None:
    done = run(["sslscan", "--no-colour", *how, f"{HOST}:{gate.port_of(name)}"])
    protocols = dict(re.findall(r"^((?:SSL|TLS)v[\d.]+)\s+(enabled|disabled)", done.stdout, re.MULTILINE))
    assert protocols, done.stdout + done.stderr
    assert {one for one, state in protocols.items() if state == "enabled"} == {"TLSv1.2", "TLSv1.3"}
    assert "not vulnerable to heartbleed" in done.stdout
    assert not re.search(r"Accepted.*(RC4|DES|NULL|EXP|MD5|anon)", done.stdout)
    assert re.search(r"Compression disabled|OpenSSL version does not support compression", done.stdout)


def test_nothing_said_before_the_handshake_counts(gate: Gateway, own: Certificates) -> None:
    """Commands sent with STARTTLS, before the handshake, are cut (RFC 3207 6, CVE-2011-0411)."""
    with Client(gate.port_of("mo")) as client:
        client.ehlo()
        client.send(b"STARTTLS\r\nMAIL FROM:<ke-gian@nguon.example>\r\n")
        code = client.read().code
        if code == 220:
            with pytest.raises((ssl.SSLError, OSError)):
                _handshake_and_use(client, own)
        else:
            assert code >= 400


def _handshake_and_use(client: Client, own: Certificates) -> None:
    client.socket = own.client().wrap_socket(client.socket, server_hostname="gw.tinh.example")
    client.ehlo()
    assert client.command("RCPT TO:<an@tinh.example>").code == 503
    raise OSError("the command before the handshake was not used")


def test_second_starttls_and_plain_text_on_the_tls_port(gate: Gateway, own: Certificates) -> None:
    with Client(gate.port_of("mo")) as client:
        assert "STARTTLS" in client.ehlo()
        client.starttls(own.client())
        assert "STARTTLS" not in client.ehlo()
        assert 500 <= client.command("STARTTLS").code < 600
        assert client.message(SIMPLE).code == 250
    with Client(gate.port_of("kin"), greet=False) as client:
        client.send(b"EHLO may.nguon.example\r\n")
        assert client.ended()


def test_renewed_certificate_without_dropping_a_session(gate: Gateway, own: Certificates) -> None:
    with Client(gate.port_of("mo")) as before:
        before.ehlo()
        before.starttls(own.client())
        renewed = certificates(own.chain.parent)
        gate.daemon.signal(signal.SIGHUP)
        deadline = time.monotonic() + 60
        while not _accepted(gate, renewed):
            assert time.monotonic() < deadline, "the old certificate is still shown"
            time.sleep(0.1)
        before.ehlo()
        assert before.message(SIMPLE).code == 250


def _accepted(gate: Gateway, expected: Certificates) -> bool:
    try:
        with Client(gate.port_of("kin"), tls=expected.client()) as client:
            return client.ehlo() != set()
    except (ssl.SSLError, ClosedError, ConnectionError):  # its worker went while it shook hands
        return False
