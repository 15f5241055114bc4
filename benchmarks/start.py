"""What a start of `congthu run` costs, and what its processes hold when they do nothing.

    python -m benchmarks.start [--rounds 3] [--workers 1] [--console]

A gateway with one listener and a Maildir: seconds from spawn until /readyz says yes, CPU seconds of all its processes
until then, and again once the document workers are there; then the memory of each process, in MiB, as the kernel tells
it (/proc/PID/smaps_rollup): resident, proportional, and its own changed pages. Judge ratios on a shared machine.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import time

import psutil  # type: ignore[import-untyped]  # no stubs in the lock

from tests.support.congthu import Gateway, listener
from tests.support.ports import HOST, free_port

_SETTLED = 8.0  # seconds after which the document workers are warm
_MIB = 1 << 20


def _cpu(family: list[psutil.Process]) -> float:
    """CPU seconds of all of them; of those that have ended while they were asked nothing."""
    spent = 0.0
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            spent += float(times.user + times.system)
    return spent


def _memory(process: psutil.Process) -> tuple[float, float, float]:
    """Resident, proportional and private dirty MiB."""
    figures: dict[str, int] = {}
    with open(f"/proc/{process.pid}/smaps_rollup", encoding="ascii") as lines:
        for line in lines:
            name, _, rest = line.partition(":")
            if rest.endswith("kB\n"):
                figures[name] = int(rest.split()[0]) * 1024
    return figures["Rss"] / _MIB, figures["Pss"] / _MIB, figures["Private_Dirty"] / _MIB


def _name(process: psutil.Process) -> str:
    words: list[str] = [word.partition(":")[0] for word in process.cmdline()]
    return next((word for word in reversed(words) if word.startswith("gateway")), words[0])


def _round(gateway: Gateway, last: bool) -> tuple[float, float, float]:
    began = time.monotonic()
    gateway.start()
    try:
        ready = time.monotonic() - began
        spent = _cpu(gateway.daemon.family())
        time.sleep(_SETTLED)
        family = gateway.daemon.family()
        settled = _cpu(family)
        for process in family if last else ():
            rss, pss, dirty = _memory(process)
            print(f"  {_name(process):32} RSS {rss:6.1f}  PSS {pss:6.1f}  private dirty {dirty:6.1f}")
        return ready, spent, settled
    finally:
        gateway.stop()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.start")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--console", action="store_true")
    asked = parser.parse_args()
    parts = {"console": {"bind": f"{HOST}:{free_port()}"}} if asked.console else {}
    rounds = []
    for number in range(asked.rounds):
        gateway = Gateway(
            [listener()], {"mailserver": {"maildir": "mail"}}, gateway={"workers": asked.workers}, **parts
        )
        rounds.append(_round(gateway, number == asked.rounds - 1))
    for what, values in zip(
        ("s to ready", "CPU s to ready", "CPU s once settled"), zip(*rounds, strict=True), strict=True
    ):
        print(f"{what:20} {statistics.median(values):5.2f}  ({', '.join(f'{value:.2f}' for value in values)})")


if __name__ == "__main__":
    main()
