"""Polling mailboxes: how many a second and what CPU each costs, ours against a raw pipelined client, on one Dovecot.

The raw client is what a short script could do at best: asyncio streams, all commands of a mailbox written at once
without waiting for the greeting (login, STATUS of two folders, GETQUOTAROOT, LOGOUT), answers read line by line, their
numbers taken by one pattern, nothing checked, nothing kept. Ours is the gateway's whole poll: bounded, every failure
named, compared with the last poll's baseline, evidence inferred, the outcome written down (in memory; with --store a
third row: in the gateway's own SQLite store). All poll the same mailboxes with as many at once, in turn within each
round; medians, the ratio within a round. Dovecot reuses its processes (`service_count`), as a server that is polled
should, and keeps no last_login file, for whose lock all logins would wait. CPU is the client's own process's; "server"
is Dovecot's. "By CPU" is what both sides' CPU together would allow; on a busy machine it is the steadier figure.

usage: python -m benchmarks.poll [--mailboxes 300] [--rounds 5] [--concurrency 8] [--tls] [--store] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import platform
import re
import ssl
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import uvloop

from benchmarks.usage import measured_cpu
from gateway.directory.database import Database
from gateway.imap.poll import Poller
from gateway.imap.ports import Outcome, Past, Records
from gateway.imap.settings import Account, Asking, Server, Sweeping, Target
from gateway.imap.sweep import Sweep
from gateway.upkeep.records import Upkeep
from tests.support.dovecot import DovecotImap
from tests.support.tls import Certificates, certificates

Way = Callable[[Sequence[str]], Awaitable[int]]
_ITEMS = "(MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ)"
_NUMBERS = re.compile(rb" (\d+)")
_COMMANDS = f"b STATUS INBOX {_ITEMS}\r\nc STATUS Sent {_ITEMS}\r\nd GETQUOTAROOT INBOX\r\ne LOGOUT\r\n"


@dataclass(slots=True)
class Figures:
    """Of one way, one number a round: mailboxes a second, CPU milliseconds a mailbox of the client and the server."""

    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    server: list[float] = field(default_factory=list)


class Kept:
    """Records in memory."""

    def __init__(self) -> None:
        self._baselines: dict[str, bytes] = {}

    async def past(self) -> Mapping[str, Past]:
        """Nothing."""
        return {}

    async def baseline(self, mailbox: str) -> bytes | None:
        """The last one."""
        return self._baselines.get(mailbox)

    async def keep(self, outcomes: Sequence[Outcome]) -> None:
        """Keep them."""
        self._baselines.update({one.mailbox: one.baseline.to_bytes() for one in outcomes if one.baseline})


def ours(dovecot: DovecotImap, tls: Certificates | None, concurrency: int, records: Records | None = None) -> Way:
    """The gateway's poller, its rate not capped."""
    server = Server("127.0.0.1", dovecot.port, "loopback")
    if tls:
        server = Server("127.0.0.1", dovecot.imaps, "implicit", name="localhost", authority=tls.authority)
    poller = Poller(server, Account(dovecot.MASTER, dovecot.SECRET), Asking())
    sweep = Sweep(poller, list, records or Kept(), Sweeping(rate=1e6, concurrency=concurrency))

    async def poll(mailboxes: Sequence[str]) -> int:
        return sum(one.failure is None for one in await sweep.once([Target(mailbox) for mailbox in mailboxes]))

    return poll


def raw(dovecot: DovecotImap, tls: Certificates | None, concurrency: int) -> Way:
    """Everything at once, little looked at."""
    context: ssl.SSLContext | None = tls.client() if tls else None
    port = dovecot.imaps if tls else dovecot.port

    async def one(mailbox: str) -> bool:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=context, server_hostname="localhost" if context else None
        )
        secret = base64.b64encode(f"{mailbox}\0{dovecot.MASTER}\0{dovecot.SECRET}".encode()).decode()
        writer.write(f"a AUTHENTICATE PLAIN {secret}\r\n{_COMMANDS}".encode())
        numbers: list[list[bytes]] = []
        good = False
        while line := await reader.readline():
            if line.startswith((b"* STATUS", b"* QUOTA ")):
                numbers.append(_NUMBERS.findall(line))
            good |= line.startswith(b"d OK")
        writer.close()
        return good and len(numbers) == 3

    async def poll(mailboxes: Sequence[str]) -> int:
        waiting, done = list(mailboxes), []

        async def work() -> None:
            while waiting:
                done.append(await one(waiting.pop()))

        await asyncio.gather(*(work() for _ in range(concurrency)))
        return sum(done)

    return poll


async def measure(ways: Mapping[str, Way], mailboxes: Sequence[str], rounds: int, server: int) -> dict[str, Figures]:
    """Each way once a round, after one round that is not counted."""
    figures = {name: Figures() for name in ways}
    for number in range(rounds + 1):
        for name, way in ways.items():
            with measured_cpu(server) as used:
                began, cpu = time.perf_counter(), time.process_time()
                polled = await way(mailboxes)
                seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
                spent = used()
            if polled != len(mailboxes):
                raise SystemExit(f"{name} polled {polled} of {len(mailboxes)} mailboxes")
            if number:
                figures[name].rates.append(polled / seconds)
                figures[name].cpu.append(cpu / polled * 1000)
                figures[name].server.append(spent / polled * 1000)
    return figures


def table(figures: Mapping[str, Figures]) -> str:
    """For people."""
    lines = [f"{'':<24}{'mailboxes/s':>12}{'CPU ms each':>13}{'server ms each':>16}"]
    for name, one in figures.items():
        lines.append(f"{name:<24}{median(one.rates):>12.0f}{median(one.cpu):>13.2f}{median(one.server):>16.2f}")
    by_cpu = cost(figures["raw"]) / cost(figures["ours"])
    return "\n".join([*lines, f"ours to raw: {ratio(figures):.2f}; by CPU {by_cpu:.2f} (goal: at least 0.8)"])


def cost(one: Figures) -> float:
    """CPU milliseconds of a mailbox, client and server."""
    return median(one.cpu) + median(one.server)


def ratio(figures: Mapping[str, Figures]) -> float:
    """Mailboxes a second, ours to the raw client's: the median of the rounds' ratios."""
    return median(a / b for a, b in zip(figures["ours"].rates, figures["raw"].rates, strict=True))


def main(argv: list[str] | None = None) -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.poll", description="mailboxes polled a second")
    parser.add_argument("--mailboxes", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--concurrency", type=int, default=8)
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--store", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    mailboxes = [f"hop{number}@tinh.example" for number in range(options.mailboxes)]
    with tempfile.TemporaryDirectory() as folder:
        tls = certificates(Path(folder)) if options.tls else None
        with DovecotImap(mailboxes, tls, last_login=False) as dovecot:
            ways = {"raw": raw(dovecot, tls, options.concurrency), "ours": ours(dovecot, tls, options.concurrency)}
            if options.store:
                upkeep = Upkeep(Database("sqlite:///poll.db", Path(folder)))
                upkeep.use.prepare()
                ways["ours, store"] = ours(dovecot, tls, options.concurrency, upkeep)
            figures = uvloop.run(measure(ways, mailboxes, options.rounds, dovecot.daemon.pid))
    if options.json:
        print(json.dumps({name: vars_of(one) for name, one in figures.items()} | {"ratio": ratio(figures)}))
    else:
        print(
            f"{options.mailboxes} mailboxes, {options.concurrency} at once, {'TLS' if options.tls else 'plain'}, "
            f"{os.cpu_count()} cores, Python {platform.python_version()}"
        )
        print(table(figures))


def vars_of(one: Figures) -> dict[str, float]:
    """The medians."""
    return {"rate": median(one.rates), "cpu_ms": median(one.cpu), "server_ms": median(one.server)}


if __name__ == "__main__":
    main()
