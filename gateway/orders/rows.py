"""Orders as rows of the table, and back. Runs no statement."""

from __future__ import annotations

import datetime
from typing import Any

import sqlalchemy as sa

from gateway.model import Mode
from gateway.orders.values import Kind, Order


def row_of(order: Order, moment: int) -> dict[str, Any]:
    """The row of a new order. `moment`: microseconds since the epoch."""
    return {
        "time": moment,
        "kind": order.kind.value,
        "rule": order.rule,
        "place": order.place,
        "mode": order.mode.value if order.mode is not None else "",
        "sender": order.sender,
        "recipient": order.recipient,
        "network": order.network,
        "until": order.until.isoformat() if order.until is not None else "",
        "actor": order.by,
        "reason": order.reason,
        "reference": order.reference,
        "ended": 0,
        "ended_by": "",
        "ended_why": "",
    }


def order_of(row: sa.Row[Any]) -> Order:
    """The order of a row."""
    return Order(
        Kind(row.kind),
        row.rule,
        row.reason,
        row.actor,
        row.place,
        Mode(row.mode) if row.mode else None,
        row.sender,
        row.recipient,
        row.network,
        datetime.date.fromisoformat(row.until) if row.until else None,
        row.reference,
        row.time / 1e6,
        row.number,
        row.ended / 1e6,
        row.ended_by,
        row.ended_why,
    )
