"""A million distinct senders: what they cost a gateway's process, the file or the Redis of its counters, and what of it
is left when their windows have passed.

Each sender sends one message to one recipient through the accounts that a listener keeps (`gateway.charging`): a
mailbox and its domain are counted in all windows, without anything to refuse, and the recipient is learned. Nothing
else runs; conduct is left out (`--conduct` puts it in: a state of each sender). So many are under way at once as
`--at-once` says.

SQLite: the clock is moved by 26 hours (all windows have passed), then by 100 days (known recipients, too), and 20
senders go on sending while what has ended is removed. Redis expires by its own clock, which nobody can move: each key's
time to live is shortened by as much instead, and Redis removes what has ended by itself.

usage: python -m benchmarks.senders [--senders 1000000] [--store sqlite|redis|both] [--at-once 1000] [--conduct]
       [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.usage import cpu_seconds, memory
from gateway.charging import Charging, ListenerTariff
from gateway.conduct.watch import Conduct
from gateway.config_limits import Limits
from gateway.model import Address, Direction, Envelope, Recipient, Session
from gateway.rates import LimitStore
from gateway.rules.compiled import Known
from gateway.rules.policy import today_in_vietnam
from gateway.tariff import Tariff
from gateway.throttle.redis import RedisLimits
from gateway.throttle.sqlite import SqliteLimits
from tests.support.redis import RedisServer

DOMAIN = "tinh.example"
_MIB = 2**20
_WAITS = 5000
_HOUR, _DAY = 3600.0, 86400.0
_LATER = ((26 * _HOUR, "26 hours later"), (100 * _DAY, "100 days later"))
_WINDOWS = [f"1000000000/{window}" for window in ("minute", "hour", "day")]
_AMPLE = {
    "unknown": dict.fromkeys(("recipients", "messages"), _WINDOWS) | {"new_recipients": ["1000000000/day"]},
    "domain": {"recipients": _WINDOWS},
}
_SHORTEN = """
local keys = redis.call('SCAN', ARGV[1], 'COUNT', 1000)
for _, key in ipairs(keys[2]) do
  redis.call('PEXPIRE', key, math.max(1, redis.call('PTTL', key) - tonumber(ARGV[2])))
end
return keys[1]
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """At one moment. `process`: this process in all; `store`: the file with its companions, or what Redis uses; in MiB.

    `kept`: cells or keys; `endless`: keys that never expire; `seconds`, `cpu` (all processes): since the last one.
    """

    store_is: str
    when: str
    senders: int
    process: float
    store: float
    kept: int
    endless: int
    seconds: float
    cpu: float


class Crowd:
    """Senders, each with one message. `went`: how much the clock was moved, in seconds."""

    def __init__(self, charging: Charging, at_once: int) -> None:
        self._charging, self._at_once = charging, at_once
        self._view = ListenerTariff(
            charging,
            Tariff(Limits.model_validate(_AMPLE), (), today_in_vietnam, watched=True),
            ours=lambda name: name == DOMAIN,
            own_domains=frozenset({DOMAIN}),
            realm="",
            late=False,
            observes=lambda name: False,
        )

    async def send(self, numbers: Iterator[int]) -> None:
        """A message of each of these."""

        async def some() -> None:
            for number in numbers:
                while self._charging.unsettled > _WAITS:  # noqa: ASYNC110 -- what is beyond the queue is not learned
                    await asyncio.sleep(0.01)
                await self._one(number)

        await asyncio.gather(*(some() for _ in range(self._at_once)))
        while self._charging.unsettled:  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    async def _one(self, number: int) -> None:
        login = f"nguoi{number}@{DOMAIN}"
        session = Session("s", "submission", Direction.SUBMISSION, f"10.{number >> 16 & 255}.{number >> 8 & 255}.9", 1)
        session.user = login
        to = Recipient(Address(f"ban{number}@khac.example"))
        envelope = Envelope(session, Address(login), [to])
        account = self._view.account(envelope)
        assert account is not None
        (said,) = await account.reserve([to])
        assert not said.failed
        assert not said.exceeded
        account.delivered = True
        account.close()


class Measured:
    """One store, from its start to its end. `look`: (MiB, kept, endless)."""

    def __init__(self, name: str, store: LimitStore, look: Callable[[], tuple[float, int, int]], server: int) -> None:
        self.name, self._store, self._look, self._server = name, store, look, server
        self.found: list[Figures] = []
        self._senders = 0
        self._began, self._cpu = time.perf_counter(), self._used()

    def _used(self) -> float:
        return time.process_time() + (cpu_seconds(self._server) if self._server else 0.0)

    def figures(self, when: str, more: int = 0) -> None:
        """Write down how it stands."""
        gc.collect()
        self._senders += more
        now, cpu = time.perf_counter(), self._used()
        mib, kept, endless = self._look()
        seconds, used = now - self._began, cpu - self._cpu
        self.found.append(
            Figures(self.name, when, self._senders, memory([os.getpid()]) / _MIB, mib, kept, endless, seconds, used)
        )
        self._began, self._cpu = time.perf_counter(), self._used()

    async def run(self, options: argparse.Namespace, later: Callable[[float, Crowd], Any]) -> None:
        """All of it."""
        conduct = Conduct(self._store, _nobody) if options.conduct else None
        charging = Charging(self._store, Known(), conduct.note if conduct is not None else None)
        await charging.start()
        if conduct is not None:
            await conduct.start()
        crowd = Crowd(charging, options.at_once)
        await crowd.send(iter(range(1000)))
        self.figures("1,000 senders", 1000)
        half = options.senders // 2
        await crowd.send(iter(range(1000, half)))
        self.figures("half of them", half - 1000)
        await crowd.send(iter(range(half, options.senders)))
        self.figures("all of them", options.senders - half)
        if conduct is not None:
            await conduct.close()
        for seconds, name in _LATER:
            await later(seconds, crowd)
            self.figures(name)
        await charging.close()


async def _nobody(_who: str, _judgement: object) -> None:
    """Nobody is told."""


async def on_sqlite(options: argparse.Namespace) -> list[Figures]:
    """The embedded store."""
    with tempfile.TemporaryDirectory(prefix="congthu-senders-") as name:
        went, folder = [0.0], Path(name)
        store = SqliteLimits(folder, timeout=30.0, clock=lambda: time.time() + went[0])

        def look() -> tuple[float, int, int]:
            import sqlite3

            with sqlite3.connect(folder / "limits.db") as database:
                (cells,) = database.execute("SELECT count(*) FROM cells").fetchone()
            return sum(path.stat().st_size for path in folder.iterdir()) / _MIB, cells, 0

        async def later(seconds: float, crowd: Crowd) -> None:
            went[0] += seconds
            for _ in range(options.senders // 400):
                await crowd.send(iter(range(20)))

        made = Measured("SQLite", store, look, 0)
        await made.run(options, later)
        return made.found


async def on_redis(options: argparse.Namespace) -> list[Figures]:
    """A Redis of our own, that writes nothing to disk."""
    with RedisServer() as server, server.client() as client:
        pid = server.daemon.pid
        store = RedisLimits(server.unix_url, timeout=30.0)

        def look() -> tuple[float, int, int]:
            info: Any = client.info()
            keys = info.get("db0", {"keys": 0, "expires": 0})
            return info["used_memory"] / _MIB, keys["keys"], keys["keys"] - keys["expires"]

        async def later(seconds: float, _crowd: Crowd) -> None:
            cursor: Any = b"0"
            while (cursor := client.eval(_SHORTEN, 0, cursor, int(seconds * 1000))) != b"0":
                pass
            kept = -1
            while (now := look()[1]) != kept:
                kept = now
                await asyncio.sleep(2.0)

        made = Measured("Redis", store, look, pid)
        await made.run(options, later)
        return made.found


def main(argv: list[str] | None = None) -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.senders", description="what a million senders cost")
    parser.add_argument("--senders", type=int, default=1_000_000)
    parser.add_argument("--store", choices=("sqlite", "redis", "both"), default="both")
    parser.add_argument("--at-once", type=int, default=1000)
    parser.add_argument("--conduct", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    found: list[Figures] = []
    for name, run in (("sqlite", on_sqlite), ("redis", on_redis)):
        found += uvloop.run(run(options)) if options.store in (name, "both") else []
    if options.json:
        print(json.dumps([asdict(one) for one in found], indent=1))
        return
    print(f"{'':<24}{'senders':>10}{'process MiB':>13}{'store MiB':>11}{'kept':>11}{'endless':>9}{'s':>8}{'CPU s':>8}")
    for one in found:
        print(
            f"{one.store_is + ', ' + one.when:<24}{one.senders:>10,}{one.process:>13.0f}{one.store:>11.0f}"
            f"{one.kept:>11,}{one.endless:>9}{one.seconds:>8.0f}{one.cpu:>8.0f}"
        )


if __name__ == "__main__":
    main()
