"""Added time a message at the median and the 99th percentile: through X less without X, at half of the saturated rate.

Saturation is measured first, in the same run, with smtp-source (4 KB, a connection each). Every X is then offered half
of the Postfix filter's rate (the same load for all), and half of its own. Interleaved rounds, all samples pooled.

usage: python -m benchmarks.latency [--rounds 5] [--seconds 3] [--quick] [--only congthu,postfix-filter] [--json]
"""

from __future__ import annotations

import argparse
import contextlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median

from benchmarks.load import WORKLOADS, calibrate, measure
from benchmarks.openloop import latencies
from benchmarks.peers import PEERS, Nothing, Peer
from tests.support.tools import Sink

_BASE = "postfix-filter"


@dataclass(frozen=True, slots=True)
class Line:
    """A peer at one offered rate; times in milliseconds, added to those of no gateway at the same rate."""

    peer: str
    saturated: float
    offered: float
    added_median_ms: float
    added_p99_ms: float
    median_ms: float
    p99_ms: float


def percentile(ordered: Sequence[float], share: float) -> float:
    """A percentile of sorted values."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def saturation(peers: Sequence[Peer], rounds: int, seconds: float) -> dict[str, float]:
    """Messages a second that smtp-source gets through each peer; the median of interleaved rounds."""
    counts = {peer.name: calibrate(peer, WORKLOADS["A"], seconds) for peer in peers}
    found: dict[str, list[float]] = {peer.name: [] for peer in peers}
    for _ in range(rounds):
        for peer in peers:
            found[peer.name].append(measure(peer, WORKLOADS["A"], counts[peer.name]).rate)
    return {name: median(rates) for name, rates in found.items()}


def compare(peer: Peer, nothing: Peer, saturated: float, offered: float, rounds: int, seconds: float) -> Line:
    """One peer at one rate, turn about with no gateway."""
    through, without = list[float](), list[float]()
    for _ in range(rounds):
        without += latencies(nothing.port, offered, seconds)
        through += latencies(peer.port, offered, seconds)
    through.sort()
    without.sort()
    half, tail = (percentile(through, 0.5) * 1000, percentile(through, 0.99) * 1000)
    added = (half - percentile(without, 0.5) * 1000, tail - percentile(without, 0.99) * 1000)
    return Line(peer.name, saturated, offered, *added, half, tail)


def measure_all(peers: list[Peer], nothing: Peer, rounds: int, seconds: float) -> list[Line]:
    """Every peer at half of the base peer's rate, and at half of its own where that differs."""
    rates = saturation(peers, min(rounds, 3), seconds)
    common = rates.get(_BASE, min(rates.values())) / 2
    lines = [compare(peer, nothing, rates[peer.name], common, rounds, seconds) for peer in peers]
    own = [peer for peer in peers if rates[peer.name] / 2 != common]
    return lines + [compare(peer, nothing, rates[peer.name], rates[peer.name] / 2, rounds, seconds) for peer in own]


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.latency", description="added latency at half of the saturated rate"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--quick", action="store_true", help="one round of a second, to see that it works")
    parser.add_argument("--only", default=f"congthu,haproxy,{_BASE}")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    if options.quick:
        options.rounds, options.seconds = 1, 1.0
    return options


def main(argv: list[str] | None = None) -> None:
    """Run and print."""
    options = arguments(argv)
    with contextlib.ExitStack() as stack:
        sink = stack.enter_context(Sink("-C", "-F"))
        peers = [PEERS[name](sink.port) for name in options.only.split(",")]
        for peer in peers:
            stack.callback(peer.stop)
            peer.start()
        lines = measure_all(peers, Nothing(sink.port), options.rounds, options.seconds)
    if options.json:
        print(json.dumps([asdict(one) for one in lines], indent=1))
        return
    print("\nadded latency, 4 KB, a connection each")
    print(f"{'X':<16}{'saturated/s':>12}{'offered/s':>11}{'median':>13}{'99th':>13}")
    for one in lines:
        print(
            f"{one.peer:<16}{one.saturated:12.0f}{one.offered:11.0f}"
            f"{one.added_median_ms:+10.2f} ms{one.added_p99_ms:+10.2f} ms"
        )


if __name__ == "__main__":
    main()
