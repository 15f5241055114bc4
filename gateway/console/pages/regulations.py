"""*Quy chế*: each clause with its text, what enforces it, in which mode, and how often it was the reason."""

from __future__ import annotations

import datetime
from collections import Counter
from typing import Final

from starlette.responses import Response

from gateway.console.visit import Visit
from gateway.lifecycle.days import day_of
from gateway.orders.values import holding
from gateway.orders.view import in_force
from gateway.rules.compliance import matrices, topology_of

_DAYS: Final = 30


def page(visit: Visit) -> Response:
    """The clauses of every regulation that the configuration follows."""
    today = day_of(visit.now)
    orders = holding(visit.services.orders.standing()[1], today)
    settings = in_force(visit.services.settings, orders)
    dates = [today - datetime.timedelta(days=back) for back in range(_DAYS)]
    with visit.services.journal() as connection:
        days = [visit.services.figures.day(connection, date, today) for date in dates]
    clauses, rules = Counter[str](), Counter[str]()
    for day in days:
        clauses.update(day.clauses)
        rules.update(day.rules)
    found = matrices(settings)
    counts = {matrix.regulation.id: Counter(one.state.value for one in matrix.clauses) for matrix in found}
    return visit.page(
        "regulations.html",
        matrices=found,
        counts=counts,
        clauses=clauses,
        rules=rules,
        days=_DAYS,
        whole=visit.asked("tat-ca") == "1",
        topology=topology_of(settings),
    )
