"""A stolen mailbox, end to end: its conduct is seen, told once, blocked where that is wanted; a lock by hand holds."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from typing import Any

import pytest

from gateway.blocks.store import BlockStore
from gateway.rates import Standing
from tests.smtp.conftest import MESSAGE, Client, Running, Start
from tests.smtp.test_limits import PERSON, gate, listener, message, settled

AMPLE = {"unknown": {"recipients": [], "messages": [], "new_recipients": ["1000000/day"], "size": []}}
TOLD = f"{PERSON}%127.0.0.0/24"  # the name, as our mail server there tells it
QUICK = {"refresh": "100ms", "administrators": ["quantri@tphcm.gov.vn"]}


async def until(check: Any, seconds: float = 60.0) -> None:
    async with asyncio.timeout(seconds):
        while not check():
            await asyncio.sleep(0.05)


def store(running: Running) -> BlockStore:
    return BlockStore(running.app._knowledge.database)


async def blast(running: Running, client: Client, count: int, of: str = "x") -> list[bytes]:
    """The same content to `count` messages of ten new recipients each; the replies."""
    replies = []
    for number in range(count):
        reply = await client.ask(f"MAIL FROM:<{PERSON}>".encode())
        if reply.startswith(b"250"):
            for n in range(10):
                await client.ask(f"RCPT TO:<{of}{number}.{n}@khac{n}.example>".encode())
            await client.ask(b"DATA")
            client.send(MESSAGE + b"Click http://khac.example/\r\n.\r\n")
            reply = await client.reply()
        replies.append(reply)
        if reply.startswith(b"550"):
            break
        if number % 10 == 9:
            await settled(running)
            await asyncio.sleep(0.3)
    return replies


def notices(running: Running) -> list[str]:
    with sqlite3.connect(running.folder / "congthu.db") as database:
        return [row[0] for row in database.execute("select recipient from notice_outbox")]


async def test_a_lock_by_hand_holds_at_once_and_ends_with_the_confirmations_number(start: Start) -> None:
    running = await gate(start, limits=AMPLE, senders=QUICK)
    client = await running.ready("submission")
    await asyncio.to_thread(store(running).lock, PERSON, "phong cntt", "Mất điện thoại")
    await until(lambda: running.app._knowledge.known.blocks.find(PERSON))
    refused = [await client.ask(f"MAIL FROM:<{PERSON}>".encode()) for _ in range(3)]
    assert all(reply.startswith(b"550-5.7.1") and b"AG 10.2a" not in reply for reply in refused)  # Q4 governs here
    assert len(set(refused)) == 1  # one record, to which all refer
    assert (await message(client, "ba@tphcm.gov.vn")).startswith(b"250")
    store(running).release(PERSON, "phong cntt", confirmation="45/CV-VP")
    await until(lambda: not running.app._knowledge.known.blocks.find(PERSON))
    assert (await message(client, PERSON)).startswith(b"250")
    rows = [row for row in await running.decisions() if row["action"] == "reject"]
    assert [json.loads(row["payload"])["findings"][0]["evidence"]["standing"] for row in rows] == ["locked"]


@pytest.mark.parametrize("blocking", ["observe", "enforce"])
async def test_a_blast_is_found_told_once_and_blocked_where_that_is_wanted(start: Start, blocking: str) -> None:
    running = await gate(start, limits=AMPLE, senders={**QUICK, "blocking": blocking})
    client = await running.ready("submission")
    replies = await blast(running, client, 600 if blocking == "enforce" else 60)  # until it is refused
    await until(lambda: store(running).find(TOLD) is not None)
    block = store(running).find(TOLD)
    assert store(running).find(PERSON) is None, "whose mailbox it is may have nothing to do with it"
    assert block is not None
    assert block.standing is (Standing.BLOCKED if blocking == "enforce" else Standing.SUSPECT)
    assert {"new_recipients", "burst"} & set(block.reasons)
    stopped = [reply for reply in replies if reply.startswith(b"550-5.7.1")]
    assert bool(stopped) is (blocking == "enforce")
    assert notices(running).count("quantri@tphcm.gov.vn") == 1


async def test_ordinary_mail_is_nobodys_business(start: Start) -> None:
    running = await gate(start, limits=AMPLE, senders={**QUICK, "blocking": "enforce"})
    client = await running.ready("submission")
    for number in range(12):
        assert (await message(client, PERSON, 3, MESSAGE + f"Thu so {number}\r\n".encode())).startswith(b"250")
    await settled(running)
    await asyncio.sleep(0.6)
    assert store(running).find(TOLD) is None


async def test_without_the_watch_nothing_is_kept_of_anybody(start: Start) -> None:
    running = await gate(start, listener(), limits=AMPLE, senders={**QUICK, "watch": False})
    client = await running.ready("submission")
    await blast(running, client, 40)
    assert store(running).find(TOLD) is None


async def test_who_has_a_written_exception_is_not_judged_and_a_lock_holds_all_the_same(start: Start) -> None:
    exception = {"address": PERSON, "reason": "Bản tin, công văn 12", "expires": "2999-12-31", "conduct": False}
    options = {"limits": AMPLE, "senders": {**QUICK, "blocking": "enforce"}, "limit_override": [exception]}
    running = await gate(start, **options)
    client = await running.ready("submission")
    assert all(reply.startswith(b"250") for reply in await blast(running, client, 40))
    assert store(running).find(TOLD) is None
    await asyncio.to_thread(store(running).lock, PERSON, "phong cntt", "Mất điện thoại")
    await until(lambda: running.app._knowledge.known.blocks.find(PERSON))
    assert (await client.ask(f"MAIL FROM:<{PERSON}>".encode())).startswith(b"550")
    changed = running.app.settings.model_copy(update={"limit_override": ()})
    await running.app._watching.prepare(changed).commit()
    store(running).release(PERSON, "phong cntt", confirmation="45/CV-VP")
    await until(lambda: not running.app._knowledge.known.blocks.find(PERSON))
    await blast(running, client, 60, "y")
    await until(lambda: store(running).find(TOLD) is not None)
