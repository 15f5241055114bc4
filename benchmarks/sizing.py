"""What a message costs each part of a cluster, for docs/scaling.md: CPU, memory, disk. One node, for costs add up.

    python -m benchmarks.sizing [--messages 1500]

smtp-source → gateway → smtp-sink, with SQLite alone, then with PostgreSQL and Redis, limits counted for each message.
CPU is of the whole family of processes; a core does 1000 ms a second. Rates are not told: the sender and the sink run
on the same cores.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import redis
import sqlalchemy as sa

from benchmarks.load import WORKLOADS, Workload, mime_file
from benchmarks.usage import cpu_seconds, family, memory
from gateway.journal.store import resolve_url
from tests.support.congthu import Gateway, Table, listener, upstream
from tests.support.postgres import PostgresServer
from tests.support.redis import RedisServer
from tests.support.tools import Sink, smtp_source

_NAMES = ("A", "F", "G", "E")
_SHARE = {"A": 1.0, "F": 0.4, "G": 0.2, "E": 0.02}  # of the messages; the large ones take long
_WIDE = ["1000000/minute", "10000000/hour", "100000000/day"]
_LIMITS: Table = {"recipients": _WIDE, "messages": _WIDE, "new_recipients": ["1000000/day"], "size": ["900GiB/day"]}
_SENDERS = 1000


@dataclass(frozen=True, slots=True)
class Part:
    """A family of processes, known by its first."""

    name: str
    head: int


def _gateway(sink: int, **store: str) -> Gateway:
    """One worker, every rule, limits that count and never refuse."""
    limits = {account: dict(_LIMITS) for account in ("unknown", "personal", "domain")}
    listeners = [listener("sink", "outbound", max_transactions=10**9)]
    to = {"sink": upstream(sink, pool_size=100)}
    return Gateway(listeners, to, store=dict(store), limits=limits, gateway={"domains": ["nguon.example"]})


@contextlib.contextmanager
def _postgres() -> Iterator[tuple[str, int]]:
    """A private PostgreSQL: its URL and its first process."""
    with PostgresServer(durable=True) as server:
        yield server.url, server.pid


def _send(port: int, workload: Workload, messages: int) -> None:
    file = mime_file(workload.length, workload.mime) if workload.mime else None
    sessions = min(workload.sessions, messages)
    smtp_source(port, messages=messages, sessions=sessions, length=workload.length, file=file, seconds=600)


def _quiet(head: int) -> None:
    """Return once the family rests."""
    before, deadline = cpu_seconds(head), time.monotonic() + 60
    while time.monotonic() < deadline:
        time.sleep(1.5)
        now = cpu_seconds(head)
        if now - before < 0.05:
            return
        before = now


def _kept(url: str, folder: Path) -> int:
    """Bytes of the record: the database, or SQLite's files."""
    if url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(folder / "congthu.db", timeout=10)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return (folder / "congthu.db").stat().st_size
    engine = sa.create_engine(resolve_url(url, folder))
    with engine.connect() as connection:
        size = int(connection.execute(sa.text("SELECT pg_database_size(current_database())")).scalar_one())
    engine.dispose()
    return size


def _measure(title: str, gate: Gateway, url: str, parts: list[Part], messages: int) -> None:
    """Every workload, once."""
    names = [part.name for part in parts]
    print(f"\n{title}\n| message | messages | {' | '.join(f'{name}, ms CPU' for name in names)} | record, bytes |")
    print(f"|---|---:|{'---:|' * (len(names) + 1)}")
    # The processes that look into files start when they are first needed, and read their tables then.
    for name in (*_NAMES, "A"):
        _send(gate.port, WORKLOADS[name], max(8, int(500 * _SHARE[name])))
    _quiet(parts[0].head)
    for name in _NAMES:
        workload = WORKLOADS[name]
        count = max(16, int(messages * _SHARE[name]))
        before, kept = [cpu_seconds(part.head) for part in parts], _kept(url, gate.folder / "data")
        _send(gate.port, workload, count)
        time.sleep(1.5)  # what is settled and written after the reply belongs to it
        spent = [(cpu_seconds(part.head) - old) / count * 1000 for part, old in zip(parts, before, strict=True)]
        grown = (_kept(url, gate.folder / "data") - kept) / count
        print(f"| {workload.title} | {count} | {' | '.join(f'{one:.2f}' for one in spent)} | {grown:.0f} |", flush=True)
    for part in parts:
        print(f"{part.name}: {memory(family(part.head)) / 2**20:.0f} MiB afterwards")


def _held(client: redis.Redis) -> tuple[int, int]:
    """Bytes of Redis's memory that its keys take, and how many there are."""
    sizes = [int(client.memory_usage(key) or 0) for key in client.scan_iter(count=1000)]
    return sum(sizes), len(sizes)


def _accounts(gate: Gateway, server: RedisServer) -> None:
    """Redis's memory for an account: many senders with one recipient each, then one sender with many."""
    with server.client() as client:
        start = _held(client)
        for number in range(_SENDERS):
            smtp_source(gate.port, sender=f"nguoi{number}@nguon.example", recipient=f"r{number}@noikhac.example")
        time.sleep(1)
        many = _held(client)
        senders = (many[0] - start[0]) / _SENDERS, (many[1] - start[1]) / _SENDERS
        print(f"Redis: {senders[0]:.0f} bytes in {senders[1]:.1f} keys a sender, {_SENDERS} senders", end="; ")
        smtp_source(gate.port, sender="mot@nguon.example", recipient="an@noikhac.example", options=("-r", "900"))
        time.sleep(1)
        print(f"{(_held(client)[0] - many[0]) / 900:.1f} bytes more for each recipient of one sender's")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=1500)
    messages = parser.parse_args().messages
    print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with Sink() as sink, _gateway(sink.port) as gate:
        parts = [Part("gateway", gate.daemon.pid)]
        _measure("One node, SQLite for everything", gate, "sqlite:///congthu.db", parts, messages)
    with (
        Sink() as sink,
        _postgres() as (url, postmaster),
        RedisServer(keep=True) as server,
        _gateway(sink.port, url=url, shared=server.url) as gate,
    ):
        parts = [Part("gateway", gate.daemon.pid), Part("PostgreSQL", postmaster), Part("Redis", server.daemon.pid)]
        _measure("A node of several, PostgreSQL and Redis", gate, url, parts, messages)
        _accounts(gate, server)


if __name__ == "__main__":
    main()
