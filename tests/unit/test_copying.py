"""A copy is with the archive before the next hop has the message; where it is not, what was configured happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.config import Settings
from gateway.copying import Copier, Kept, copier_of
from gateway.errors import UpstreamError
from gateway.model import Envelope
from gateway.upstream.smtp import SmtpUpstream
from tests.unit.rules.make import envelope, settings
from tests.unit.test_looks import received
from tests.unit.upstream.fake import FakeServer, Listening, config

TO, AN = "luu-tru@tinh.example", "an@tinh.example"
CONTENT = b"Subject: Bao cao\r\nX-Congthu-Tag: forged\r\nTo: a@x.example\r\n\r\n.xin chao\r\n"
SKIP = [(18, 41)]
Connect = Callable[[FakeServer], SmtpUpstream]


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    made: list[SmtpUpstream] = []

    def make(server: FakeServer) -> SmtpUpstream:
        made.append(SmtpUpstream("test", config(server), "gw.example", Listening()))
        return made[-1]

    yield make
    for upstream in made:
        await upstream.close()


async def copy(
    copier: Copier, hop: SmtpUpstream, folder: Path, *, there: Envelope | None = None, deliver: bool = True
) -> Kept:
    """What the pipeline does: recipients, the copy, the message."""
    there = there or envelope(AN, "a@x.example", "second@x.example")
    content, transaction = received(folder, CONTENT), hop.begin(there)
    try:
        await transaction.rcpt(there.recipients)
        kept = await copier.copy(there, content, transaction, "REF", SKIP)
        if deliver and kept is not Kept.HELD:
            await transaction.send(b"Received: x\r\n", content, skip=SKIP)
        return kept
    finally:
        transaction.abort()
        content.spool.close()


async def test_one_more_recipient_of_the_same_transaction(connect: Connect, tmp_path: Path) -> None:
    async with FakeServer() as server:
        assert await copy(Copier(TO, None, hostname="gw"), connect(server), tmp_path) is Kept.DONE
        [delivered] = server.delivered
        assert delivered.rcpts == [
            "RCPT TO:<a@x.example>",
            "RCPT TO:<second@x.example>",
            f"RCPT TO:<{TO}> NOTIFY=NEVER",
        ]
        assert b"forged" not in delivered.data


async def test_an_archive_that_is_a_recipient_gets_one(connect: Connect, tmp_path: Path) -> None:
    async with FakeServer() as server:
        there = envelope(AN, "Luu-Tru@tinh.example")
        assert await copy(Copier(TO, None, hostname="gw"), connect(server), tmp_path, there=there) is Kept.DONE
        assert len(server.delivered[0].rcpts) == 1


@pytest.mark.parametrize(("passes", "kept"), [(False, Kept.HELD), (True, Kept.MISSING)])
async def test_an_archive_that_the_next_hop_refuses(connect: Connect, tmp_path: Path, passes: bool, kept: Kept) -> None:
    async with FakeServer("rejects_second_recipient") as server:
        copier = Copier("second@luu-tru.example", None, hostname="gw", passes=passes)
        there = envelope(AN, "a@x.example")
        assert await copy(copier, connect(server), tmp_path, there=there) is kept
        assert len(server.delivered) == passes


async def test_a_next_hop_that_goes_away_is_its_own_failure(connect: Connect, tmp_path: Path) -> None:
    async with FakeServer("drops_after_rcpt", "drops_at_ehlo") as server:
        with pytest.raises(UpstreamError):
            await copy(Copier(TO, None, hostname="gw", passes=True), connect(server), tmp_path)


async def test_another_host_has_it_first_with_the_envelope(connect: Connect, tmp_path: Path) -> None:
    async with FakeServer() as server, FakeServer() as archive:
        copier = Copier(TO, connect(archive), hostname="gw.example")
        assert await copy(copier, connect(server), tmp_path, deliver=False) is Kept.DONE
        assert server.delivered == []
        [report] = archive.delivered
        assert (report.mail, report.rcpts) == ("MAIL FROM:<>", [f"RCPT TO:<{TO}> NOTIFY=NEVER"])
        assert b"Subject: Journal report [REF]\r\n" in report.data
        kept = CONTENT[:18] + CONTENT[41:]
        assert kept in report.data, "the message as it goes on, its dots as they were"
        assert b"forged" not in report.data


@pytest.mark.parametrize(
    "trouble", ["421_at_mail", "rejects_all", "rejects_message", "drops_in_content", "silent_after_dot"]
)
@pytest.mark.parametrize(("passes", "kept"), [(False, Kept.HELD), (True, Kept.MISSING)])
async def test_another_host_that_does_not_take_it(
    connect: Connect, tmp_path: Path, trouble: str, passes: bool, kept: Kept
) -> None:
    async with FakeServer() as server, FakeServer(trouble) as archive:
        copier = Copier(TO, connect(archive), hostname="gw.example", passes=passes, timeout=0.5)
        assert await copy(copier, connect(server), tmp_path) is kept
        assert len(server.delivered) == passes


async def test_cancelled_it_lets_go(connect: Connect, tmp_path: Path) -> None:
    async with FakeServer() as server, FakeServer("silent_after_dot") as archive:
        copier = Copier(TO, connect(archive), hostname="gw.example", timeout=60)
        task = asyncio.create_task(copy(copier, connect(server), tmp_path))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert server.delivered == []


def made(**given: Any) -> Settings:
    return settings(
        "submission",
        "inbound",
        upstream={"m": {"maildir": "m"}, "archive": {"maildir": "a"}},
        copies=given,
    )


def test_whose_mail_is_copied() -> None:
    hops: Any = {"m": object(), "archive": object()}
    with_all = made(address=TO)
    assert all(copier_of(with_all, one, hops) for one in with_all.listener)
    submission, inbound = made(address=TO, listeners=["submission"]).listener
    assert copier_of(made(address=TO, listeners=["submission"]), submission, hops) is not None
    assert copier_of(made(address=TO, listeners=["submission"]), inbound, hops) is None
    assert copier_of(made(), submission, hops) is None
    same = copier_of(made(address=TO, upstream="m"), submission, hops)
    other = copier_of(made(address=TO, upstream="archive"), submission, hops)
    assert same is not None and same._archive is None
    assert other is not None and other._archive is hops["archive"]
