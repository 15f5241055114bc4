"""The tables of the journal, for SQLite and PostgreSQL alike.

A row's number carries its chain and its place (chain.py), so the primary key orders each chain. The other indexes are
what the filters of `congthu decisions` need to page through a million rows, and partial where most rows need none.
Migrations make the tables; this module and the newest migration must agree, and a test compares them.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)

metadata: Final = MetaData()
VERSION_TABLE: Final = "journal_version"
NOT_ACCEPTED: Final = text("action <> 'accept'")
HAS_ABOUT: Final = text("about IS NOT NULL")

_Number = BigInteger().with_variant(Integer, "sqlite")  # SQLite: only INTEGER PRIMARY KEY is the row's own number

chains: Final = Table(
    "journal_chains",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("node", Text, nullable=False),
    Column("worker", Integer, nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("key_id", String(16), nullable=False),
    sqlite_autoincrement=True,
)

decisions: Final = Table(
    "decisions",
    metadata,
    Column("id", _Number, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("reference", Text),
    Column("about", Text),
    Column("action", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("listener", Text, nullable=False),
    Column("reverse_path", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("rules", Text, nullable=False),
    Column("payload", LargeBinary),
    Column("payload_digest", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Index("ix_decisions_reference", "reference", unique=True),
    Index("ix_decisions_time", "time", "id"),
    Index("ix_decisions_sender", "reverse_path", "time"),
    Index("ix_decisions_action", "action", "time", sqlite_where=NOT_ACCEPTED, postgresql_where=NOT_ACCEPTED),
    Index("ix_decisions_about", "about", sqlite_where=HAS_ABOUT, postgresql_where=HAS_ABOUT),
    Index("ix_decisions_kind", "kind", "time", sqlite_where=HAS_ABOUT, postgresql_where=HAS_ABOUT),
)

recipients: Final = Table(
    "decision_recipients",
    metadata,
    Column("address", Text, nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("decision", BigInteger, nullable=False),
    PrimaryKeyConstraint("address", "time", "decision"),
    sqlite_with_rowid=False,
)

findings: Final = Table(
    "decision_findings",
    metadata,
    Column("rule", Text, nullable=False),
    Column("clause", Text, nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("decision", BigInteger, nullable=False),
    PrimaryKeyConstraint("rule", "time", "clause", "decision"),
    Index("ix_decision_findings_clause", "clause", "time"),
    sqlite_with_rowid=False,
)
