"""Who is believed: TLS, PROXY protocol, XCLIENT, XFORWARD, devices, directions, marks of an earlier passage."""

from __future__ import annotations

import asyncio
import hashlib
import json
import smtplib
import socket
import ssl
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme

from gateway.model import Address, Direction, Envelope, Recipient, Session
from gateway.proving import Proved
from gateway.who import NOBODY, Identity, Proof
from tests.smtp.conftest import MESSAGE, Client, Running, Start, without_trace

LOOPBACK = ["127.0.0.0/8"]
ENVELOPE = (b"MAIL FROM:<a@so.example>", b"RCPT TO:<q4@tphcm.gov.vn>")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    issued = authority.issue_cert("gw.test.example")
    issued.private_key_pem.write_to_path(folder / "key.pem")
    issued.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    return {"certificate": folder / "cert.pem", "key": folder / "key.pem"}


def no_check() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def listener(name: str, direction: str, **options: Any) -> dict[str, Any]:
    return {"name": name, "bind": f"127.0.0.1:{len(name)}", "direction": direction, "upstream": "box"} | options


# TLS


async def test_starttls(start: Start, certificate: dict[str, Path]) -> None:
    running = await start(tls="starttls", **certificate)

    def talk() -> list[int]:
        with smtplib.SMTP("127.0.0.1", running.ports["inbound"], "x.example", timeout=60) as client:
            client.starttls(context=no_check())
            forgotten = client.docmd("MAIL FROM:<a@so.example>")[0]
            client.ehlo()
            again = client.docmd("STARTTLS")[0]
            assert not client.has_extn("starttls")
            client.sendmail("a@so.example", ["q4@tphcm.gov.vn"], MESSAGE)
            return [forgotten, again]

    assert await asyncio.to_thread(talk) == [503, 503], "EHLO before TLS must be forgotten; TLS is begun once"
    assert b"with ESMTPS id" in running.delivered()[0]


async def test_commands_pipelined_after_starttls_are_cut(start: Start, certificate: dict[str, Path]) -> None:
    running = await start(tls="starttls", **certificate)
    client = await running.ready()
    client.send(b"STARTTLS\r\nMAIL FROM:<evil@so.example>\r\n")
    answer = await client.rest()
    assert answer.startswith(b"554 5.5.0 ") and b"220" not in answer


async def test_a_failed_handshake_harms_nobody_else(start: Start, certificate: dict[str, Path]) -> None:
    running = await start(tls="starttls", **certificate)
    client = await running.ready()
    await client.ask(b"STARTTLS")
    client.send(b"this is no TLS record at all, not even nearly\r\n" * 20)
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError, AssertionError)):
        assert await client.rest() == b"never"
    assert (await running.ready()) is not None


async def test_implicit_tls_and_a_new_certificate_without_restart(
    start: Start, certificate: dict[str, Path], tmp_path: Path
) -> None:
    running = await start(tls="implicit", **certificate)
    first = await running.connect(tls=no_check())
    before = first.writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    renewed = trustme.CA().issue_cert("gw.test.example")
    renewed.private_key_pem.write_to_path(certificate["key"])
    renewed.cert_chain_pems[0].write_to_path(certificate["certificate"])
    await running.app.reload(running.app.settings)
    second = await running.connect(tls=no_check())
    after = second.writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    assert before != after
    assert (await first.ask(b"NOOP")).startswith(b"250 "), "the open session must not notice"


async def test_tls_required(start: Start, certificate: dict[str, Path]) -> None:
    running = await start(tls="starttls", tls_required=True, **certificate)
    client = await running.ready()
    assert (await client.ask(b"MAIL FROM:<a@so.example>")).startswith(b"530 5.7.0 ")


async def test_submission_asks_for_auth_and_offers_none_without_tls(start: Start, certificate: dict[str, Path]) -> None:
    running = await start(direction="submission", tls="starttls", **certificate)
    client = await running.connect()
    assert b"AUTH" not in await client.ask(b"EHLO x.example")
    assert (await client.ask(b"AUTH PLAIN AGEAYg==")).startswith(b"538 ")
    assert (await client.ask(b"MAIL FROM:<a@tphcm.gov.vn>")).startswith(b"530 5.7.0 ")


async def test_submission_without_auth_is_for_devices_and_trusted_networks_only(start: Start) -> None:
    running = await start(direction="submission", auth=False, auth_required=False)
    client = await running.ready()
    assert (await client.ask(b"MAIL FROM:<giamdoc@tphcm.gov.vn>")).startswith(b"554 5.7.1 ")


# PROXY protocol


async def proxied(running: Running, header: bytes) -> bytes:
    client = await running.connect(greet=False)
    client.send(header)
    first = await client.reply()
    if first.startswith(b"220 "):
        await client.ask(b"EHLO x.example", *ENVELOPE, b"DATA", MESSAGE + b".")
    return first


@pytest.mark.parametrize(
    "header",
    [
        b"PROXY TCP4 203.0.113.9 192.0.2.1 4711 25\r\n",
        b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c" + bytes([203, 0, 113, 9, 192, 0, 2, 1]) + b"\x12\x67\x00\x19",
    ],
)
async def test_proxy_header_names_the_client(start: Start, header: bytes) -> None:
    running = await start(proxy_protocol=LOOPBACK)
    assert (await proxied(running, header)).startswith(b"220 ")
    assert b"[203.0.113.9]" in running.delivered()[0]


@pytest.mark.parametrize("header", [b"PROXY TCP4 1.2.3.4 x 1 2\r\n", b"EHLO x\r\n", b"PROXY " + b"x" * 300 + b"\r\n"])
async def test_a_bad_proxy_header_ends_the_connection(start: Start, header: bytes) -> None:
    running = await start(proxy_protocol=LOOPBACK)
    assert await proxied(running, header) == b""


async def test_without_the_setting_a_proxy_header_is_another_protocol(start: Start) -> None:
    running = await start()
    client = await running.connect()
    assert (await client.ask(b"PROXY TCP4 203.0.113.9 192.0.2.1 4711 25")).startswith(b"500 ")


# XCLIENT and XFORWARD


async def test_xclient_changes_who_the_client_is(start: Start) -> None:
    running = await start(xclient=LOOPBACK, gateway={"trusted_networks": LOOPBACK})
    client = await running.connect()
    assert b"XCLIENT NAME" in await client.ask(b"EHLO x.example")
    assert (await client.ask(b"XCLIENT NAME=evil+20host ADDR=203.0.113.9 LOGIN=[UNAVAILABLE]")).startswith(b"220 ")
    assert (await client.ask(b"MAIL FROM:<a@so.example>")).startswith(b"503 ")
    await client.ask(b"EHLO y.example", ENVELOPE[0])
    assert (await client.ask(b"RCPT TO:<x@elsewhere.example>")).startswith(b"550 "), "trust must not be inherited"
    await client.ask(ENVELOPE[1], b"DATA", MESSAGE + b".")
    assert b"from y.example (evil?host [203.0.113.9])" in running.delivered()[0]


@pytest.mark.parametrize("claim", [b"XCLIENT ADDR=127.0.0.1 LOGIN=q4@tphcm.gov.vn", b"XFORWARD ADDR=127.0.0.1"])
async def test_a_client_that_was_named_names_no_other(start: Start, claim: bytes) -> None:
    """A server in front that says who its client is may hand through what that client sends."""
    running = await start(xclient=LOOPBACK, xforward=LOOPBACK, gateway={"trusted_networks": LOOPBACK})
    client = await running.ready()
    assert (await client.ask(b"XCLIENT ADDR=203.0.113.9 LOGIN=an@tphcm.gov.vn")).startswith(b"220 ")
    assert (await client.ask(claim)).startswith(b"550 5.7.0 ")
    offered = await client.ask(b"EHLO y.example")
    assert b"XCLIENT" not in offered and b"XFORWARD" not in offered
    assert (await client.ask(claim)).startswith(b"550 5.7.0 ")
    await client.ask(*ENVELOPE, b"DATA", MESSAGE + b".")
    assert b"[203.0.113.9])" in running.delivered()[0]


async def test_a_named_client_counts_for_the_server_that_named_it(start: Start) -> None:
    running = await start(xclient=LOOPBACK, max_connections_per_address=1)
    for _ in range(3):
        client = await running.ready()
        assert (await client.ask(b"XCLIENT ADDR=203.0.113.9")).startswith(b"220 ")
        assert (await (await running.connect(greet=False)).rest()).startswith(b"421 ")
        assert (await client.ask(b"QUIT")).startswith(b"221 ")
        assert await client.rest() == b""


async def test_xforward_and_xclient_between_messages_only(start: Start) -> None:
    running = await start(xclient=LOOPBACK, xforward=LOOPBACK)
    client = await running.ready()
    await client.ask(ENVELOPE[0])
    for claim in (b"XFORWARD ADDR=203.0.113.9", b"XCLIENT ADDR=203.0.113.9"):
        assert (await client.ask(claim)).startswith(b"503 5.5.1 ")


@pytest.mark.parametrize(
    "bad",
    [
        b"XCLIENT",
        b"XCLIENT ADDR=nonsense",
        b"XCLIENT NAME",
        b"XCLIENT LOGIN=a+0D+0Ab",
        b"XCLIENT LOGIN=t+F4i",
        b"XCLIENT LOGIN=" + b"a" * 256,
    ],
)
async def test_malformed_xclient(start: Start, bad: bytes) -> None:
    running = await start(xclient=LOOPBACK)
    client = await running.ready()
    assert (await client.ask(bad)).startswith(b"501 ")


async def test_xforward_is_for_the_record(start: Start) -> None:
    running = await start(xforward=LOOPBACK)
    client = await running.ready()
    assert (await client.ask(b"XFORWARD NAME=mail.example ADDR=203.0.113.77")).startswith(b"250 ")
    await client.ask(*ENVELOPE, b"DATA", MESSAGE + b".")
    assert b"(mail.example [203.0.113.77])" in running.delivered()[0]


@pytest.mark.parametrize("end", ["message", "refused", "rset", "rset before mail", "ehlo", "xclient"])
async def test_xforward_is_said_of_one_message(start: Start, end: str) -> None:
    """Postfix forgets it with each transaction, and says nothing of its own bounce on the same connection."""
    running = await start(xforward=LOOPBACK, xclient=LOOPBACK)
    client = await running.ready()
    said = (b"XFORWARD NAME=mail.example ADDR=203.0.113.77", b"XFORWARD HELO=far.example")
    assert (await client.ask(*said)).startswith(b"250 ")
    if end in ("message", "refused", "rset"):
        await client.ask(*ENVELOPE)
    reply = {
        "message": [b"DATA", MESSAGE + b"."],
        "refused": [b"DATA", MESSAGE + b"\0\r\n."],
        "ehlo": [b"EHLO client.example"],
        "xclient": [b"XCLIENT HELO=client.example"],
    }.get(end, [b"RSET"])
    assert (await client.ask(*reply))[:1] in (b"2", b"5")
    await client.ask(*ENVELOPE, b"DATA", MESSAGE + b".")
    rows = [json.loads(row["payload"]) for row in await running.decisions()]
    who = [(row["client_address"], row.get("client_name", ""), row["helo"]) for row in rows]
    assert who[-1] == ("127.0.0.1", "", "client.example")
    assert end != "message" or who[0] == ("203.0.113.77", "mail.example", "far.example")


@pytest.mark.parametrize("said", ["XFORWARD HELO=", "XCLIENT HELO="])
@pytest.mark.parametrize(
    ("helo", "kept"),
    [
        ("client.example", "client.example"),
        ("PH+C3+92NG-CNTT", "PHÒNG-CNTT"),
        ("my+20printer", "my printer"),
        ("a+0D+0Ab", "a??b"),
        ("t+F4i", "t\ufffdi"),
        ("a" * 400, "a" * 255),
    ],
)
async def test_whatever_a_client_calls_itself_is_on_record(start: Start, said: str, helo: str, kept: str) -> None:
    """A server in front puts mail off for as long as what it says of its client is refused."""
    running = await start(xforward=LOOPBACK, xclient=LOOPBACK)
    client = await running.ready()
    assert (await client.ask(f"{said}{helo}".encode()))[:4] in (b"250 ", b"220 ")
    await client.ask(*ENVELOPE, b"DATA", MESSAGE + b".")
    assert json.loads((await running.decisions())[0]["payload"])["helo"] == kept
    assert running.delivered()[0].isascii()


async def test_a_login_is_told_in_utf8(start: Start) -> None:
    running = await start(xclient=LOOPBACK)
    client = await running.ready()
    assert (await client.ask(b"XCLIENT LOGIN=t+C3+B4i@tphcm.gov.vn")).startswith(b"220 ")
    await client.ask(b"EHLO y.example", *ENVELOPE, b"DATA", MESSAGE + b".")
    assert json.loads((await running.decisions())[0]["payload"])["user"] == "tôi@tphcm.gov.vn"


async def test_a_server_that_does_not_know_its_clients_name_goes_on(start: Start) -> None:
    running = await start(xforward=LOOPBACK)
    client = await running.ready()
    assert (await client.ask(b"XFORWARD HELO=[UNAVAILABLE]")).startswith(b"250 ")
    assert (await client.ask(ENVELOPE[0])).startswith(b"250 ")


# Directions and devices


async def test_outbound_and_proxy_filter_serve_trusted_networks_only(start: Start) -> None:
    running = await start(listeners=[listener("outbound", "outbound"), listener("filter-x", "proxy-filter")])
    for name in ("outbound", "filter-x"):
        client = await running.connect(name, greet=False)
        assert (await client.rest()).startswith(b"554 5.7.1 ")


async def test_outbound_relays_for_the_mail_server(start: Start) -> None:
    running = await start(listeners=[listener("outbound", "outbound")], gateway={"trusted_networks": LOOPBACK})
    client = await running.ready("outbound")
    assert (await client.ask(b"MAIL FROM:<a@tphcm.gov.vn>", b"RCPT TO:<x@elsewhere.example>")).startswith(b"250 ")


async def test_a_device_sends_without_auth_but_only_as_itself(start: Start) -> None:
    devices = [{"network": "127.0.0.0/8", "sender": "scan@tphcm.gov.vn"}]
    running = await start(direction="submission", devices=devices)
    client = await running.ready()
    assert (await client.ask(b"MAIL FROM:<chutich@tphcm.gov.vn>")).startswith(b"550 5.7.1 ")
    assert (await client.ask(b"MAIL FROM:<scan@tphcm.gov.vn>", b"RCPT TO:<x@elsewhere.example>")).startswith(b"250 ")


# A message that passes twice

TWO = [listener("proxy-in", "proxy-filter"), listener("outbound", "outbound")]


def big() -> bytes:
    head = b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    return head + (b"z" * 998 + b"\r\n") * 16_000


async def send(running: Running, name: str, content: bytes) -> bytes:
    client = await running.ready(name)
    await client.ask(b"MAIL FROM:<a@tphcm.gov.vn>", b"RCPT TO:<x@elsewhere.example>", b"DATA")
    client.send(content + b".\r\n")
    return await client.reply()


def marked(
    running: Running, content: bytes, sender: str = "a@tphcm.gov.vn", recipient: str = "x@elsewhere.example"
) -> bytes:
    return mark(running, Direction.PROXY_FILTER, content, sender, recipient) + content


def mark(
    running: Running, direction: Direction, content: bytes, sender: str, recipient: str = "x@elsewhere.example"
) -> bytes:
    session = Session("s", "x", direction, "127.0.0.1", 1)
    classes = ("tphcm-q4-03-2013", "tphcm-q4-03-2013 internal")
    recipients = [Recipient(Address(recipient), policy_class=name) for name in classes]
    envelope = Envelope(session, Address(sender), recipients)
    return running.app.marks.field(envelope, hashlib.sha256(content).hexdigest(), time.time())


async def test_a_mark_is_written_where_mail_can_come_back(start: Start) -> None:
    running = await start(listeners=TWO, gateway={"trusted_networks": LOOPBACK})
    assert (await send(running, "proxy-in", MESSAGE)).startswith(b"250 ")
    assert b"X-Congthu-Pass: v=1;" in running.delivered()[0]
    assert without_trace(running.delivered()[0]) == MESSAGE


async def test_a_marked_message_is_judged_once(start: Start) -> None:
    running = await start(listeners=TWO, gateway={"trusted_networks": LOOPBACK})
    assert (await send(running, "outbound", big())).startswith(b"552"), "without a mark it is judged"
    relayed = b"Received: from gw by mail; today\r\n" + marked(running, big())
    assert (await send(running, "outbound", relayed)).startswith(b"250 ")


async def test_a_mark_on_other_bytes_counts_for_nothing(start: Start) -> None:
    running = await start(listeners=TWO, gateway={"trusted_networks": LOOPBACK})
    changed = marked(running, big()) + b"more\r\n"
    assert (await send(running, "outbound", changed)).startswith(b"552")


async def test_a_mark_for_another_sender_counts_for_nothing(start: Start) -> None:
    running = await start(listeners=TWO, gateway={"trusted_networks": LOOPBACK})
    assert (await send(running, "outbound", marked(running, big(), "exempt@tphcm.gov.vn"))).startswith(b"552")


async def test_a_mark_for_another_recipient_counts_for_nothing(start: Start) -> None:
    running = await start(listeners=TWO, gateway={"trusted_networks": LOOPBACK})
    other = marked(running, big(), recipient="ai@elsewhere.example")
    assert (await send(running, "outbound", other)).startswith(b"552")
    ours = marked(running, big(), recipient="X@Elsewhere.example")
    assert (await send(running, "outbound", ours)).startswith(b"250 ")


async def test_a_mark_below_anything_but_trace_fields_counts_for_nothing(start: Start) -> None:
    running = await start(listeners=TWO, gateway={"trusted_networks": LOOPBACK})
    plain = b"Subject: x\r\n\r\n" + big()
    disguised = b"Content-Type: application/zip\r\n" + marked(running, plain)
    assert (await send(running, "outbound", marked(running, plain))).startswith(b"250 ")
    assert (await send(running, "outbound", disguised)).startswith(b"552")


async def test_a_forged_mark_is_taken_out(start: Start) -> None:
    running = await start()
    forged = b"X-Congthu-Pass: v=1; t=1; d=inbound; c=-; s=" + b"0" * 64 + b"; m=" + b"0" * 64 + b"\r\n"
    assert (await running.submit(b"Subject: first\r\n" + forged + MESSAGE + b".\r\n")).startswith(b"250 ")
    assert running.contents() == [b"Subject: first\r\n" + MESSAGE]


async def test_a_stranger_cannot_replay_a_genuine_mark(start: Start) -> None:
    running = await start()
    content = mark(running, Direction.INBOUND, big(), "a@so.example") + big()
    assert (await running.submit(content + b".\r\n")).startswith(b"552")


async def half_a_handshake(running: Running) -> Client:
    """A client that has begun TLS, and says no more."""
    client = await running.connect(greet=False)
    inner, outer = ssl.MemoryBIO(), ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        no_check().wrap_bio(inner, outer).do_handshake()
    client.send(outer.read()[:40])
    async with asyncio.timeout(60):
        while not running.app.listeners["inbound"].open_sessions:
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    return client


async def test_who_breaks_off_a_handshake_takes_up_no_room(start: Start, certificate: dict[str, Path]) -> None:
    running = await start(tls="implicit", **certificate)
    client = await half_a_handshake(running)
    client.writer.transport.abort()
    async with asyncio.timeout(60):
        while running.app.listeners["inbound"].open_sessions:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("gone", [False, True])
async def test_a_stop_does_not_wait_for_half_a_handshake(
    start: Start, certificate: dict[str, Path], *, gone: bool
) -> None:
    running = await start(tls="implicit", **certificate)
    client = await half_a_handshake(running)
    if gone:
        client.writer.transport.abort()
    listener = running.app.listeners["inbound"]
    async with asyncio.timeout(60):
        await listener.stop(3600)
    assert not listener.open_sessions


@pytest.mark.parametrize("split", [1, 5, 100, 10_000])
async def test_implicit_tls_behind_a_proxy_header(start: Start, certificate: dict[str, Path], split: int) -> None:
    """HAProxy in TCP mode: its header and the client's first handshake bytes come in any cut, often together."""
    running = await start(tls="implicit", proxy_protocol=LOOPBACK, **certificate)
    header = b"PROXY TCP4 203.0.113.9 192.0.2.1 4711 465\r\n"

    def talk() -> bytes:
        with socket.create_connection(("127.0.0.1", running.ports["inbound"]), 60) as raw:
            inner, outer = ssl.MemoryBIO(), ssl.MemoryBIO()
            tls = no_check().wrap_bio(inner, outer)
            with pytest.raises(ssl.SSLWantReadError):
                tls.do_handshake()
            first = header + outer.read()
            raw.sendall(first[:split])
            time.sleep(0.05)
            raw.sendall(first[split:])
            while True:
                try:
                    return tls.read(100)
                except ssl.SSLWantReadError:
                    if outer.pending:
                        raw.sendall(outer.read())
                    inner.write(raw.recv(65536))

    assert (await asyncio.to_thread(talk)).startswith(b"220 ")


TAG = ("X-Congthu-Request", "proved; mailbox=a@tphcm.gov.vn")


def tagged(
    running: Running, content: bytes, *, tag: bytes = b"X-Congthu-Request: proved; mailbox=a@tphcm.gov.vn"
) -> bytes:
    session = Session("s", "x", Direction.PROXY_FILTER, "127.0.0.1", 1)
    classes = ("tphcm-q4-03-2013", "tphcm-q4-03-2013 internal")
    recipients = [Recipient(Address("x@elsewhere.example"), policy_class=name) for name in classes]
    envelope = Envelope(session, Address("a@tphcm.gov.vn"), recipients)
    field = running.app.marks.field(envelope, hashlib.sha256(content).hexdigest(), time.time(), [TAG])
    return b"Received: from gw by mail; today\r\n" + tag + b"\r\n" + field + content


SMALL = b"From: a@tphcm.gov.vn\r\nSubject: thu\r\n\r\nXin chao.\r\n"


async def test_what_trouble_of_ours_ended_says_who_was_proved(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    async def proved(*_: object) -> Proved:
        return Proved(replace(NOBODY, identity=Identity("a@tphcm.gov.vn", how=Proof.LOGIN)))

    async def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("gateway.proving.Prover.prove", proved)
    monkeypatch.setattr("gateway.pipeline.Pipeline._deliver", broken)
    running = await start(listeners=TWO, gateway={"trusted_networks": LOOPBACK})
    for content in (SMALL, tagged(running, SMALL)):
        assert (await send(running, "outbound", content)).startswith(b"451 4.3.0 ")
    first, again = (json.loads(row["payload"]) for row in await running.decisions())
    assert (first["outcome"], first["proved"], first["proved_by"]) == ("internal error", "a@tphcm.gov.vn", "login")
    assert (again["outcome"], again["passed"]) == ("internal error", True)
    assert "passed" not in first and "proved" not in again


async def test_our_tags_above_a_mark_stay(start: Start) -> None:
    running = await start(listeners=TWO, gateway={"trusted_networks": LOOPBACK})
    assert (await send(running, "outbound", tagged(running, big()))).startswith(b"250 ")
    folded = b"X-Congthu-Request: proved;\r\n mailbox=a@tphcm.gov.vn"  # as a mail server may write it
    assert (await send(running, "outbound", tagged(running, big(), tag=folded))).startswith(b"250 ")
    assert all(b"X-Congthu-Request: proved" in one for one in running.delivered())


@pytest.mark.parametrize(
    "tag",
    [
        b"X-Congthu-Request: proved; mailbox=b@tphcm.gov.vn",
        b"X-Congthu-Request: proved; mailbox=a@tphcm.gov.vn\r\nX-Congthu-Request: proved",
        b"X-Congthu-Charset: x",
        b"X-Nothing: y",
    ],
)
async def test_other_tags_above_a_mark_make_it_count_for_nothing(start: Start, tag: bytes) -> None:
    running = await start(listeners=TWO, gateway={"trusted_networks": LOOPBACK})
    assert (await send(running, "outbound", tagged(running, big(), tag=tag))).startswith(b"552")
    assert (await send(running, "outbound", tagged(running, MESSAGE, tag=tag))).startswith(b"250 ")
    assert b"X-Congthu-Request" not in running.delivered()[0]


async def test_a_header_that_ends_out_of_sight_is_refused(start: Start) -> None:
    running = await start(rules={"unscannable": "observe"})
    hidden = b"X: y\r\n" * 1500 + b"Authentication-Results: gw.test.example; dkim=pass\r\n\r\nhello\r\n"
    assert (await running.submit(hidden + b".\r\n")).startswith(b"550 5.6.0 ")


async def test_forged_results_are_taken_out(start: Start) -> None:
    running = await start()
    forged = b"Authentication-Results: gw.test.example; dkim=pass\r\n"
    other = b"Authentication-Results: mx.other.example; dkim=pass\r\n"
    assert (await running.submit(other + forged + MESSAGE + b".\r\n")).startswith(b"250 ")
    assert without_trace(running.delivered()[0]) == other + MESSAGE
