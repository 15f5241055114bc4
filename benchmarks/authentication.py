"""Checks of a sender: how many a second on one core, ours against pyspf and dkimpy, with DNS's answers at hand.

Every way of a row is measured in turn within each round, so that a busy moment of the machine hits them alike; medians
over the rounds of CPU time (threads count), the ratio within a round. DNS: ours has the answers in its cache, the
peers in a dict; "asked afresh" goes to a DNS server on loopback, in a process of its own, without the cache.
"pause" is the longest time for which the event loop could do nothing else, the median over the rounds; for what takes
longer than a few ms a busy machine's own pauses are in it.

usage: python -m benchmarks.authentication [--rounds 7] [--seconds 0.3] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

import uvloop

from benchmarks.authentication_cases import Case, cases

Once = Callable[[], Awaitable[object]]


@dataclass(slots=True)
class Line:
    """One row: verifications a CPU second of each way, one figure a round; pauses of ours in ms."""

    what: str
    rates: dict[str, list[float]] = field(default_factory=dict)
    pauses: list[float] = field(default_factory=list)

    def rate(self, name: str) -> float:
        """The median."""
        return median(self.rates[name])

    def ratio(self) -> float | None:
        """Ours to the peer, the median of the rounds' ratios; None where there is no peer."""
        peers = [name for name in self.rates if name != "ours"]
        if not peers:
            return None
        return median(a / b for a, b in zip(self.rates["ours"], self.rates[peers[0]], strict=True))


async def rate(once: Once, seconds: float) -> float:
    """How often a CPU second it can be done."""
    count, began = 0, time.process_time()
    while (spent := time.process_time() - began) < seconds or not count:
        await once()
        count += 1
    return count / spent if spent else 0.0


async def pause(once: Once) -> float:
    """Milliseconds for which the loop did nothing else, the longest while it is done once."""
    longest, ended = 0.0, False

    async def tick() -> None:
        nonlocal longest
        last = time.perf_counter()
        while not ended:
            await asyncio.sleep(0)
            now = time.perf_counter()
            longest, last = max(longest, now - last), now

    ticking = asyncio.create_task(tick())
    await asyncio.sleep(0)
    await once()
    ended = True
    await ticking
    return longest * 1000


async def measure(all_cases: Sequence[Case], rounds: int, seconds: float) -> list[Line]:
    """Every case, every way, once a round."""
    lines = [Line(case.what, {name: [] for name in case.ways}) for case in all_cases]
    for case in all_cases:
        for once in case.ways.values():  # caches fill, imports happen
            await once()
    for _ in range(rounds):
        for case, line in zip(all_cases, lines, strict=True):
            for name, once in case.ways.items():
                line.rates[name].append(await rate(once, seconds))
            line.pauses.append(await pause(case.ways["ours"]))
    return lines


def table(lines: Sequence[Line]) -> str:
    """For people."""
    out = [f"{'':<46}{'ours/s':>10}{'peer/s':>10}  {'peer':<8}{'ratio':>7}{'pause ms':>10}"]
    for line in lines:
        peer = next((name for name in line.rates if name != "ours"), "")
        ratio = line.ratio()
        theirs = f"{line.rate(peer):>10,.1f}  {peer:<8}{ratio:>6.1f}x" if ratio is not None else " " * 27
        out.append(f"{line.what:<46}{line.rate('ours'):>10,.1f}{theirs}{median(line.pauses):>10.2f}")
    return "\n".join(out)


async def run(options: argparse.Namespace) -> list[Line]:
    """Prepare, measure, end."""
    async with cases() as all_cases:
        return await measure(all_cases, options.rounds, options.seconds)


def main(argv: list[str] | None = None) -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.authentication", description="checks of a sender a second")
    parser.add_argument("--rounds", type=int, default=int(os.environ.get("ROUNDS", "7")))
    parser.add_argument("--seconds", type=float, default=0.3, help="CPU seconds of one measurement")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    lines = uvloop.run(run(options))  # the gateway's loop
    if options.json:
        found = {line.what: {name: line.rate(name) for name in line.rates} | {"ratio": line.ratio()} for line in lines}
        print(json.dumps(found, indent=1))
        return
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{options.rounds} rounds of {options.seconds} CPU s each, interleaved; medians")
    print(table(lines))


if __name__ == "__main__":
    main()
