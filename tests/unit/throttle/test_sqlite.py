"""The embedded store: the contract."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.rates import LimitStore
from gateway.throttle.sqlite import SqliteLimits
from tests.unit.throttle.contract import Clock, NewContract, StoreContract
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
