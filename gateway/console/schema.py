"""The console's tables: who may come in, and who is in. For SQLite and PostgreSQL, beside the directory's.

Migrations make the tables; this module and the newest migration must agree, and a test compares them. Times are
microseconds since the epoch. Nothing here opens a door: passwords are Argon2id hashes, sessions the digests of their
ids.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table

from gateway.directory.dialects import Words

metadata: Final = MetaData()
VERSION_TABLE: Final = "console_version"

users: Final = Table(
    "console_users",
    metadata,
    Column("name", Words(64), primary_key=True),
    Column("full_name", Words, nullable=False),
    Column("role", Words, nullable=False),
    Column("password", Words, nullable=False),
    Column("disabled", Integer, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", BigInteger, nullable=False),
    Column("last_login", BigInteger, nullable=False),
)

sessions: Final = Table(
    "console_sessions",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("name", Words(64), nullable=False),
    Column("began", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("client", Words, nullable=False),
    Index("ix_console_sessions_name", "name"),
)
