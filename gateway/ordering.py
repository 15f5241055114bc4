"""What people ordered of the rules, in force in a worker: the store's orders over the configuration's settings.

One for each worker. It joins rooms that do not know each other: `orders` keeps and merges, whoever builds the rules
asks `over`, and is told when to ask again. Nothing of it is on the path of a message.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from gateway.config import Settings
from gateway.directory.database import Database
from gateway.lifecycle.days import after_days, start_of
from gateway.logs import get_logger
from gateway.metrics import OrderMetrics
from gateway.orders.merge import fault, merged
from gateway.orders.store import OrderStore
from gateway.orders.values import Kind, Orders
from gateway.orders.watch import Watch
from gateway.rules.compiled import Known
from gateway.rules.policy import today_in_vietnam
from gateway.rules.problems import problems

_log = get_logger("congthu.orders")


class Ordering:
    """`start` once; `changed` is awaited whenever the rules are to be made anew."""

    def __init__(self, database: Database, known: Known, changed: Callable[[], Awaitable[None]]) -> None:
        self._database, self._known, self._changed = database, known, changed
        self._watch = Watch(OrderStore(database), self._put, today_in_vietnam)

    async def start(self) -> None:
        """Make the tables, read the orders, begin to follow them. StartError, as `Watch.start`."""
        self._known.unruled = True
        await self._watch.start(remote=self._database.remote)
        self._known.unruled = not self._watch.seen

    async def close(self) -> None:
        """End what runs."""
        await self._watch.close()

    @property
    def missing(self) -> str:
        """Why nobody can tell how the rules are to run, "" where that is known."""
        return "" if self._watch.seen else "were not read yet"

    def over(self, settings: Settings) -> Settings:
        """The settings with the orders over them; as they are where the configuration does not let anybody order."""
        if not settings.console.may_change_rules:
            self._show(())
            return settings
        self._show(tuple(order for order in self._watch.current if not fault(settings, order)))
        for order in self._watch.current:
            if why := fault(settings, order):
                _log.warning("order.idle", number=order.number, reason=why.en)
        made = merged(settings, self._watch.current)
        if made is not settings and (wrong := problems(made)):
            self._show(())
            _log.error("orders.unusable", reason=str(wrong[0]))
            return settings
        return made

    def _show(self, standing: Orders) -> None:
        """Tell the metrics what is in force."""
        begun: dict[str, list[float]] = {}
        for order in standing:
            begun.setdefault(order.mode.value if order.mode else Kind.EXEMPT.value, []).append(order.time)
        last = min((order.until for order in standing if order.until), default=None)
        metrics = OrderMetrics()
        metrics.begun = begun
        metrics.next_end = None if last is None else start_of(after_days(last, 1))

    async def _put(self) -> None:
        await self._changed()
        self._known.unruled = False
