"""`congthu decisions` over a journal of a million rows: time to the answer, as a person sees it (the process and all).

The rows are written by the journal itself: 1 in 20 is a refusal, senders and recipients repeat as a province's do.
The folder is kept when --folder names one, so that the next run need not fill it again.

usage: python -m benchmarks.decisions [--rows 1000000] [--folder DIR] [--runs 3]
"""

from __future__ import annotations

import argparse
import asyncio
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from gateway.journal.decision import Decision
from gateway.journal.journal import Journal
from gateway.model import Action, Attachment, Finding, Reply

_CONFIG = """\
[gateway]
hostname = "gw.tinh.example"
data_dir = "{folder}"
domains = ["tinh.example"]
regulation = "angiang-50-2009"
[[listener]]
name = "inbound"
bind = "127.0.0.1:2525"
direction = "inbound"
upstream = "m"
[upstream.m]
maildir = "m"
"""
_QUERIES = {
    "the newest 50": [],
    "a day's refusals by a rule": ["--rule", "attachment-cap", "--since", "1d"],
    "a clause": ["--clause", "Q4 4.2"],
    "one sender": ["--sender", "canbo777@tinh.example"],
    "a sender's pattern": ["--sender", "canbo77*"],
    "one recipient": ["--recipient", "dan4242@khac.example"],
    "a rule that found nothing": ["--rule", "malware"],
    "words, newest found soon": ["--text", "bao-cao-999"],
    "words that nowhere stand": ["--text", "khong-co-dau-ca", "--limit", "1"],
}
_REFUSED = Reply(552, "5.3.4", "Tong dung luong tep dinh kem la 16 MB, vuot muc toi da 15 MB (Q4 4.2).")


def decision(number: int, moment: float, chance: random.Random) -> Decision:
    """One of a province's messages."""
    refused = number % 20 == 0
    name = f"bao-cao-{number % 1000}.docx"
    found = Finding("attachment-cap", ("Q4 4.2",), Action.REJECT, _REFUSED, {"total": 2**24, "limit": 15 * 2**20})
    return Decision(
        time=moment,
        reference=f"{number:016d}",
        session_id=f"{number:012x}",
        listener="inbound",
        direction="inbound",
        client_address=f"192.0.2.{number % 250}",
        client_name="mail.khac.example",
        helo="mail.khac.example",
        stage="message",
        action="reject" if refused else "accept",
        reverse_path=f"canbo{chance.randrange(5000)}@tinh.example",
        recipients=[f"dan{chance.randrange(20000)}@khac.example"],
        findings=(found,) if refused else (),
        checked=("own-domain", "attachment-cap", "unscannable"),
        size=40_000,
        sha256="ab" * 32,
        attachment_bytes=20_000,
        attachments=(Attachment(name, "application/msword", "application/msword", 20_000, "cd" * 32),),
        reply=_REFUSED.line if refused else "250 2.0.0 Ok: queued",
        upstream="mailserver",
    )


async def fill(folder: Path, rows: int) -> float:
    """Write the rows; they end now and cover 30 days. Returns seconds."""
    journal = Journal(f"sqlite:///{folder}/congthu.db", folder, node="gw.tinh.example", queue=50_000)
    await journal.start()
    chance, began, first = random.Random(4), time.monotonic(), time.time() - 30 * 86400
    for number in range(rows):
        while not journal.room():  # noqa: ASYNC110 - the journal tells nobody when it has room
            await asyncio.sleep(0.01)
        journal.append(decision(number, first + number * 30 * 86400 / rows, chance))
        if sys.stderr.isatty() and number % 10_000 == 0:
            sys.stderr.write(f"\r{number:,} of {rows:,} rows\r")
        if number % 100 == 0:
            await asyncio.sleep(0)
    await journal.close()
    return time.monotonic() - began


def seconds(command: list[str], runs: int) -> tuple[float, int]:
    """The median time of a command, and how many lines it printed."""
    times, lines = [], 0
    for _ in range(runs):
        began = time.monotonic()
        done = subprocess.run(command, capture_output=True, check=True)
        times.append(time.monotonic() - began)
        lines = done.stdout.count(b"\n")
    return median(times), lines


def main() -> None:
    """Fill, ask, print."""
    parser = argparse.ArgumentParser(prog="benchmarks.decisions")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = (options.folder or Path(made)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "config.toml"
        config.write_text(_CONFIG.format(folder=folder), "utf-8")
        if not (folder / "congthu.db").exists():
            took = asyncio.run(fill(folder, options.rows))
            size = (folder / "congthu.db").stat().st_size / 2**20
            print(f"{options.rows:,} rows written in {took:.1f} s, {size:,.0f} MiB")
        base = [sys.executable, "-m", "gateway", "decisions", "list", "--config", str(config)]
        alone, _ = seconds([sys.executable, "-m", "gateway", "decisions", "list", "--help"], options.runs)
        print(f"{'the command alone (--help)':<32}{alone:8.3f} s")
        for name, options_of in _QUERIES.items():
            took, lines = seconds([*base, *options_of], options.runs)
            print(f"{name:<32}{took:8.3f} s   {max(0, lines - 1):>6,} rows")


if __name__ == "__main__":
    main()
