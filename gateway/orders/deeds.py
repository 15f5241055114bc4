"""Giving and withdrawing an order: what may be ordered at all, on record before it holds.

An order never turns a rule off, and never turns on one that cannot run. It must not know who asks, nor what shows it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from gateway.config import Settings
from gateway.model import Mode
from gateway.orders.errors import OrderRefused
from gateway.orders.merge import fault, merged
from gateway.orders.store import OrderStore
from gateway.orders.values import Kind, Order, Orders, told
from gateway.regulations import load
from gateway.rules.policy import Policy

Record = Callable[[str, str, str], None]
"""Puts a deed on record: its stable name, what it was done to, the text. What it raises stops the deed."""
FARTHEST: Final = 366
"""Days for which an exemption may be given at most: then somebody has to look at it again."""
_REASON: Final = (3, 500)  # characters
_LONGEST: Final = 320  # characters of an address pattern, RFC 5321 4.5.3.1


def give(settings: Settings, store: OrderStore, order: Order, today: datetime.date, record: Record) -> int:
    """Check an order, put it on record, keep it; its number. OrderRefused, and errors of the two stores."""
    store.prepare()
    _, standing = store.standing()
    checked = check(settings, standing, order, today)
    what = "rule-mode" if order.kind is Kind.MODE else "rule-exempt"
    record(what, checked.reference or checked.rule, told(checked))
    try:
        return store.give(checked)
    except Exception as error:
        record("not-done", checked.reference or checked.rule, f"{what}: {error}")
        raise


def withdraw(settings: Settings, store: OrderStore, number: int, by: str, reason: str, record: Record) -> Order:
    """End an order; what it was. OrderRefused, and errors of the two stores."""
    _permitted(settings)
    words = _reason(reason)
    found = store.find(number)
    if found is None or found.ended:
        raise OrderRefused(f"no order {number} is in force", f"Không có lệnh số {number} đang hiệu lực.")
    record("rule-withdraw", found.reference or found.rule, f"{number}: {told(found)}; {words}")
    store.withdraw(number, by, words)
    return found


def check(settings: Settings, standing: Orders, order: Order, today: datetime.date) -> Order:
    """The order as it will be kept. OrderRefused says why it cannot be given."""
    _permitted(settings)
    made = replace(order, reason=_reason(order.reason), by=_line(order.by)[:200], reference=_line(order.reference)[:40])
    made = replace(made, sender=_pattern(made.sender), recipient=_pattern(made.recipient))
    _check_day(made, today)
    if why := fault(settings, made):
        raise OrderRefused(why.en, f"Lệnh không hợp lệ: {why.vi}.")
    if made.kind is Kind.MODE:
        _check_runs(merged(settings, [*standing, replace(made, number=_next(standing))]), made)
    return made


def _permitted(settings: Settings) -> None:
    if not settings.console.may_change_rules:
        raise OrderRefused(
            "the configuration does not let rules be changed while the gateway runs: console.may_change_rules",
            "Cấu hình không cho đổi quy tắc khi đang chạy: console.may_change_rules.",
        )


def _line(text: str) -> str:
    """In one line, without what a store or a terminal cannot keep."""
    kept = "".join(one if one.isprintable() else " " for one in text.encode(errors="replace").decode())
    return " ".join(kept.split())


def _reason(text: str) -> str:
    words, (least, most) = _line(text), _REASON
    if not least <= len(words) <= most:
        raise OrderRefused(f"say why, in {least} to {most} characters", f"Hãy ghi lý do, từ {least} đến {most} ký tự.")
    return words


def _pattern(text: str) -> str:
    text = text.strip()
    if len(text) > _LONGEST or not text.isprintable():
        raise OrderRefused("no address pattern", "Mẫu địa chỉ không hợp lệ.")
    if text and not text.strip("*@."):
        raise OrderRefused(
            f"{text} is everybody: order the rule's mode instead",
            f"{text} là tất cả mọi người: hãy đổi chế độ của quy tắc.",
        )
    return text


def _check_day(order: Order, today: datetime.date) -> None:
    if order.until is None:
        return
    if order.until < today:
        raise OrderRefused(f"{order.until} is past", f"Ngày {order.until} đã qua.")
    if order.kind is Kind.EXEMPT and (order.until - today).days > FARTHEST:
        raise OrderRefused(
            f"an exemption holds for {FARTHEST} days at most",
            f"Miễn trừ có hiệu lực tối đa {FARTHEST} ngày.",
        )


def _next(standing: Orders) -> int:
    return max((one.number for one in standing), default=0) + 1


def _check_runs(settings: Settings, order: Order) -> None:
    """OrderRefused where the rule would not run so on any listener: it lacks something, or only observes there."""
    assert order.mode is not None
    found = _modes(settings, order)
    if order.mode in found:
        return
    if found:
        raise OrderRefused(
            f"{order.rule} only observes by itself there: name the direction or the listener to enforce it",
            "Ở đó quy tắc này vốn chỉ theo dõi: muốn áp dụng, hãy nêu rõ chiều thư hoặc listener.",
        )
    raise OrderRefused(
        f"{order.rule} cannot run there: what it needs is not configured, or it is not for that mail "
        "(congthu check-config)",
        "Quy tắc này không chạy được ở đó: thiếu phần cấu hình mà nó cần, hoặc không dành cho chiều thư đó.",
    )


def _modes(settings: Settings, order: Order) -> set[Mode]:
    """The modes in which an order's rule runs where it is for."""
    policy = Policy(settings)
    internal = order.place == "internal"
    at = [one for one in settings.listener if order.place in ("", "internal", one.name, one.direction.value)]
    bound = (
        rule
        for one in at
        for name in policy.profiles.regulations
        for rule in policy.bound(one, load(name), internal=internal)
    )
    return {rule.mode for rule in bound if rule.rule.name == order.rule}
