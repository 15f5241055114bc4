"""smtp-source → X → smtp-sink: messages a second, CPU ms a message of X (all its processes), memory, ratios.

X: this gateway with 1 and 2 workers and every rule on, nothing, HAProxy (TCP), Postfix's proxy filter (inspects
nothing), Postfix's queue, a plain aiosmtpd + aiosmtplib relay. All live at once and are measured in turn within each
round, so that a busy moment of the machine hits them alike; medians over the rounds, ratios within a round.
What looking into files costs: --only congthu-no-words,congthu-no-content --workloads E,F,G,H,I
What reading texts costs: --only congthu,congthu-no-words
What limits and the watch on senders cost: --only congthu-out,congthu-out-no-watch,congthu-out-no-limits
What a directory of 20,000 mailboxes costs: --only congthu,congthu-20000

usage: python -m benchmarks.relay [--rounds 7] [--seconds 2] [--quick] [--only congthu,postfix-filter] [--workloads A,B]
       [--xforward] [--json]
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import os
import platform
import sys

from benchmarks.load import WORKLOADS, Workload, calibrate, measure
from benchmarks.peers import PEERS, Peer
from benchmarks.report import Line, Rounds, line, table
from tests.support.tools import Sink


def _names(text: str, known: dict[str, object]) -> list[str]:
    chosen = [name for name in text.split(",") if name]
    if unknown := [name for name in chosen if name not in known]:
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}; there are {', '.join(known)}")
    return chosen


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="benchmarks.relay", description="smtp-source → X → smtp-sink")
    parser.add_argument("--rounds", type=int, default=int(os.environ.get("ROUNDS", "7")))
    parser.add_argument("--seconds", type=float, default=2.0, help="about how long one run takes")
    parser.add_argument("--quick", action="store_true", help="2 rounds of half a second, to see that it works")
    parser.add_argument(
        "--only",
        type=lambda text: _names(text, dict(PEERS)),
        default=[name for name in PEERS if "-no-" not in name and "-out" not in name],
    )
    parser.add_argument("--workloads", type=lambda text: _names(text, dict(WORKLOADS)), default=list("ABCDE"))
    parser.add_argument(
        "--xforward", action="store_true", help="the sink offers XFORWARD, which Postfix's filter then uses"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    if options.quick:
        options.rounds, options.seconds = 2, 0.5
    return options


def run_workload(workload: Workload, peers: list[Peer], rounds: int, seconds: float) -> Rounds:
    """Every peer once a round, in an order that turns with the round."""
    counts = {peer.name: calibrate(peer, workload, seconds) for peer in peers}
    found: Rounds = {peer.name: [] for peer in peers}
    for number in range(rounds):
        turn = number % len(peers)
        for peer in peers[turn:] + peers[:turn]:
            found[peer.name].append(measure(peer, workload, counts[peer.name]))
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{workload.name} round {number + 1}/{rounds} {peer.name:<16}\r")
    return found


def main(argv: list[str] | None = None) -> None:
    """Run and print."""
    options = arguments(argv)
    results: dict[str, list[Line]] = {}
    if not options.json:
        print(
            f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
        )
        print(f"{options.rounds} rounds of about {options.seconds} s, interleaved; medians")
    with contextlib.ExitStack() as stack:
        sink = stack.enter_context(Sink("-C") if options.xforward else Sink("-C", "-F"))
        peers = [PEERS[name](sink.port) for name in options.only]
        for peer in peers:
            stack.callback(peer.stop)
            peer.start()
        for name in options.workloads:
            rounds = run_workload(WORKLOADS[name], peers, options.rounds, options.seconds)
            results[name] = [line(peer, rounds) for peer in rounds]
            if not options.json:
                print(table(f"{name}: {WORKLOADS[name].title}", results[name]), flush=True)
    if options.json:
        print(
            json.dumps({name: [dataclasses.asdict(one) for one in lines] for name, lines in results.items()}, indent=1)
        )


if __name__ == "__main__":
    main()
