"""Limits of senders: decisions a second, the wait that each adds, CPU of each; ours on SQLite and Redis, and others.

A decision of ours: is there room for one recipient of one message, in 3 windows each of recipients and of messages, for
one account ("1 account"), or for a mailbox, its unit, its domain and its client together, all or none ("4 accounts").
A decision of the others: one account, 3 windows, counted once. Nothing is ever refused: every decision is written. Ours
on SQLite: WAL, synchronous=NORMAL, a group of decisions is one transaction; policyd-rate-limit on SQLite: as it sets it
up, a synchronous transaction each. Redis: loopback, nothing written to disk.

Every way is measured in turn within each round, so that a busy moment of the machine hits them alike; medians over the
rounds, ratios within a round. CPU: our process with its threads and loop, and the servers' processes (/proc, ticks of
10 ms).

usage: python -m benchmarks.throttle [--rounds 5] [--seconds 1.0] [--senders 200] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import platform
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import uvloop

from benchmarks.throttle_peers import ENOUGH, WINDOWS, Way, counter, moving, policyd, rspamd
from benchmarks.usage import cpu_seconds
from gateway.rates import Ask, Charge, Limit, LimitStore, Measure, Scope
from gateway.throttle.redis import RedisLimits
from gateway.throttle.sqlite import SqliteLimits
from tests.support.redis import RedisServer

AT_ONCE = (1, 20)
_ACCOUNTS = ((Scope.MAILBOX, 1), (Scope.UNIT, 10), (Scope.DOMAIN, 50), (Scope.CLIENT, 5))  # and how many share one


@dataclass(slots=True)
class Run:
    """What one measurement gave. `rate`: decisions a second; `waits`: seconds of each; `cpu`: seconds of a decision."""

    rate: float
    waits: list[float]
    cpu: float


@dataclass(slots=True)
class Line:
    """One way: its runs by how many decisions were under way at once."""

    what: str
    runs: dict[int, list[Run]] = field(default_factory=lambda: {many: [] for many in AT_ONCE})

    def rate(self, many: int) -> float:
        """Decisions a second, the median over the rounds."""
        return median(run.rate for run in self.runs[many])

    def cpu(self, many: int) -> float:
        """Microseconds of CPU a decision, all processes."""
        return 1e6 * median(run.cpu for run in self.runs[many])

    def wait(self, many: int, share: float) -> float:
        """Milliseconds within which this share of decisions came, over all rounds."""
        waits = sorted(itertools.chain.from_iterable(run.waits for run in self.runs[many]))
        return 1000 * waits[min(int(len(waits) * share), len(waits) - 1)]

    def times(self, other: Line, many: int) -> float:
        """How many times the other's decisions a second, the median of the rounds' ratios."""
        return median(a.rate / b.rate for a, b in zip(self.runs[many], other.runs[many], strict=True))


def charges(sender: int, accounts: int) -> tuple[Charge, ...]:
    """What one sender's mail is counted to."""
    limits = tuple(Limit(what, w, ENOUGH) for what in (Measure.RECIPIENTS, Measure.MESSAGES) for w in WINDOWS)
    return tuple(Charge(scope, f"{sender // shared}.{scope}", limits) for scope, shared in _ACCOUNTS[:accounts])


def ours(store: LimitStore, what: str, accounts: int, servers: list[int], senders: int) -> Way:
    """A store of ours."""
    known = {f"{n}@x.example": charges(n, accounts) for n in range(senders)}

    async def once(sender: str) -> None:
        grant = await store.reserve(Ask(known[sender], ("b@y.example",), messages=1))
        assert grant.fits
        assert grant.granted == (True,)

    return Way(f"{what}, {accounts} account{'s' * (accounts > 1)}", once, servers)


@contextlib.asynccontextmanager
async def ways(senders: int) -> AsyncIterator[list[Way]]:
    """All of them, started."""
    async with contextlib.AsyncExitStack() as stack:
        server = stack.enter_context(RedisServer())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="congthu-limits-")))
        made = []
        for accounts in (1, 4):
            for what, store, servers in (
                ("ours, SQLite", SqliteLimits(folder / f"{accounts}.db", timeout=10.0), []),
                (
                    "ours, Redis",
                    RedisLimits(server.unix_url, timeout=10.0, prefix=f"b{accounts}:"),
                    [server.daemon.pid],
                ),
            ):
                await store.start()
                stack.push_async_callback(store.close)
                made.append(ours(store, what, accounts, servers, senders))
        for peer in (policyd(), counter(server), moving(server), rspamd(server)):
            made.append(await stack.enter_async_context(peer))
        yield made


async def measure(way: Way, many: int, seconds: float, names: Sequence[str]) -> Run:
    """Decide for `seconds` with so many under way at once."""
    waits: list[float] = []
    turn = itertools.cycle(names)

    async def one() -> None:
        while time.perf_counter() < end:
            began = time.perf_counter()
            await way.once(next(turn))
            waits.append(time.perf_counter() - began)

    before = time.process_time() + sum(map(cpu_seconds, way.servers))
    began = time.perf_counter()
    end = began + seconds
    await asyncio.gather(*(one() for _ in range(many)))
    spent = time.perf_counter() - began
    cpu = time.process_time() + sum(map(cpu_seconds, way.servers)) - before
    return Run(len(waits) / spent, waits, cpu / len(waits))


async def run(options: argparse.Namespace) -> list[Line]:
    """Start, warm up, measure in rounds, end."""
    names = [f"{number}@x.example" for number in range(options.senders)]
    async with ways(options.senders) as all_ways:
        lines = [Line(way.what) for way in all_ways]
        for way in all_ways:
            await measure(way, 4, 0.2, names)
        for _ in range(options.rounds):
            for way, line in zip(all_ways, lines, strict=True):
                for many in AT_ONCE:
                    line.runs[many].append(await measure(way, many, options.seconds, names))
    return lines


def table(lines: Sequence[Line]) -> str:
    """For people."""
    peer = next(line for line in lines if line.what.startswith("policyd"))
    head = f"{'':<40}" + "".join(f"{f'at once: {many}':>46}" for many in AT_ONCE)
    each = f"{'a second':>11}{'p50 ms':>8}{'p99 ms':>8}{'CPU us':>8}{'x policyd':>11}"
    out = [head, f"{'':<40}{each}{each}"]
    for line in lines:
        cells = "".join(
            f"{line.rate(many):>11,.0f}{line.wait(many, 0.5):>8.2f}{line.wait(many, 0.99):>8.2f}{line.cpu(many):>8.0f}"
            f"{line.times(peer, many):>11.1f}"
            for many in AT_ONCE
        )
        out.append(f"{line.what:<40}{cells}")
    return "\n".join(out)


def plain(lines: Sequence[Line]) -> dict[str, dict[str, dict[str, float]]]:
    """For programs."""
    return {
        line.what: {
            str(many): {
                "rate": line.rate(many),
                "p50_ms": line.wait(many, 0.5),
                "p99_ms": line.wait(many, 0.99),
                "cpu_us": line.cpu(many),
            }
            for many in AT_ONCE
        }
        for line in lines
    }


def main(argv: list[str] | None = None) -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.throttle", description="decisions about senders' limits a second")
    parser.add_argument("--rounds", type=int, default=int(os.environ.get("ROUNDS", "5")))
    parser.add_argument("--seconds", type=float, default=1.0, help="of one measurement")
    parser.add_argument("--senders", type=int, default=200, help="mailboxes that take turns")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    lines = uvloop.run(run(options))  # the gateway's loop
    if options.json:
        print(json.dumps(plain(lines), indent=1))
        return
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{options.rounds} rounds of {options.seconds} s each, interleaved, {options.senders} senders; medians")
    print(table(lines))


if __name__ == "__main__":
    main()
