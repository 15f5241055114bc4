"""Sessions that are slow, greedy or rude."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import time
from typing import Any

from tests.attack.test_lost_recipients import Hop
from tests.smtp.conftest import MESSAGE, Start


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


async def test_a_client_that_reads_nothing_is_cut_at_the_end(start: Start) -> None:
    running = await start(max_connections_per_address=2, command_timeout=1.0)
    loop = asyncio.get_running_loop()
    inspector = running.app._tools.inspector  # its processes have descriptors, too
    await inspector.start()
    while inspector.running < inspector.limits.count:
        await asyncio.sleep(0.05)
    before = descriptors()
    kept: list[socket.socket] = []
    for _ in range(6):  # one after the other: never two sessions at once
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        sock.setblocking(False)
        await loop.sock_connect(sock, ("127.0.0.1", running.ports["inbound"]))
        kept.append(sock)
        await loop.sock_recv(sock, 200)
        await loop.sock_sendall(sock, b"EHLO x\r\n")
        await asyncio.sleep(0.05)
        await loop.sock_sendall(sock, b"MAIL FROM:<a@so.example>\r\nRCPT TO:<q4@tphcm.gov.vn>\r\n")
        await asyncio.sleep(0.05)
        with contextlib.suppress(TimeoutError, OSError):
            await asyncio.wait_for(loop.sock_sendall(sock, b"BDAT 0\r\n" * 400_000), 4)
        for _ in range(100):
            await asyncio.sleep(0.05)
            if not running.app.listeners["inbound"].open_sessions:
                break
    for _ in range(200):
        await asyncio.sleep(0.1)
        if descriptors() - 6 - before <= 2:
            break
    print("sessions", running.app.listeners["inbound"].open_sessions, "descriptors", before, descriptors() - 6)
    left = descriptors() - 6 - before
    for sock in kept:
        sock.close()
    await asyncio.sleep(0.2)
    assert left <= 2, f"{left} connections are open and uncounted"


async def test_pipelined_chunks_do_not_stop_everybody_else(start: Start) -> None:
    running = await start()
    client = await running.ready()
    await client.ask(b"MAIL FROM:<a@so.example>", b"RCPT TO:<q4@tphcm.gov.vn>")
    worst = 0.0

    async def beat() -> None:
        nonlocal worst
        while True:
            before = time.thread_time()  # what the loop computes meanwhile, whatever else the machine does
            await asyncio.sleep(0.005)
            worst = max(worst, time.thread_time() - before)

    task = asyncio.create_task(beat())
    client.send(b"BDAT 1\r\nx" * 80_000)
    for _ in range(60):
        await asyncio.sleep(0.1)
        if not running.app.listeners["inbound"].open_sessions:
            break
    task.cancel()
    print("worst pause", worst)
    assert worst < 0.5, f"the loop stood still for {worst:.1f} s"


async def test_dribbling_clients_do_not_use_up_the_pool(start: Start) -> None:
    server = await asyncio.start_server(Hop().serve, "127.0.0.1", 0)
    host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    running = await start(upstream={"box": {"hosts": [host], "pool_size": 2, "connect_timeout": 9.0}})
    slow = [await running.ready() for _ in range(2)]
    for client in slow:
        await client.ask(b"MAIL FROM:<a@so.example>", b"RCPT TO:<q4@tphcm.gov.vn>", b"DATA")

    async def dribble(client: Any) -> None:
        while True:
            client.send(b"x")
            await asyncio.sleep(0.5)

    tasks = [asyncio.create_task(dribble(client)) for client in slow]
    await asyncio.sleep(2)
    other = await running.ready()
    client_answer = other.ask(b"MAIL FROM:<a@so.example>", b"RCPT TO:<q4@tphcm.gov.vn>")
    answer = await asyncio.wait_for(client_answer, 30)
    for task in tasks:
        task.cancel()
    server.close()
    print(answer)
    assert answer.startswith(b"250")


async def test_a_transfer_in_chunks_has_a_time_too(start: Start) -> None:
    running = await start(transfer_timeout=2.0)
    client = await running.ready()
    await client.ask(b"MAIL FROM:<a@so.example>", b"RCPT TO:<q4@tphcm.gov.vn>")
    for _ in range(12):
        client.send(b"BDAT 1\r\n")
        await asyncio.sleep(0.5)
        client.send(b"x")
        answer = await client.reply()
        if not answer.startswith(b"250"):
            return
    raise AssertionError("six seconds for a transfer that may take two")


async def test_a_message_without_its_first_chunk_is_not_delivered(start: Start) -> None:
    running = await start()
    client = await running.ready()
    await client.ask(b"MAIL FROM:<a@so.example>", b"RCPT TO:<q4@tphcm.gov.vn>")
    pool = running.app.spools
    cap, pool.disk_cap = pool.disk_cap, 0  # another message's share ...
    client.send(b"BDAT %d\r\n" % len(MESSAGE) + MESSAGE)
    first = await client.reply()
    pool.disk_cap = cap  # ... which is free again a moment later
    client.send(b"BDAT 6 LAST\r\nrest\r\n")
    second = await client.reply()
    print(first, second, running.delivered())
    assert first.startswith(b"452")
    assert not second.startswith(b"250"), "half a message was delivered"


async def test_a_pipelined_recipient_is_not_rewritten(start: Start) -> None:
    running = await start()
    client = await running.ready()
    answer = await client.ask(b"MAIL FROM:<a@so.example> SMTPUTF8")
    print(answer)
    client.send(b"RCPT TO:<q4@tphcm.gov.vn>\r\nRCPT TO:<b\xff\xfe@tphcm.gov.vn>\r\n")
    answers = [await client.reply(), await client.reply()]
    print(answers)
    assert not answers[1].startswith(b"250"), "accepted for <b\\ufffd\\ufffd@...>"


async def test_clients_that_read_nothing_do_not_use_up_the_pool(start: Start) -> None:
    server = await asyncio.start_server(Hop().serve, "127.0.0.1", 0)
    host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    running = await start(upstream={"box": {"hosts": [host], "pool_size": 2, "connect_timeout": 9.0}})
    loop = asyncio.get_running_loop()
    socks = []
    for _ in range(2):
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        sock.setblocking(False)
        await loop.sock_connect(sock, ("127.0.0.1", running.ports["inbound"]))
        socks.append(sock)
        await loop.sock_recv(sock, 200)
        await loop.sock_sendall(sock, b"EHLO x\r\n")
        await asyncio.sleep(0.05)
        await loop.sock_sendall(sock, b"MAIL FROM:<a@so.example>\r\nRCPT TO:<q4@tphcm.gov.vn>\r\n")
        await asyncio.sleep(0.1)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(loop.sock_sendall(sock, b"BDAT 0\r\n" * 400_000), 4)
    other = await running.ready()
    asked = other.ask(b"MAIL FROM:<a@so.example>", b"RCPT TO:<q4@tphcm.gov.vn>")
    answer = await asyncio.wait_for(asked, 30)
    for sock in socks:
        sock.close()
    server.close()
    print(answer)
    assert answer.startswith(b"250")
