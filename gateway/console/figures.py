"""Counts a day from the journal's indexes: how much came, what was refused and by which rule. Reads only.

A day that is past does not change (but by retention), so it is counted once; today is counted again after some seconds.
"""

from __future__ import annotations

import datetime
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sa

from gateway.console.rows import tables, text, texts
from gateway.journal.query import record_in
from gateway.journal.schema import NOT_ACCEPTED, decisions, findings
from gateway.lifecycle.days import start_of

_FRESH: Final = 20.0  # seconds
_PAUSE: Final = 0.05  # seconds between two days that nobody waits for
_PAST: Final = 14400.0  # seconds after which even a past day is counted again: retention may have come by
_MOST: Final = 400  # days kept
_OTHER: Final = sa.literal_column(f"decisions.{NOT_ACCEPTED.text}", sa.Boolean()).self_group()
"""Names the partial index."""
_THROTTLE: Final = "outbound-throttle"
_READ: Final = 20_000  # refusals of a day whose findings are read; a flood beyond says nothing new


@dataclass(frozen=True, slots=True)
class Day:
    """One day's counts. `rules`, `clauses`: of enforced findings in refusals. `throttled`: mail over limits."""

    date: datetime.date
    total: int = 0
    reject: int = 0
    tempfail: int = 0
    rules: Mapping[str, int] = field(default_factory=dict)
    clauses: Mapping[str, int] = field(default_factory=dict)
    throttled: int = 0

    @property
    def accept(self) -> int:
        """Delivered."""
        return max(self.total - self.reject - self.tempfail, 0)


class Figures:
    """Counted days of one journal; any thread may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._days: OrderedDict[datetime.date, tuple[float, Day]] = OrderedDict()

    def warm(self, connection: sa.Connection, days: int, today: datetime.date, stop: threading.Event) -> None:
        """Count the last `days` ahead of whoever will ask; those that were counted a while ago again. Until `stop`."""
        for back in range(1, days + 1):
            date = today - datetime.timedelta(days=back)
            with self._lock:
                held = self._days.get(date)
            if held is None or time.monotonic() - held[0] > _PAST / 2:
                self._keep(count(connection, date))
                if stop.wait(_PAUSE):
                    return

    def day(self, connection: sa.Connection, date: datetime.date, today: datetime.date) -> Day:
        """One day, counted now or lately."""
        now = time.monotonic()
        with self._lock:
            held = self._days.get(date)
        if held is not None and now - held[0] < (_PAST if date < today else _FRESH):
            return held[1]
        made = count(connection, date)
        self._keep(made)
        return made

    def _keep(self, made: Day) -> None:
        with self._lock:
            self._days[made.date] = (time.monotonic(), made)
            self._days.move_to_end(made.date)
            while len(self._days) > _MOST:
                self._days.popitem(last=False)


def count(connection: sa.Connection, date: datetime.date) -> Day:
    """Count one day of Vietnam's time."""
    since, until = (int(start_of(one) * 1e6) for one in (date, date + datetime.timedelta(days=1)))
    span = sa.and_(decisions.c.time >= since, decisions.c.time < until)
    with connection.begin():
        total = connection.execute(sa.select(sa.func.count()).select_from(decisions).where(span)).scalar_one()
        others = _of_action(connection, span, "")  # notes, what people did, beginnings of chains, prunings
        refused, put_off = (_of_action(connection, span, action) for action in ("reject", "tempfail"))
        rules, clauses = _blamed(connection, span)
        over = sa.and_(findings.c.rule == _THROTTLE, findings.c.time >= since, findings.c.time < until)
        each = sa.select(sa.func.count(findings.c.decision.distinct())).where(over)
        throttled = connection.execute(each).scalar_one()
    return Day(date, total - others, refused, put_off, rules, clauses, throttled)


def _of_action(connection: sa.Connection, span: sa.ColumnElement[bool], action: str) -> int:
    query = sa.select(sa.func.count()).select_from(decisions).where(span, _OTHER, decisions.c.action == action)
    return int(connection.execute(query).scalar_one())


def _blamed(connection: sa.Connection, span: sa.ColumnElement[bool]) -> tuple[dict[str, int], dict[str, int]]:
    """For what mail was refused: the enforced findings of the refusals."""
    query = sa.select(decisions.c.payload).where(span, _OTHER, decisions.c.action == "reject").limit(_READ)
    rules, clauses = Counter[str](), Counter[str]()
    for (payload,) in connection.execute(query):
        if payload is None:
            continue
        found = [one for one in tables(record_in(payload, 0).get("findings")) if text(one, "action") == "reject"]
        enforced = [one for one in found if text(one, "mode") == "enforce"]
        rules.update({text(one, "rule") for one in enforced})
        clauses.update({name for one in enforced for name in texts(one.get("clauses"))})
    return dict(rules), dict(clauses)
