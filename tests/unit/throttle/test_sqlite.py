"""The embedded store: the contract."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.rates import Ask, LimitStore
from gateway.throttle.page import SqlitePage
from gateway.throttle.sqlite import SqliteLimits
from tests.unit.throttle.contract import DAY, RECIPIENTS, Clock, NewContract, StoreContract, charge, people
from tests.unit.throttle.contract_settle import (
    ClockContract,
    CrowdContract,
    KeyContract,
    SettleContract,
    ValueContract,
)


class MadeSqlite:
    """Stores on one file."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.path = folder / "limits.db"
        self.place = str(self.path)
        self.opened: list[SqliteLimits] = []

    async def open(self) -> LimitStore:
        """See `contract.Made`."""
        store = SqliteLimits(self.path, timeout=30, clock=self.clock)
        self.opened.append(store)
        await store.start()
        return store

    def asked(self, store: LimitStore) -> int:
        """See `contract.Made`."""
        assert isinstance(store, SqliteLimits)
        return store.questions


@pytest.fixture
async def made(tmp_path: Path) -> AsyncIterator[MadeSqlite]:
    one = MadeSqlite(tmp_path)
    yield one
    for store in one.opened:
        await store.close()


class TestStore(StoreContract):
    """Over SQLite."""


class TestNew(NewContract):
    """Over SQLite."""


class TestSettle(SettleContract):
    """Over SQLite."""


class TestClock(ClockContract):
    """Over SQLite."""


class TestKeys(KeyContract):
    """Over SQLite."""


class TestValues(ValueContract):
    """Over SQLite."""


class TestCrowd(CrowdContract):
    """Over SQLite."""

    async def test_few_transactions_for_many(self, made: MadeSqlite, monkeypatch: pytest.MonkeyPatch) -> None:
        store, account, finished = await made.open(), charge((RECIPIENTS, DAY, 10**6)), list[bool]()
        finish = SqlitePage.finish

        def counted(page: SqlitePage) -> bool:
            finished.append(finish(page))
            return finished[-1]

        monkeypatch.setattr(SqlitePage, "finish", counted)
        await asyncio.gather(*(store.reserve(Ask((account,), people(1))) for _ in range(200)))
        assert 1 <= len(finished) <= 20

    async def test_what_changes_nothing_writes_nothing(self, made: MadeSqlite) -> None:
        store, account = await made.open(), charge((RECIPIENTS, DAY, 1))
        await store.reserve(Ask((account,), people(1)))
        await store.change("key", 60, lambda *_: (b"one", None))
        watcher = sqlite3.connect(made.path)
        try:
            before = watcher.execute("PRAGMA data_version").fetchone()
            await store.reserve(Ask((account,), people(3), messages=1, size=9))
            await store.usage([account])
            await store.change("key", 60, lambda old, _: (old, None))
            assert watcher.execute("PRAGMA data_version").fetchone() == before
        finally:
            watcher.close()
