"""TLS towards the next hop, with a private authority."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest
import trustme

from gateway.errors import StartError, UpstreamDown
from gateway.upstream import tls
from gateway.upstream.connection import Connection
from gateway.upstream.inspect import inspect_upstream
from tests.unit.upstream.conftest import Connect
from tests.unit.upstream.fake import EXTENSIONS, FakeServer, Text, config, envelope, to

BODY = Text(b"Subject: x\r\n\r\nhello\r\n")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


def server_context(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.mark.parametrize("mode", ["required", "opportunistic", "implicit"])
async def test_a_message_over_tls(connect: Connect, authority: trustme.CA, ca_file: Path, mode: str) -> None:
    async with FakeServer(tls=server_context(authority), implicit=mode == "implicit") as server:
        upstream = connect(server, tls=mode, tls_ca=ca_file)
        for _ in range(2):
            transaction = upstream.begin(envelope())
            assert [r.code for r in await transaction.rcpt(to("a"))] == [250]
            assert (await transaction.send(b"", Text(b"x\r\n" * 10**5, chunks=[b"x\r\n" * 10**4] * 10))).code == 250
        assert len(server.delivered) == 2
        assert len(server.seen) == 1
        starts = server.seen[0].commands.count("STARTTLS")
        assert starts == (0 if mode == "implicit" else 1)


@pytest.mark.parametrize("mode", ["required", "implicit"])
@pytest.mark.parametrize("wrong", ["authority", "name"])
async def test_a_wrong_certificate_is_no_connection(
    connect: Connect, authority: trustme.CA, ca_file: Path, mode: str, wrong: str
) -> None:
    context = server_context(trustme.CA()) if wrong == "authority" else server_context(authority, "other.example")
    async with FakeServer(tls=context, implicit=mode == "implicit") as server:
        upstream = connect(server, tls=mode, tls_ca=ca_file)
        with pytest.raises(UpstreamDown):
            await upstream.begin(envelope()).rcpt(to("a"))
        assert upstream.observer.failures == ["tls"]  # type: ignore[attr-defined]
        assert upstream.pool.open_connections == 0


async def test_the_name_to_expect_can_be_given(connect: Connect, authority: trustme.CA, ca_file: Path) -> None:
    async with FakeServer(tls=server_context(authority, "mail.example")) as server:
        upstream = connect(server, tls="required", tls_ca=ca_file, tls_name="mail.example")
        assert [r.code for r in await upstream.begin(envelope()).rcpt(to("a"))] == [250]


async def test_opportunistic_takes_any_certificate(connect: Connect) -> None:
    async with FakeServer(tls=server_context(trustme.CA(), "other.example")) as server:
        assert [r.code for r in await connect(server, tls="opportunistic").begin(envelope()).rcpt(to("a"))] == [250]
        assert "STARTTLS" in server.seen[0].commands


async def test_opportunistic_that_verifies_does_not_fall_back(connect: Connect, ca_file: Path) -> None:
    async with FakeServer(tls=server_context(trustme.CA())) as server:
        upstream = connect(server, tls="opportunistic", tls_verify=True, tls_ca=ca_file)
        with pytest.raises(UpstreamDown):
            await upstream.begin(envelope()).rcpt(to("a"))
        assert len(server.seen) == 1


async def test_opportunistic_falls_back_where_tls_does_not_work(connect: Connect) -> None:
    broken = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)  # no certificate: every handshake fails
    async with FakeServer(tls=broken) as server:
        upstream = connect(server, tls="opportunistic")
        assert [r.code for r in await upstream.begin(envelope()).rcpt(to("a"))] == [250]
        assert "STARTTLS" not in server.seen[1].commands


async def test_required_and_not_offered_is_no_connection(connect: Connect) -> None:
    async with FakeServer() as server:
        with pytest.raises(UpstreamDown):
            await connect(server, tls="required").begin(envelope()).rcpt(to("a"))
        assert not any(c.startswith("MAIL") for c in server.seen[0].commands)


@pytest.mark.parametrize("behaviour", ["injects_before_tls", "injects_a_part_before_tls"])
@pytest.mark.parametrize("mode", ["required", "opportunistic"])
async def test_replies_injected_before_tls_are_not_believed(
    connect: Connect, authority: trustme.CA, mode: str, behaviour: str
) -> None:
    async with FakeServer(behaviour, tls=server_context(authority)) as server:
        upstream = connect(server, tls=mode, tls_verify=False)
        with pytest.raises(UpstreamDown):
            await upstream.begin(envelope()).rcpt(to("a"))
        assert upstream.observer.failures == ["surplus"]  # type: ignore[attr-defined]


async def test_an_authority_file_that_is_none_says_so(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    for name in ("ca.pem", "absent.pem"):
        with pytest.raises(StartError, match=name):
            tls.client_context(config(tls="required", tls_ca=tmp_path / name))


async def test_a_report_tells_what_the_operator_needs(authority: trustme.CA) -> None:
    good, dead = FakeServer(tls=server_context(authority)), FakeServer()
    async with dead:
        pass
    async with good:
        report = await inspect_upstream(config(good, dead, tls="opportunistic"))
    first, second = report.hosts
    assert report.reachable
    assert first.greeting == "fake ESMTP"
    assert first.size == 50000000
    assert first.capabilities.pipelining is ("PIPELINING" in EXTENSIONS)
    assert first.tls.startswith("TLSv1.")
    assert "certificate" in first.certificate
    assert not second.reachable
    assert "refused" in second.error


@pytest.mark.parametrize("behaviour", ["good", "silent_at_quit"])
async def test_a_look_leaves_no_connection_behind(behaviour: str) -> None:
    """A process that looks and ends, as `check-config --connect` does, must not leave a socket to the collector."""
    opened: list[Connection] = []
    made = Connection.connection_made

    def noted(connection: Connection, transport: asyncio.BaseTransport) -> None:
        opened.append(connection)
        made(connection, transport)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Connection, "connection_made", noted)
        async with FakeServer(behaviour) as server:
            assert (await inspect_upstream(config(server, tls="none"))).reachable
            await asyncio.sleep(0)
            assert [connection._transport for connection in opened] == [None]
