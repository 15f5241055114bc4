"""*Đổi quy tắc*: how each rule runs now, switching it, exemptions, and everything that was ever ordered."""

from __future__ import annotations

import datetime
from typing import Any, Final

from starlette.responses import Response

from gateway.console.errors import Refused
from gateway.console.visit import Visit
from gateway.lifecycle.days import day_of
from gateway.model import Mode
from gateway.orders.deeds import give, withdraw
from gateway.orders.errors import OrderRefused
from gateway.orders.figures import Effect, effect
from gateway.orders.values import Kind, Order, holding
from gateway.orders.view import idle, standings

PATH: Final = "/quy-che/lenh"
_HISTORY: Final = 100
_HALF_A_YEAR: Final = 182


def page(visit: Visit) -> Response:
    """The orders in force, the forms, and the history."""
    return _page(visit)


def _page(visit: Visit, problem: str = "", status: int = 200, ask: Effect | None = None) -> Response:
    settings, store = visit.services.settings, visit.services.orders
    today = day_of(visit.now)
    orders = holding(store.standing()[1], today)
    rows = standings(settings, orders)
    chosen = visit.sent("rule", 64) or visit.asked("quy-tac")
    names = dict.fromkeys(row["rule"] for row in rows)
    values: dict[str, Any] = {
        "rows": {name: [row for row in rows if row["rule"] == name] for name in names},
        "effect": _effect(visit, chosen) if chosen in names else None,
        "places": [*(one.name for one in settings.listener), *_directions(visit), "internal"],
        "form": visit.form,
        "history": store.history(limit=_HISTORY),
    }
    values |= {"useless": idle(settings, orders), "last": today + datetime.timedelta(days=_HALF_A_YEAR), "today": today}
    return visit.page(
        "orders.html", status, orders=orders, chosen=chosen, names=names, problem=problem, ask=ask, **values
    )


def _directions(visit: Visit) -> list[str]:
    names = {one.name for one in visit.services.settings.listener}
    found = dict.fromkeys(one.direction.value for one in visit.services.settings.listener)
    return [one for one in found if one not in names]


def _effect(visit: Visit, rule: str) -> Effect:
    with visit.services.journal() as connection:
        return effect(connection, rule, visit.now)


def set_mode(visit: Visit) -> Response:
    """Switch a rule between enforce and observe. What would refuse much of last week's mail is asked about twice."""
    mode = visit.sent("mode", 10)
    if mode not in (Mode.ENFORCE, Mode.OBSERVE):
        raise Refused(400, "Choose enforce or observe.", "Hãy chọn áp dụng hoặc theo dõi.")
    order = Order(Kind.MODE, visit.sent("rule", 64), visit.sent("reason", 600), visit.by, visit.sent("place", 64))
    order = _until(visit, order, Mode(mode))
    if order.mode is Mode.ENFORCE and visit.sent("sure", 4) != "yes":
        found = _effect(visit, order.rule)
        if found.sweeping:
            return _page(visit, status=409, ask=found)
    return _give(visit, order)


def exempt(visit: Visit) -> Response:
    """Exempt mail from a rule, mostly from a decision's page."""
    order = Order(
        Kind.EXEMPT,
        visit.sent("rule", 64),
        visit.sent("reason", 600),
        visit.by,
        sender=visit.sent("sender", 400),
        recipient=visit.sent("recipient", 400),
        network=visit.sent("network", 64),
        reference=visit.sent("reference", 40).upper(),
    )
    return _give(visit, _until(visit, order, None))


def end(visit: Visit) -> Response:
    """Withdraw an order."""
    given = visit.sent("number", 18)
    number = int(given) if given.isascii() and given.isdigit() else 0
    visit.services.orders.prepare()
    try:
        withdraw(
            visit.services.settings,
            visit.services.orders,
            number,
            visit.by,
            visit.sent("reason", 600),
            visit.record,
        )
    except OrderRefused as error:
        return _refused(visit, error)
    return visit.go(PATH, "thu-hoi-lenh")


def _until(visit: Visit, order: Order, mode: Mode | None) -> Order:
    from dataclasses import replace

    given = visit.sent("until", 10)
    try:
        return replace(order, mode=mode, until=datetime.date.fromisoformat(given) if given else None)
    except ValueError as error:
        raise Refused(400, "That is no date.", "Ngày không hợp lệ.") from error


def _give(visit: Visit, order: Order) -> Response:
    try:
        give(visit.services.settings, visit.services.orders, order, day_of(visit.now), visit.record)
    except OrderRefused as error:
        return _refused(visit, error)
    return visit.go(PATH, "lenh")


def _refused(visit: Visit, error: OrderRefused) -> Response:
    return _page(visit, str(error) if visit.language == "en" else error.vi, 400)
