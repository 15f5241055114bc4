"""One order: a rule's mode, or an exemption from it; who gave it, when, why, until when. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gateway.model import Mode

EVERYWHERE: Final = ""
"""The place of an order that is for every listener."""


class Kind(StrEnum):
    """What an order does."""

    MODE = "mode"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True)
class Order:
    """`place`: a listener's name, a direction or "internal", "" for everywhere (modes only). `until`: its last day.

    `sender`, `recipient`, `network`: as `[[exemption]]` has them. `reference`: of the decision that it came from.
    `time`, `ended`: seconds since the epoch; `ended` 0 while nobody withdrew or replaced it.
    """

    kind: Kind
    rule: str
    reason: str
    by: str = ""
    place: str = EVERYWHERE
    mode: Mode | None = None
    sender: str = ""
    recipient: str = ""
    network: str = ""
    until: datetime.date | None = None
    reference: str = ""
    time: float = 0.0
    number: int = 0
    ended: float = 0.0
    ended_by: str = ""
    ended_why: str = ""

    def holds(self, today: datetime.date) -> bool:
        """Whether it is in force on a day: its last day is included."""
        return not self.ended and (self.until is None or today <= self.until)


Orders = tuple[Order, ...]


def holding(orders: Iterable[Order], today: datetime.date) -> Orders:
    """Those in force on a day, the oldest first."""
    return tuple(sorted((one for one in orders if one.holds(today)), key=lambda one: one.number))


def told(order: Order) -> str:
    """An order in one line, for the record and for logs."""
    where = order.place or "everywhere"
    if order.kind is Kind.MODE:
        what = f"{order.rule} {order.mode} {where}"
    else:
        given = (("sender", order.sender), ("recipient", order.recipient), ("network", order.network))
        what = f"{order.rule} exempt " + " ".join(f"{name}={value}" for name, value in given if value)
    until = f" until {order.until}" if order.until else ""
    source = f" (from {order.reference})" if order.reference else ""
    return f"{what}{until}: {order.reason}{source}"
