"""The tables of senders' standings, for SQLite and PostgreSQL alike; beside the directory's, with a version apart.

Migrations make the tables; this module and the newest migration must agree, and a test compares them. Times are
microseconds since the epoch; reasons and evidence are JSON; `who` is as `gateway.blocks.standings.key_of` says.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text

from gateway.directory.dialects import Number, Words

metadata: Final = MetaData()
VERSION_TABLE: Final = "blocks_version"

state: Final = Table(  # one row: what readers poll
    "blocks_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
)

standings: Final = Table(
    "sender_standings",
    metadata,
    Column("who", Words(600), primary_key=True),
    Column("standing", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("actor", Words, nullable=False),
    Column("note", Words, nullable=False),
    Column("reasons", Words, nullable=False),
    Column("evidence", Words, nullable=False),
)

history: Final = Table(
    "sender_history",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("time", BigInteger, nullable=False),
    Column("who", Words(600), nullable=False),
    Column("before", Text, nullable=False),
    Column("standing", Text, nullable=False),
    Column("actor", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("confirmation", Words, nullable=False),
    Column("reasons", Words, nullable=False),
    Column("evidence", Words, nullable=False),
    Column("told", Integer, nullable=False),
    Index("ix_sender_history_who", "who", "number"),
    Index("ix_sender_history_time", "time"),
    sqlite_autoincrement=True,
)
