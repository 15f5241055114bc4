"""How fast a message is read: our scan, and our scan with all readings where it asks for them, beside Python's email
and fast-mail-parser, on the same messages.

Each reader finds every attachment's decoded size and SHA-256. CPU time of this process, all readers in turn within each
round, so that a busy moment of the machine hits them alike; medians over the rounds, ratios within a round. Peak memory
is that of a fresh process for each reader and message, beyond what it had before it began to read from a file.

usage: python -m benchmarks.inspect [--rounds 7] [--seconds 0.3] [--quick] [--only scan,email] [--mails plain,large]
       [--json]
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from benchmarks.mails import MAILS
from benchmarks.readers import READERS, Found, InMemory, OnDisk, Source, suspicious

_MIB = 1024 * 1024
_BASE = "email"


@dataclass(frozen=True, slots=True)
class Line:
    """One reader on one message; `failure` is the name of what it raised, and then nothing else is known."""

    mail: str
    size: int
    suspicious: bool
    reader: str
    mb_s: float | None = None
    ms: float | None = None
    ratio: float | None = None  # to email's time in the same round: 10 is ten times as fast
    peak_mib: float | None = None
    attachments: int = 0
    attachment_bytes: int = 0
    failure: str = ""


def _names(text: str, known: dict[str, object]) -> list[str]:
    chosen = [name for name in text.split(",") if name]
    if unknown := [name for name in chosen if name not in known]:
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}; there are {', '.join(known)}")
    return chosen


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="benchmarks.inspect", description="how fast a message is read")
    parser.add_argument("--rounds", type=int, default=int(os.environ.get("ROUNDS", "7")))
    parser.add_argument("--seconds", type=float, default=0.3, help="about how long one reader takes in a round")
    parser.add_argument("--quick", action="store_true", help="2 short rounds, to see that it works")
    parser.add_argument("--only", type=lambda text: _names(text, dict(READERS)), default=list(READERS))
    parser.add_argument("--mails", type=lambda text: _names(text, dict(MAILS)), default=list(MAILS))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    if options.quick:
        options.rounds, options.seconds = 2, 0.02
    return options


def _found(read: Callable[[Source], Found], source: Source) -> Found | str:
    """What a reader finds, or the name of what it raises."""
    try:
        return read(source)
    except Exception as error:  # what another's parser raises on hostile mail is a result
        return type(error).__name__


def _cpu(read: Callable[[Source], Found], source: Source, times: int) -> float:
    """CPU seconds of one call."""
    began = time.process_time()
    for _ in range(times):
        read(source)
    return (time.process_time() - began) / times


def _rounds(names: list[str], source: Source, rounds: int, seconds: float) -> dict[str, list[float]]:
    """CPU seconds by reader, one a round, in an order that turns with the round."""
    times = {name: max(1, int(seconds / max(_cpu(READERS[name][1], source, 1), 1e-6))) for name in names}
    found: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        turn = number % max(1, len(names))
        for name in names[turn:] + names[:turn]:
            found[name].append(_cpu(READERS[name][1], source, times[name]))
    return found


def _memory(key: str) -> int:
    """A line of this process's status, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(key)).split()[1]) * 1024


def _peak(reader: str, path: str) -> float:
    """MiB that a reader took at most beyond what the process had."""
    read = READERS[reader][1]
    read(InMemory(MAILS["plain"][1]()))  # modules that it imports are not the message's
    source = OnDisk(path)
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    before = _memory("VmRSS")
    read(source)
    return max(0, _memory("VmHWM") - before) / _MIB


def _peaks(names: list[str], data: bytes) -> dict[str, float]:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        found = {}
        for name in names:
            with multiprocessing.get_context("spawn").Pool(1) as fresh:
                found[name] = fresh.apply(_peak, (name, file.name))
    return found


def measure(mail: str, readers: list[str], rounds: int, seconds: float) -> list[Line]:
    """Every reader on one message."""
    title, make = MAILS[mail]
    data = make()
    source = InMemory(data)
    doubted = suspicious(source)
    found = {name: _found(READERS[name][1], source) for name in readers}
    able = [name for name in readers if not isinstance(found[name], str)]
    seconds_of = _rounds(able, source, rounds, seconds)
    peaks = _peaks(able, data)
    lines = []
    for name in readers:
        outcome = found[name]
        if isinstance(outcome, str):
            lines.append(Line(title, len(data), doubted, name, failure=outcome))
            continue
        taken = seconds_of[name]
        ratio = median(b / a for a, b in zip(taken, seconds_of[_BASE], strict=True)) if _BASE in seconds_of else None
        speed, ms = len(data) / median(taken) / 1e6, median(taken) * 1e3
        lines.append(Line(title, len(data), doubted, name, speed, ms, ratio, peaks[name], *outcome))
    return lines


_HEAD = f"{'':<20}{'MB/s':>9}{'ms':>11}{'x email':>9}{'peak MiB':>10}{'files':>7}{'their bytes':>13}"


def table(lines: list[Line]) -> str:
    """One message's lines for people."""
    first = lines[0]
    marks = ", suspicious: all readings are made" if first.suspicious else ""
    return "\n".join([f"\n{first.mail} ({first.size:,} bytes{marks})", *map(_row, lines)])


def _row(line: Line) -> str:
    label = f"  {READERS[line.reader][0]:<18}"
    if line.failure:
        return f"{label}{'fails: ' + line.failure:>9}"
    ratio = f"{line.ratio:9.1f}" if line.ratio is not None else f"{'-':>9}"
    figures = f"{line.mb_s:9.1f}{line.ms:11.3f}{ratio}{line.peak_mib:10.1f}"
    return f"{label}{figures}{line.attachments:7}{line.attachment_bytes:13,}"


def main(argv: list[str] | None = None) -> None:
    """Run and print."""
    options = arguments(argv)
    if not options.json:
        machine = platform.processor() or platform.machine()
        print(f"{machine}, {os.cpu_count()} cores, Python {platform.python_version()}")
        print(f"{options.rounds} rounds of about {options.seconds} s a reader, interleaved; medians of CPU time")
        print(_HEAD)
    results = []
    for name in options.mails:
        lines = measure(name, options.only, options.rounds, options.seconds)
        results += lines
        if not options.json:
            print(table(lines), flush=True)
        elif sys.stderr.isatty():
            sys.stderr.write(f"\r{name:<20}\r")
    if options.json:
        print(json.dumps([asdict(line) for line in results], indent=1))


if __name__ == "__main__":
    main()
