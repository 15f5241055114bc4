"""Orders in the store: read as one list with its version, given and withdrawn one by one, none of them forgotten.

Blocking: for threads and commands, never for the event loop. The tables stand beside the directory's.
"""

from __future__ import annotations

import time
from typing import Any, Final

import sqlalchemy as sa

from gateway.directory.database import Database
from gateway.directory.errors import DirectoryUnavailable
from gateway.orders.errors import OrderRefused
from gateway.orders.migrate import MIGRATIONS
from gateway.orders.rows import order_of, row_of
from gateway.orders.schema import orders, state
from gateway.orders.values import Kind, Order, Orders

MOST: Final = 5_000  # orders in force at once: each is asked for every finding of its rule


class OrderStore:
    """The orders of one store. DirectoryUnavailable from every method: it is the directory's store."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def prepare(self) -> None:
        """Make or migrate the tables, the directory's too. StartError, DirectoryUnavailable."""
        self.database.prepare(MIGRATIONS)

    def version(self) -> int:
        """Grows with each order given or withdrawn; 0 where there is no record yet."""
        if not self.database.exists:
            return 0
        try:
            with self.database.reading() as connection:
                return _version(connection)
        except DirectoryUnavailable:
            with self.database.reading() as connection:
                if sa.inspect(connection).has_table(state.name):
                    raise
            return 0

    def standing(self) -> tuple[int, Orders]:
        """The version, and the orders that nobody withdrew, read at one moment, the oldest first."""
        if not self.version():
            return 0, ()
        with self.database.reading() as connection:
            query = sa.select(orders).where(orders.c.ended == 0).order_by(orders.c.number)
            return _version(connection), tuple(order_of(row) for row in connection.execute(query))

    def history(self, rule: str = "", *, limit: int = 0) -> list[Order]:
        """Every order, the newest first: of one rule or of all, at most `limit` (0: all)."""
        if not self.version():
            return []
        query = sa.select(orders).order_by(orders.c.number.desc()).limit(limit or None)
        if rule:
            query = query.where(orders.c.rule == rule)
        with self.database.reading() as connection:
            return [order_of(row) for row in connection.execute(query)]

    def find(self, number: int) -> Order | None:
        """One order, also one that is past."""
        if not self.version():
            return None
        with self.database.reading() as connection:
            row = connection.execute(sa.select(orders).where(orders.c.number == number)).first()
            return order_of(row) if row is not None else None

    def give(self, order: Order) -> int:
        """Keep an order; its number. One about the same rule's mode in the same place is replaced. OrderRefused."""
        with self.database.writing() as connection:
            version = _version(connection, lock=True)
            standing = sa.select(sa.func.count()).select_from(orders).where(orders.c.ended == 0)
            if int(connection.execute(standing).scalar_one()) >= MOST:
                raise OrderRefused(
                    f"{MOST} orders are in force: withdraw some, or write them into the configuration",
                    f"Đã có {MOST} lệnh đang hiệu lực: hãy thu hồi bớt, hoặc ghi vào tệp cấu hình.",
                )
            moment = _grow(connection, version)
            made = connection.execute(sa.insert(orders), row_of(order, moment)).inserted_primary_key
            number = int(made[0]) if made is not None else 0
            if order.kind is Kind.MODE:
                same = (orders.c.rule == order.rule, orders.c.place == order.place, orders.c.number != number)
                _end(connection, moment, order.by, f"replaced by {number}", orders.c.kind == Kind.MODE.value, *same)
            return number

    def withdraw(self, number: int, by: str, reason: str) -> None:
        """End an order. OrderRefused where there is none, or it is withdrawn already."""
        with self.database.writing() as connection:
            version = _version(connection, lock=True)
            moment = int(time.time() * 1e6)
            if not _end(connection, moment, by, reason, orders.c.number == number):
                raise OrderRefused(f"no order {number} is in force", f"Không có lệnh số {number} đang hiệu lực.")
            _grow(connection, version)


def _version(connection: sa.Connection, *, lock: bool = False) -> int:
    query = sa.select(state.c.version).where(state.c.id == 1)
    return int(connection.execute(query.with_for_update() if lock else query).scalar_one())


def _grow(connection: sa.Connection, version: int) -> int:
    connection.execute(sa.update(state).values(version=version + 1))
    return int(time.time() * 1e6)


def _end(connection: sa.Connection, moment: int, by: str, why: str, *which: Any) -> int:
    values = {"ended": moment, "ended_by": by, "ended_why": why}
    return int(connection.execute(sa.update(orders).where(orders.c.ended == 0, *which).values(**values)).rowcount)
