"""Trouble with what is known of senders: no mail before the directory was read, and no second word after the 250."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from gateway import replies
from gateway.model import Envelope
from gateway.pipeline import Arrival
from gateway.proving import Proved
from gateway.who import NOBODY
from tests.smtp.conftest import MESSAGE, Running, Start

AWAY = "postgresql://nobody@127.0.0.1:1/none"


def said(reply: Any) -> bytes:
    return f"{reply.line}\r\n".encode()


async def test_no_mail_before_the_directory_was_read(start: Start) -> None:
    running = await start(store={"url": AWAY}, request_channel=[{"address": "q4@tphcm.gov.vn"}])
    running.app.journal.close = partial(running.app.journal.close, 0.1)  # type: ignore[method-assign]
    client = await running.ready()
    assert await client.ask(b"MAIL FROM:<a@so.example>") == said(replies.NO_DIRECTORY)
    assert (await running.app.ready())["directory"]
    assert (await running.app.ready())["senders"]
    running.app._knowledge.known.missing = False
    assert await client.ask(b"MAIL FROM:<a@so.example>") == said(replies.NO_DIRECTORY)  # who is locked, nobody knows
    running.app._knowledge.known.unread = False
    assert await client.ask(b"MAIL FROM:<a@so.example>") == said(
        replies.NO_DIRECTORY
    )  # which rules were ordered, either
    running.app._knowledge.known.unruled = False
    assert (await client.ask(b"MAIL FROM:<a@so.example>")).startswith(b"250")
    assert not (await running.app.ready())["directory"]


@dataclass
class Forgetful:
    """Claims a signature for every message, and cannot say what became of it."""

    ready: bool = True
    signs: bool = True
    hangs: bool = False
    told: list[bool] = field(default_factory=list)

    def may_have_forged(self, _message: Any) -> bool:
        return True

    async def with_forged(self, _message: Any, skip: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
        return skip

    def reaches_channel(self, _envelope: Envelope) -> bool:
        return False

    async def prove(self, *_: Any) -> Proved:
        return Proved(NOBODY, keys=("a",))

    async def added(self, *_: Any) -> bytes:
        return b""

    def hides_results(self, _behind: bytes) -> bool:
        return False

    async def settle(self, _proved: Proved, *, delivered: bool) -> None:
        self.told.append(delivered)
        if self.hangs:
            await asyncio.Event().wait()
        raise OSError(f"the store is gone: delivered={delivered}")


def forget(running: Running, *, hangs: bool = False) -> None:
    pipeline = running.app.listeners["inbound"].context.pipeline
    pipeline.origins = Forgetful(hangs=hangs)  # type: ignore[assignment]


async def test_a_delivered_message_stays_one_where_its_signature_cannot_be_remembered(start: Start) -> None:
    running = await start()
    forget(running)
    client = await running.ready()
    for _ in range(2):
        envelope = (b"MAIL FROM:<a@so.example>", b"RCPT TO:<q4@tphcm.gov.vn>", b"DATA")
        assert (await client.ask(*envelope)).startswith(b"354")
        client.send(MESSAGE + b".\r\n")
        assert (await client.reply()).startswith(b"250"), "and the session goes on"
    assert [row["action"] for row in await running.decisions()] == ["accept", "accept"]
    assert len(running.delivered()) == 2


async def test_nor_where_the_memory_takes_longer_than_a_message_may(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = await start(post_dot_timeout="5s")
    forget(running, hangs=True)
    told: list[str] = []
    keep = running.app.journal.append
    monkeypatch.setattr(running.app.journal, "append", lambda row: (told.append(row.action), keep(row)))
    assert (await running.submit(MESSAGE + b".\r\n")).startswith(b"250")
    await running.clients[-1].rest()
    assert told == ["accept"], "no second word about the same message"


async def test_what_a_client_did_not_hear_is_not_held_against_its_next_try(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = await start()
    forget(running)
    pipeline = running.app.listeners["inbound"].context.pipeline
    conclude = pipeline.conclude

    async def deaf(arrival: Arrival) -> Any:
        arrival.tell = lambda _reply: False
        return await conclude(arrival)

    monkeypatch.setattr(pipeline, "conclude", deaf)
    client = await running.ready()
    await client.ask(b"MAIL FROM:<a@so.example>", b"RCPT TO:<q4@tphcm.gov.vn>", b"DATA")
    client.send(MESSAGE + b".\r\n")
    for _ in range(2000):
        if running.delivered() and await running.decisions():
            break
        await asyncio.sleep(0.02)
    assert len(running.delivered()) == 1
    assert pipeline.origins.told == []  # type: ignore[union-attr]
