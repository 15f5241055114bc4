"""The SMTP client towards Postfix: its smtpd, and smtp-sink with each of its faults."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.errors import UpstreamBroken, UpstreamDown, UpstreamError, UpstreamUnsure
from gateway.model import Address, Recipient
from gateway.upstream.inspect import inspect_upstream
from gateway.upstream.smtp import SmtpUpstream
from tests.support.ports import free_port, listening
from tests.support.postfix import Postfix, content
from tests.support.processes import Daemon
from tests.unit.upstream.fake import Text, config, envelope, session

PREFIX = b"X-Prefix: gw.example\r\n"
BODY = b"Subject: x\r\n\r\n.dot\r\n..two\r\n\r\nlast\r\n"


def upstream(port: int, **settings: object) -> SmtpUpstream:
    patient = {"connect_timeout": 60, "command_timeout": 60, **settings}
    return SmtpUpstream("test", config(hosts=(f"127.0.0.1:{port}",), **patient), "gw.example")


async def attempt(out: SmtpUpstream, body: Text, *names: str) -> tuple[list[int], int]:
    """The codes of the recipients and of the message (0 where nobody was accepted)."""
    transaction = out.begin(envelope(body="8BITMIME", size=body.size))
    replies = await transaction.rcpt([Recipient(Address(f"{n}@tinh.example")) for n in names or ("an",)])
    if all(r.code >= 400 for r in replies):
        transaction.abort()
        return [r.code for r in replies], 0
    return [r.code for r in replies], (await transaction.send(PREFIX, body)).code


@contextmanager
def sink(folder: Path, *options: str) -> Iterator[int]:
    """smtp-sink with these options; its port."""
    port = free_port()
    daemon = Daemon(["smtp-sink", "-u", "nobody", *options, f"127.0.0.1:{port}", "20"], folder / "sink.log")
    daemon.start()
    try:
        daemon.wait_until(lambda: listening(port), f"port {port}")
        yield port
    finally:
        daemon.stop()


@pytest.fixture(scope="module")
def postfix() -> Iterator[Postfix]:
    """One that refuses nobody's HELO and lets us use XCLIENT and XFORWARD; another port without CHUNKING."""
    ours = {"smtpd_authorized_xclient_hosts": "127.0.0.1", "smtpd_authorized_xforward_hosts": "127.0.0.1"}
    plain = {**ours, "smtpd_discard_ehlo_keywords": "chunking,silent-discard"}
    with Postfix({free_port(): ours, free_port(): plain}) as made:
        yield made


@pytest.mark.service("postfix")
@pytest.mark.parametrize("service", [0, 1], ids=["bdat", "data"])
@pytest.mark.parametrize("chunks", [None, [BODY[n : n + 1] for n in range(len(BODY))]], ids=["memory", "stream"])
async def test_postfix_has_the_bytes(postfix: Postfix, service: int, chunks: list[bytes] | None) -> None:
    postfix.clear()
    out = upstream(list(postfix.services)[service])
    codes = [await attempt(out, Text(BODY, chunks=chunks), "an", "unknown", "later") for _ in range(2)]
    assert out.pool.open_connections == 1
    await out.close()
    assert codes == [([250, 550, 450], 250)] * 2
    stored = await asyncio.to_thread(postfix.wait_delivered, 2)
    assert len(stored) == 2
    assert all((PREFIX + BODY).replace(b"\r\n", b"\n") in one for one in stored)


@pytest.mark.service("postfix")
async def test_postfix_learns_who_the_client_is(postfix: Postfix) -> None:
    postfix.clear()
    for how, address in (("xclient", "192.0.2.77"), ("xforward", "192.0.2.78")):
        out = upstream(postfix.port, **{how: True})
        for _ in range(2):
            transaction = out.begin(envelope(client=session(address, helo="said.example")))
            assert [r.code for r in await transaction.rcpt([Recipient(Address("an@tinh.example"))])] == [250]
            assert (await transaction.send(PREFIX, Text(BODY))).code == 250
        assert out.pool.open_connections == 1
        await out.close()
    for words in ("client=host.example[192.0.2.77]", "orig_client=host.example[192.0.2.78]"):
        assert await asyncio.to_thread(postfix.wait_logged, words, 2) == 2, words
    stored = await asyncio.to_thread(postfix.wait_delivered, 4)
    assert sum(b"Received: from said.example (host.example [192.0.2.77])" in one for one in stored) == 2


@pytest.mark.service("postfix")
async def test_a_held_and_an_aborted_transaction_leave_nothing(postfix: Postfix) -> None:
    postfix.clear()
    out = upstream(postfix.port)
    aborted, held = out.begin(envelope()), out.begin(envelope())
    await aborted.rcpt([Recipient(Address("binh@tinh.example"))])
    aborted.abort()
    await held.rcpt([Recipient(Address("an@tinh.example"))])
    held.hold()
    assert (await held.send(PREFIX, Text(BODY))).code == 250
    assert out.pool.open_connections == 1
    await out.close()
    stored = await asyncio.to_thread(postfix.wait_delivered, 1)
    assert len(stored) == 1
    assert b"binh@" not in stored[0]
    assert content(stored[0]).startswith(PREFIX.replace(b"\r\n", b"\n"))


@pytest.mark.service("postfix")
async def test_postfix_is_described(postfix: Postfix) -> None:
    report = (await inspect_upstream(config(hosts=(f"127.0.0.1:{postfix.port}",)))).hosts[0]
    assert report.reachable
    assert report.size == 104857600
    assert report.capabilities.chunking
    assert report.capabilities.pipelining
    assert "ADDR" in report.capabilities.xclient


@pytest.mark.service("smtp-sink")
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("-r", "mail"), ([450], 0)),
        (("-f", "mail"), ([500], 0)),
        (("-r", "rcpt"), ([450], 0)),
        (("-f", "rcpt"), ([500], 0)),
        (("-r", "data"), ([250], 450)),
        (("-f", "data"), ([250], 500)),
        (("-r", "."), ([250], 450)),
        (("-f", "."), ([250], 500)),
        (("-q", "connect"), UpstreamDown),
        (("-q", "ehlo"), UpstreamDown),
        (("-q", "mail"), UpstreamBroken),
        (("-q", "rcpt"), UpstreamBroken),
        (("-q", "data"), UpstreamBroken),
        (("-q", "."), UpstreamUnsure),
        (("-Q", "connect"), UpstreamDown),
        (("-Q", "mail"), UpstreamBroken),
        (("-Q", "rcpt"), UpstreamBroken),
        (("-Q", "data"), UpstreamBroken),
        (("-Q", "."), ([250], 451)),
        (("-A", "1"), ([250], 550)),
        (("-H", "1"), ([250], 250)),
        (("-p",), ([250], 250)),
        (("-e",), ([250], 250)),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) and value and isinstance(value[0], str) else None,
)
async def test_smtp_sinks_faults(
    tmp_path: Path, options: tuple[str, ...], expected: tuple[list[int], int] | type[UpstreamError]
) -> None:
    body = b"x" * 70 + b"\r\n"
    large = Text(body * 14000, chunks=[body * 1000] * 14)
    with sink(tmp_path, *options) as port:
        out = upstream(port)
        for _ in range(2):
            if isinstance(expected, tuple):
                assert await attempt(out, large) == expected
            else:
                with pytest.raises(expected):
                    await attempt(out, large)
            assert out.pool.used_connections == 0
        await out.close()


async def test_a_refusal_on_the_heels_of_354_delivers_nothing(tmp_path: Path) -> None:
    """Whether it comes with the 354, and is surplus, or after it, and is the last word, is up to the network."""
    body = b"x" * 70 + b"\r\n"
    with sink(tmp_path, "-A", "0") as port:
        out = upstream(port)
        for _ in range(2):
            try:
                assert await attempt(out, Text(body * 14000, chunks=[body * 1000] * 14)) == ([250], 550)
            except UpstreamBroken:
                continue
        assert out.pool.used_connections == 0
        await out.close()
