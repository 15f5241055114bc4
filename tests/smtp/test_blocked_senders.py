"""A stopped sender, end to end: locked by the command in another process, or blocked for its conduct while it sends."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from gateway.blocks.store import BlockStore
from gateway.directory.database import Database
from gateway.directory.outbox import Outbox
from gateway.rates import Standing
from tests.smtp.conftest import MESSAGE, Client, Running, Start

THIEF, OTHER = "an@tphcm.gov.vn", "ba@tphcm.gov.vn"
TOLD = f"{THIEF}%127.0.0.0/24"  # the name, as our mail server there tells it
ADMINISTRATOR = "quantri@tphcm.gov.vn"
LISTENER = {
    "name": "submission",
    "bind": "127.0.0.1:1",
    "direction": "submission",
    "upstream": "box",
    "auth_required": False,
    "auth": False,
}
FREE: dict[str, Any] = {"unknown": {"recipients": [], "messages": [], "new_recipients": ["100000/day"], "size": []}}


async def gate(start: Start, blocking: str = "observe", **options: Any) -> Running:
    """A gateway whose clients are our own mail server, and that never mails its notices away."""
    senders = {"refresh": 0.1, "blocking": blocking, "administrators": [ADMINISTRATOR]}
    trusted = {"trusted_networks": ["127.0.0.0/8"]}
    return await start(listeners=[LISTENER], gateway=trusted, senders=senders, limits=FREE, **options)


def record(running: Running) -> BlockStore:
    """Another process's view of the same store."""
    return BlockStore(Database("sqlite:///congthu.db", running.folder))


async def command(running: Running, *arguments: str) -> str:
    """`congthu senders …` as a process of its own."""
    path = running.folder / "config.toml"
    path.write_text(
        f'[gateway]\nhostname = "gw.test.example"\ndata_dir = "{running.folder}"\ndomains = ["tphcm.gov.vn"]\n'
        f'[senders]\nadministrators = ["{ADMINISTRATOR}"]\n'
    )
    words = [sys.executable, "-m", "gateway", "senders", *arguments, "--config", str(path)]
    child = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
    out, err = await asyncio.wait_for(child.communicate(), 60)
    assert child.returncode == 0, err.decode()
    return out.decode()


async def send(client: Client, sender: str, *recipients: str) -> bytes:
    """The reply to a message, or the first one that refuses it."""
    lines = [f"MAIL FROM:<{sender}>", *(f"RCPT TO:<{one}>" for one in recipients or ("ai@khac.example",)), "DATA"]
    for line in lines:
        answer = await client.ask(line.encode())
        if not answer.startswith((b"250", b"354")):
            await client.ask(b"RSET")
            return answer
    client.send(MESSAGE + b".\r\n")
    return await client.reply()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while not await condition():
            await asyncio.sleep(0.05)


def knows(running: Running, who: str, standing: Standing | None) -> Callable[[], Awaitable[bool]]:
    """Whether the running gateway has this sender stand so."""

    async def ask() -> bool:
        found = running.app._knowledge.known.blocks.find(who)
        return (found.standing if found is not None else None) is standing

    return ask


async def test_a_lock_by_the_command_holds_at_once_and_until_the_number(start: Start) -> None:
    running = await gate(start)
    client = await running.ready("submission")
    assert (await send(client, THIEF)).startswith(b"250")
    await command(running, "block", THIEF, "--reason", "lộ mật khẩu")
    await until(knows(running, THIEF, Standing.LOCKED))
    refused = await send(client, THIEF.upper())
    assert refused.startswith(b"550-5.7.1 Hop thu an@tphcm.gov.vn da bi khoa gui thu")
    assert (await send(client, OTHER)).startswith(b"250")
    row = next(one for one in await running.decisions() if one["action"] == "reject")
    (finding,) = json.loads(row["payload"])["findings"]
    assert (finding["rule"], finding["evidence"]["standing"]) == ("blocked-sender", "locked")
    shown = json.loads(await command(running, "show", THIEF, "--json"))
    assert [one["rules"] for one in shown["decisions"]] == [["blocked-sender"]]
    await command(running, "release", THIEF, "--confirmation", "12/CV-SNV")
    await until(knows(running, THIEF, None))
    assert (await send(client, THIEF)).startswith(b"250")


async def test_a_lock_in_mid_transaction_stops_the_message(start: Start) -> None:
    running = await gate(start)
    client = await running.ready("submission")
    await client.ask(f"MAIL FROM:<{THIEF}>".encode(), b"RCPT TO:<ai@khac.example>", b"DATA")
    await asyncio.to_thread(record(running).lock, THIEF, "lan", "stolen")
    await until(knows(running, THIEF, Standing.LOCKED))
    client.send(MESSAGE + b".\r\n")
    assert (await client.reply()).startswith(b"550")
    assert running.delivered() == []


async def test_a_lock_outlives_a_restart(start: Start, tmp_path: Path) -> None:
    store = BlockStore(Database("sqlite:///congthu.db", tmp_path))
    await asyncio.to_thread(store.prepare)
    await asyncio.to_thread(store.lock, THIEF, "lan", "stolen")
    running = await gate(start)
    client = await running.ready("submission")
    assert (await send(client, THIEF)).startswith(b"550")


async def blast(running: Running, standing: Standing = Standing.BLOCKED, most: int = 600) -> tuple[list[bytes], int]:
    """A thief at work: messages to 25 strangers each. The replies, until one refuses, or it is known what he is."""
    stopped = knows(running, TOLD, standing)
    client = await running.ready("submission")
    replies: list[bytes] = []
    for number in range(most):
        people = [f"n{number}x{index}@khac.example" for index in range(25)]
        replies.append(await send(client, THIEF, *people))
        if not replies[-1].startswith(b"250") or (standing is not Standing.BLOCKED and await stopped()):
            break
        await asyncio.sleep(0.1)
    return replies, len(replies) - 1


@pytest.mark.parametrize("blocking", ["enforce", "observe"])
async def test_a_thief_is_stopped_while_it_sends_or_only_told(start: Start, blocking: str) -> None:
    running = await gate(start, blocking)
    standing = Standing.BLOCKED if blocking == "enforce" else Standing.SUSPECT
    replies, _ = await blast(running, standing)
    await until(knows(running, TOLD, standing))
    if blocking == "enforce":
        assert replies[-1].startswith(b"550-5.7.1 Hop thu an@tphcm.gov.vn tam ngung gui thu")
    else:
        assert all(reply.startswith(b"250") for reply in replies)
        client = await running.ready("submission")
        assert (await send(client, THIEF)).startswith(b"250")
        found = json.loads((await running.decisions())[-1]["payload"])["findings"]
        assert [(one["rule"], one["mode"]) for one in found] == [("blocked-sender", "observe")]
    await asyncio.sleep(0.5)  # conduct goes on judging; nobody is told twice
    told = [one.notice for one in Outbox(Database("sqlite:///congthu.db", running.folder)).list()]
    assert [(one.kind, one.recipient) for one in told] == [(f"sender-{standing}", ADMINISTRATOR)]
    text = message_from_bytes(told[0].message, policy=default).get_content()
    assert "người nhận mà hộp thư này chưa từng viết cho" in text
    kept = await asyncio.to_thread(record(running).find, TOLD)
    assert kept is not None
    assert "new_recipients" in kept.reasons
    client = await running.ready("submission")
    assert (await send(client, OTHER)).startswith(b"250")


async def test_what_was_done_before_a_release_does_not_block_again(start: Start) -> None:
    running = await gate(start, "enforce")
    await blast(running)
    await until(knows(running, TOLD, Standing.BLOCKED))
    await command(running, "release", THIEF, "--reason", "giấy mời, đã hỏi")
    await until(knows(running, TOLD, None))
    client = await running.ready("submission")
    for number in range(3):
        assert (await send(client, THIEF, f"khach{number}@khac.example")).startswith(b"250")
        await asyncio.sleep(0.4)
    assert await knows(running, TOLD, None)()
