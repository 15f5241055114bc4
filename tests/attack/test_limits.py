"""Limits that are not there, or not where they are counted."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import time
from pathlib import Path

import trustme

from gateway.smtp.paths import PathError, parse_rcpt
from tests.smtp.conftest import Start


async def test_handshakes_count_as_connections(start: Start, tmp_path: Path) -> None:
    issued = trustme.CA().issue_cert("gw.test.example")
    issued.private_key_pem.write_to_path(tmp_path / "k.pem")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "c.pem")
    running = await start(
        tls="implicit",
        certificate=tmp_path / "c.pem",
        key=tmp_path / "k.pem",
        max_connections=5,
        max_connections_per_address=5,
    )
    loop = asyncio.get_running_loop()
    before = len(os.listdir("/proc/self/fd"))
    socks = []
    for _ in range(50):
        sock = socket.socket()
        sock.setblocking(False)
        await loop.sock_connect(sock, ("127.0.0.1", running.ports["inbound"]))
        socks.append(sock)
    for _ in range(100):
        await asyncio.sleep(0.1)
        held = len(os.listdir("/proc/self/fd")) - before - 50
        if held <= 6:
            break
    for sock in socks:
        sock.close()
    await asyncio.sleep(0.2)
    assert held <= 6, f"{held} connections of one address are held where 5 are allowed"


def test_blanks_take_linear_time() -> None:
    def cost(blanks: int) -> float:
        text = "TO:<a@so.example> NOTIFY=NEVER" + " " * blanks + "ORCPT=rfc822;x"
        best = 1.0
        for _ in range(5):
            before = time.perf_counter()
            with contextlib.suppress(PathError):
                parse_rcpt(text, utf8=False)
            best = min(best, time.perf_counter() - before)
        return best

    once, eight = cost(240), cost(1920)
    print(once, eight)
    assert eight < 20 * once, f"eight times the blanks, {eight / once:.0f} times the time ({eight * 1000:.1f} ms)"


async def test_nul_is_refused_where_line_ends_are_normalised(start: Start) -> None:
    running = await start(bare_newline="normalize")
    answer = await running.submit(b"Subject: x\r\n\r\na\0b\nc\r\n.\r\n")
    print(answer, running.delivered())
    assert answer.startswith(b"550")


async def test_empty_chunks_are_not_for_ever(start: Start) -> None:
    running = await start(max_commands=20)
    client = await running.ready()
    await client.ask(b"MAIL FROM:<a@so.example>", b"RCPT TO:<q4@tphcm.gov.vn>")
    for _ in range(2000):
        answer = await client.ask(b"BDAT 0")
        if answer.startswith(b"421"):
            return
    raise AssertionError("2000 commands without a message")
