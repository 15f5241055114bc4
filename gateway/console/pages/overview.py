"""*Tổng quan*: today and the last days at a glance."""

from __future__ import annotations

import datetime
from collections import Counter
from typing import Any, Final

from starlette.responses import Response

from gateway.console.charts import Bar, bars
from gateway.console.figures import Day
from gateway.console.health import readiness
from gateway.console.rows import line_of
from gateway.console.text import number
from gateway.console.visit import Visit
from gateway.console.words import word
from gateway.directory.errors import DirectoryError
from gateway.journal.paging import Wanted
from gateway.journal.paging import page as page_of
from gateway.journal.query import Filter
from gateway.lifecycle.days import day_of
from gateway.rates import Standing

_DAYS: Final = {"7": 7, "14": 14, "30": 30, "90": 90}
_LATEST: Final = 8


def page(visit: Visit) -> Response:
    """The first page."""
    count = _DAYS.get(visit.asked("ngay"), 14)
    today = day_of(visit.now)
    dates = [today - datetime.timedelta(days=back) for back in range(count - 1, -1, -1)]
    with visit.services.journal() as connection:
        days = [visit.services.figures.day(connection, date, today) for date in dates]
        latest = [line_of(row) for row in page_of(connection, _REFUSED, limit=_LATEST, budget=0.1).rows]
    rules = Counter[str]()
    for day in days:
        rules.update(day.rules)
    values: dict[str, Any] = {"today": days[-1], "before": days[-2], "days": days, "count": count, "latest": latest}
    checks = readiness(visit.services.settings.http.bind)
    return visit.page(
        "overview.html",
        rules=rules.most_common(12),
        charts_=_charts(visit, days),
        checks=checks,
        senders=_senders(visit),
        polls=_polls(visit),
        choices=tuple(_DAYS),
        **values,
    )


_REFUSED: Final = Wanted(Filter(action="reject"))


def _charts(visit: Visit, days: list[Day]) -> dict[str, Any]:
    english = visit.language == "en"
    flow = [Bar(_short(d.date), (("main", d.accept), ("doubt", d.tempfail), ("bad", d.reject)), _told(d)) for d in days]
    stopped = [Bar(_short(d.date), (("doubt", d.tempfail), ("bad", d.reject)), _told(d)) for d in days]
    return {
        "flow": bars(flow, "Messages a day" if english else "Số thư mỗi ngày"),
        "stopped": bars(stopped, "Refused and put off a day" if english else "Từ chối và hoãn mỗi ngày"),
    }


def _short(date: datetime.date) -> str:
    return date.strftime("%d/%m")


def _told(day: Day) -> str:
    words = (("accept", day.accept), ("tempfail", day.tempfail), ("reject", day.reject))
    return f"{_short(day.date)}: " + ", ".join(f"{word('action', name, 'vi')} {number(value)}" for name, value in words)


def _senders(visit: Visit) -> dict[str, int]:
    """How many stand how; nothing where no record was made yet."""
    try:
        counts = visit.services.blocks.snapshot().counts()
    except DirectoryError:
        return {}
    return {standing.value: counts[standing] for standing in (Standing.LOCKED, Standing.BLOCKED, Standing.SUSPECT)}


def _polls(visit: Visit) -> dict[str, int] | None:
    """How fresh the poller's knowledge is; None where nothing is polled."""
    imap = visit.services.settings.imap
    if imap.host is None:
        return None
    past = visit.services.upkeep.use.past()
    edge = visit.now - 2 * imap.interval
    fresh = sum(one.observed is not None and one.observed >= edge for one in past.values())
    known = len(visit.services.book.snapshot.mailboxes)
    return {"fresh": fresh, "stale": len(past) - fresh, "never": max(known - len(past), 0), "known": known}
