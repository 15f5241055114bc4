"""Orders in force over a configuration, and what the metrics tell of them."""

from __future__ import annotations

import datetime
import time
from dataclasses import replace
from pathlib import Path

from gateway import metrics
from gateway.config import Settings
from gateway.directory.store import DirectoryStore
from gateway.lifecycle.days import ZONE
from gateway.metrics import OrderMetrics
from gateway.ordering import Ordering
from gateway.orders.store import OrderStore
from gateway.rules.compiled import Known
from gateway.rules.policy import today_in_vietnam
from tests.unit.orders.contract import exemption, mode
from tests.unit.orders.test_merge import settings as merging


def settings(*, ordered: bool = True) -> Settings:
    """A configuration in which rules may be ordered, or not."""
    made = merging()
    console = made.console.model_copy(update={"may_change_rules": ordered})
    return made.model_copy(update={"console": console})


async def changed() -> None:
    """Nobody builds rules here."""


async def test_what_is_ordered_is_shown(tmp_path: Path) -> None:
    store = DirectoryStore("sqlite:///congthu.db", tmp_path)
    orders = OrderStore(store.database)
    orders.prepare()
    tomorrow = today_in_vietnam() + datetime.timedelta(days=1)
    orders.give(mode())
    for days in (0, 5):
        orders.give(replace(exemption(), until=tomorrow + datetime.timedelta(days=days)))
    orders.give(mode("no-such-rule"))  # of another version: in force nowhere
    given = min(order.time for order in orders.standing()[1])
    part = Ordering(store.database, Known(), changed)
    await part.start()
    try:
        part.over(settings())
        OrderMetrics().clock = lambda: given + 3600
        assert shown() == {"enforce": 0, "observe": 1, "exempt": 2}
        assert 3595 < value("orders_oldest_seconds", what="observe") <= 3600
        assert value("orders_oldest_seconds", what="enforce") == 0
        midnight = datetime.datetime.combine(tomorrow, datetime.time(), ZONE) + datetime.timedelta(days=1)
        assert abs(value("orders_next_end_seconds") - (midnight.timestamp() - given - 3600)) < 1
        part.over(settings(ordered=False))  # then no order is in force
        assert shown() == {"enforce": 0, "observe": 0, "exempt": 0}
        assert value("orders_next_end_seconds") == 0
    finally:
        await part.close()
        OrderMetrics().begun, OrderMetrics().next_end, OrderMetrics().clock = {}, None, time.time


def shown() -> dict[str, float]:
    metrics.flush()
    return {what: value("orders", what=what) for what in metrics.ORDERED}


def value(name: str, **labels: str) -> float:
    return metrics.WORKER.get_sample_value(f"congthu_{name}", labels) or 0.0
