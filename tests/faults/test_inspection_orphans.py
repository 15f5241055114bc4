"""A worker is killed: the processes that look into files for it end by themselves, whatever they were doing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.processes import lives

ROOT = Path(__file__).parents[2]
WORKER = """
import asyncio
from tests.unit.inspection.support import inspector, mail, part, scan, zipped, FILES

async def main():
    async with inspector(count=2, prewarm=True, timeout=100) as made:
        raw = mail(part(zipped([("b", b"c")]), "a.zip"), subject="SUBJECT")
        while made.running < 2:
            await asyncio.sleep(0.02)
        look = asyncio.create_task(made.inspect(raw, scan(raw), FILES))
        await asyncio.sleep(0.3)
        print(*(child.pid for child in made._pool._children), flush=True)
        await asyncio.sleep(100)

asyncio.run(main())
"""


def running(pids: list[int]) -> list[int]:
    """Those that are there and no zombies."""
    return [pid for pid in pids if lives(pid)]


@pytest.mark.parametrize("subject", ["well", "sleep", "burn"])
def test_children_end_with_their_worker(subject: str) -> None:
    script = WORKER.replace("SUBJECT", subject)
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
    ) as worker:
        assert worker.stdout is not None
        pids = [int(word) for word in worker.stdout.readline().split()]
        assert len(running(pids)) == 2
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        end = time.monotonic() + 20
        while running(pids) and time.monotonic() < end:
            time.sleep(0.05)
        assert running(pids) == []
