"""The thread that has the file: a transaction that is done once more says what the second time gave."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

from gateway.throttle.cells import Cells
from gateway.throttle.clerk import Clerk, Job
from gateway.throttle.page import SqlitePage

NOW = 1_790_000_000.0


async def test_who_leaves_before_the_second_try_got_nothing(tmp_path: Path) -> None:
    loop, told, heard = asyncio.get_running_loop(), list[Job](), asyncio.Event()
    other = SqlitePage(other_cells := Cells(tmp_path / "limits.db", wait=5, most=100))
    other_cells.open()

    def write(page: SqlitePage) -> str:
        page.put(1, b"x", 60)
        return "written"

    def meets(page: SqlitePage) -> str:
        """Another process writes meanwhile, and who asked gives up."""
        page.put(2, b"y", 60)
        other.begin()
        other.now = NOW
        other.put(3, b"z", 60)
        assert other.finish()
        loop.call_soon_threadsafe(gone.future.cancel)
        while not gone.future.done():
            time.sleep(0.001)
        return "granted"

    def hear(jobs: Sequence[Job]) -> None:
        told.extend(jobs)
        heard.set()

    clerk = Clerk(Cells(tmp_path / "limits.db", wait=5, most=100), lambda: NOW, hear)
    clerk.start()
    gone = Job(meets, loop)
    for job in (Job(write, loop), gone):
        clerk.put([job])
        await heard.wait()
        heard.clear()
    clerk.stop()
    await asyncio.to_thread(clerk.join)
    assert [job.answer for job in told] == ["written", None]
    assert gone.error is None
    other.begin()
    other.now = NOW
    assert other.value(2) is None
    assert other.finish()
    other_cells.close()
