"""Retention in the daemon: it looks, does what is configured, follows a new configuration, and ends with its step."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from gateway import metrics
from gateway.config import Settings
from gateway.errors import JournalUnavailable
from gateway.journal.prune import Pruned
from gateway.retaining import Retaining
from tests.unit.journal.contract_retention import DAYS, NOW, left, old_rows
from tests.unit.journal.support import URL, check, running, until


def settings(folder: Path, **days: int) -> Settings:
    """A gateway's, with these days of retention."""
    return Settings.model_validate({"gateway": {"hostname": "gw", "data_dir": str(folder)}, "retention": days})


async def test_it_takes_what_is_over_beside_the_gateway(tmp_path: Path) -> None:
    async with running(tmp_path) as journal:
        await old_rows(journal)
        part = Retaining(settings(tmp_path, **DAYS), "gw1", lambda: NOW, first=0.0)
        await part.start()
        await until(lambda: len(left(URL, tmp_path)["action"]) == 4)
        await part.close()
    report = check(tmp_path)
    assert (report.total, report.pruned) == (0, 10)


async def test_nothing_is_looked_at_where_nothing_is_configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def noted(*given: Any) -> Any:
        asked.append(given)
        yield from ()

    monkeypatch.setattr("gateway.retaining.prune", noted)
    monkeypatch.setattr("gateway.retaining.EVERY", 0.0)
    part = Retaining(settings(tmp_path), "gw1", lambda: NOW, first=0.0)
    await part.start()
    await asyncio.sleep(0.05)
    assert asked == []
    await (await part.prepare(settings(tmp_path, refused=3))).commit()
    await until(lambda: len(asked) > 1)
    await part.close()
    assert asked[0][3] == {"refused": (NOW - 3 * 86_400) * 1e6}


async def test_a_store_that_fails_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def broken(*given: Any) -> Any:
        asked.append(given)
        if asked:
            raise (JournalUnavailable("away"), RuntimeError("a bug"))[len(asked) % 2]
        yield

    monkeypatch.setattr("gateway.retaining.prune", broken)
    monkeypatch.setattr("gateway.retaining.AGAIN", 0.0)
    part = Retaining(settings(tmp_path, refused=3), "gw1", lambda: NOW, first=0.0)
    await part.start()
    await until(lambda: len(asked) > 3)
    await part.close()


async def test_it_ends_with_the_step_that_is_being_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    begun, go, told = threading.Event(), threading.Event(), list[str]()

    def slow(*_: Any) -> Any:
        try:
            for number in range(100):
                begun.set()
                go.wait(10)
                told.append("step")
                yield Pruned(number, 0)
        finally:
            told.append("closed")

    monkeypatch.setattr("gateway.retaining.prune", slow)
    part = Retaining(settings(tmp_path, refused=3), "gw1", lambda: NOW, first=0.0)
    await part.start()
    await until(begun.is_set)
    closing = asyncio.create_task(part.close())
    await asyncio.sleep(0.01)
    go.set()
    await closing
    assert told == ["step", "closed"]


async def test_what_it_did_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now, asked = [NOW], list[Any]()

    def steps(*given: Any) -> Any:
        asked.append(given)
        if len(asked) == 2:
            raise JournalUnavailable("away")
        yield Pruned(200, 1)
        yield Pruned(260, 2)

    monkeypatch.setattr("gateway.retaining.prune", steps)
    monkeypatch.setattr("gateway.retaining.EVERY", 0.02)
    monkeypatch.setattr("gateway.retaining.AGAIN", 9.0)
    before = _shown()
    part = Retaining(settings(tmp_path), "gw1", lambda: now[0], first=0.0)
    await part.start()
    now[0] += 500
    assert _shown()["age"] == 0.0  # nothing is configured
    await (await part.prepare(settings(tmp_path, refused=3))).commit()
    assert _shown()["age"] == 0.0
    now[0] += 100
    assert _shown()["age"] == 100.0  # it is asked for, and was not done yet
    await until(lambda: _shown()["failed"] - before["failed"] == 1)
    now[0] += 50
    after = _shown()
    await part.close()
    assert after["age"] == 50.0  # since the look that was whole, not since the one that failed
    assert after["rows"] - before["rows"] == 260
    assert (after["done"] - before["done"], after["failed"] - before["failed"]) == (1, 1)
    assert _shown()["age"] == 0.0


def _shown() -> dict[str, float]:
    metrics.flush()
    found = {name: _value("looks_total", outcome=name) for name in ("done", "failed")}
    return {**found, "age": _value("age_seconds"), "rows": _value("rows_total")}


def _value(name: str, **labels: str) -> float:
    return metrics.WORKER.get_sample_value(f"congthu_retention_{name}", labels) or 0.0
