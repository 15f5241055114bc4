"""The tables of orders, for SQLite and PostgreSQL alike; beside the directory's, with a version apart.

Migrations make the tables; this module and the newest migration must agree, and a test compares them. Times are
microseconds since the epoch, 0 for never; `until` is a date in ISO form, empty for none. No row is ever taken away but
by age: a withdrawn order says who withdrew it.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text

from gateway.directory.dialects import Number, Words

metadata: Final = MetaData()
VERSION_TABLE: Final = "orders_version"

state: Final = Table(  # one row: what readers poll
    "orders_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
)

orders: Final = Table(
    "rule_orders",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("time", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("rule", Words, nullable=False),
    Column("place", Words, nullable=False),
    Column("mode", Text, nullable=False),
    Column("sender", Words, nullable=False),
    Column("recipient", Words, nullable=False),
    Column("network", Words, nullable=False),
    Column("until", Text, nullable=False),
    Column("actor", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("reference", Words, nullable=False),
    Column("ended", BigInteger, nullable=False),
    Column("ended_by", Words, nullable=False),
    Column("ended_why", Words, nullable=False),
    Index("ix_rule_orders_ended", "ended", "number"),
    sqlite_autoincrement=True,
)
