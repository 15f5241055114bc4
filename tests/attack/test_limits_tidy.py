"""What is counted is answered so: tidying the file, which comes after the commit, takes nobody's answer back."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from gateway.throttle import page
from gateway.throttle.cells import Cells
from gateway.throttle.sqlite import SqliteLimits


async def test_a_tidying_that_fails_loses_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(page, "_TIDY", 1)
    monkeypatch.setattr(Cells, "tidy", full)
    limits = SqliteLimits(tmp_path, timeout=30.0)
    await limits.start()
    try:
        for expected in (1, 2, 3):
            told = await limits.change("k", 60, lambda old, _: (bytes([(old or b"\0")[0] + 1]), (old or b"\0")[0] + 1))
            assert told == expected
            await asyncio.sleep(0)
    finally:
        await limits.close()
