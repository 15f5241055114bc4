"""TLS that fails against a server is one plain line, with where to look; real servers stand in tests/services."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.directory.ldap import LdapFailed, LdapServer, read_all
from tests.support.tls import Certificates, certificates

_HOST = "127.0.0.1"


@contextlib.contextmanager
def _listening(tls: Certificates, *, starttls: bool) -> Iterator[str]:
    """A server that agrees to TLS (RFC 4511 4.14) and shakes hands once; its URL."""

    def serve() -> None:
        with contextlib.suppress(OSError):
            held = listener.accept()[0]
            with held:
                if starttls:
                    number = held.recv(4096)[4:5]
                    held.sendall(b"\x30\x0c\x02\x01" + number + b"\x78\x07\x0a\x01\x00\x04\x00\x04\x00")
                with tls.server().wrap_socket(held, server_side=True) as wrapped:
                    wrapped.recv(1)

    with socket.create_server((_HOST, 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"{'ldap' if starttls else 'ldaps'}://{_HOST}:{listener.getsockname()[1]}"
        thread.join(5)


def _said(url: str, authority: Path) -> str:
    with pytest.raises(LdapFailed) as caught:
        read_all(LdapServer(url, "dc=x", ca=authority, timeout=5.0))
    return str(caught.value).removeprefix(url)


@pytest.mark.parametrize("starttls", [True, False])
def test_a_certificate_that_is_not_trusted(tmp_path: Path, starttls: bool) -> None:
    (tmp_path / "other").mkdir()
    ours, other = certificates(tmp_path), certificates(tmp_path / "other")
    with _listening(ours, starttls=starttls) as url:
        said = _said(url, other.authority)
    assert said.startswith(": TLS failed: certificate verify failed: unable to get local issuer certificate; ")
    assert "ldap.ca" in said
    assert "ldap.url" in said
    assert not set("()[]\\\n") & set(said)


def test_a_certificate_of_another_host(tmp_path: Path) -> None:
    other = certificates(tmp_path, "khac.example")
    with _listening(other, starttls=False) as url:
        said = _said(url, other.authority)
    assert "certificate is not valid for '127.0.0.1'; is ldap.ca" in said
    assert not set("()[]\\\n") & set(said)


def test_an_authority_file_without_certificates(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("x")
    assert "is ldap.ca the file" in _said(f"ldaps://{_HOST}:1", tmp_path / "ca.pem")
