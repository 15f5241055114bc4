"""Retention over a journal of a million rows: how long `congthu decisions prune` takes, its memory, and what the mail's
own commits wait meanwhile.

The rows of benchmarks.console, put under a chain with the key of the folder; nine in ten of them are over. The command
runs as a process of its own, as an operator runs it, while a journal like the gateway's commits `--rate` refusals a
second and takes the time that each waits for its row. The same is measured before without the command.

usage: python -m benchmarks.retention [--rows 1000000] [--url postgresql://…] [--folder DIR] [--rate 50] [--seconds 20]
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles

import sqlalchemy as sa

from benchmarks.console import DAYS, fill, settings_of
from benchmarks.decisions import decision
from gateway.journal.chain import load_key
from gateway.journal.decision import new_reference
from gateway.journal.journal import Journal
from gateway.journal.schema import chains
from gateway.journal.store import make_engine, resolve_url
from gateway.lifecycle.days import wall
from gateway.logs import configure

_CHAIN = 4000  # the number that benchmarks.console gives its rows
_KEPT = DAYS // 10  # days that stay
_CONFIG = """\
[gateway]
hostname = "gw.tinh.example"
data_dir = "{folder}"
domains = ["tinh.example"]
[store]
url = "{url}"
[[listener]]
name = "inbound"
bind = "127.0.0.1:2525"
direction = "inbound"
upstream = "m"
[upstream.m]
maildir = "m"
"""


async def _put_in(folder: Path, url: str, rows: int) -> None:
    """The tables, the key, the rows and their chain."""
    journal = Journal.from_settings(settings_of(folder, url))
    await journal.start()
    await journal.close()
    engine = make_engine(resolve_url(url, folder))
    fill(engine, rows)
    row = {"number": _CHAIN, "name": "filled", "node": "gw1", "worker": 0, "started": 1, "key_id": load_key(folder).id}
    with engine.connect() as connection, connection.begin():
        connection.execute(sa.insert(chains).values(row))
    engine.dispose()


async def _commits(folder: Path, url: str, rate: float, going: Callable[[], bool]) -> list[float]:
    """Seconds that each refusal waited for its row, as long as `going`."""
    journal, chance, waited = Journal.from_settings(settings_of(folder, url), worker=1), random.Random(7), []
    await journal.start()

    async def one(number: int) -> None:
        made = decision(number * 20, time.time(), chance)
        made.reference = new_reference(made.time)
        began = time.perf_counter()
        await journal.commit(made)
        waited.append(time.perf_counter() - began)

    tasks, number = [], 0
    while going():
        tasks.append(asyncio.create_task(one(number)))
        number += 1
        await asyncio.sleep(1 / rate)
    done = await asyncio.gather(*tasks, return_exceptions=True)
    await journal.close()
    if failed := [one for one in done if one is not None]:
        print(f"  {len(failed)} commits failed, the first: {failed[0]!r}")
    return waited


async def _memory(pid: int) -> float:
    """The largest resident memory of a process while it lives, in MiB."""
    most = 0.0
    while found := _resident(pid):
        most = max(most, found)
        await asyncio.sleep(0.2)
    return most


def _resident(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return max((int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM")), default=0.0)


def _said(name: str, waited: list[float]) -> None:
    cuts = quantiles(waited, n=100)
    middle, most, worst = cuts[49] * 1e3, cuts[98] * 1e3, max(waited) * 1e3
    print(f"{name}: {len(waited):,} commits, median {middle:.0f} ms, 99 % {most:.0f} ms, longest {worst:.0f} ms")


async def measure(folder: Path, url: str, rate: float, seconds: float) -> None:
    """Commits alone, then beside the command."""
    until = time.perf_counter() + seconds
    _said("alone", await _commits(folder, url, rate, lambda: time.perf_counter() < until))
    config = folder / "config.toml"
    config.write_text(_CONFIG.format(folder=folder, url=url), "utf-8")
    day = wall(time.time()).date() - datetime.timedelta(days=_KEPT)
    asked = ("decisions", "prune", "--config", str(config), "--before", str(day), "--yes")
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "gateway", *asked)
    ended = asyncio.create_task(process.wait())
    memory = asyncio.create_task(_memory(process.pid))
    waited = await _commits(folder, url, rate, lambda: not ended.done())
    took, code = time.perf_counter() - began, await ended
    print(f"prune: exit {code}, {took:.0f} s, its largest memory {await memory:.0f} MiB")
    _said("beside it", waited)


def main() -> None:
    """Fill where it is empty, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--url", default="sqlite:///congthu.db")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--seconds", type=float, default=20)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="congthu-retention-") as made:
        folder = arguments.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        configure("warning", "console")
        began = time.perf_counter()
        asyncio.run(_put_in(folder, arguments.url, arguments.rows))
        print(f"{arguments.rows:,} rows put in, {time.perf_counter() - began:.0f} s")
        asyncio.run(measure(folder, arguments.url, arguments.rate, arguments.seconds))


if __name__ == "__main__":
    main()
