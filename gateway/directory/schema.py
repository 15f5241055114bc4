"""The tables of the directory, for SQLite and PostgreSQL alike; they stand beside the journal's, with a version apart.

Migrations make the tables; this module and the newest migration must agree, and a test compares them. Times are
microseconds since the epoch, lists are JSON, keys are as `gateway.directory.entry.key_of` says.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Date, Index, Integer, LargeBinary, MetaData, Table, Text, text

metadata: Final = MetaData()
VERSION_TABLE: Final = "directory_version"
WAITING: Final = text("sent IS NULL AND failed IS NULL")

_Number = BigInteger().with_variant(Integer, "sqlite")  # SQLite: only INTEGER PRIMARY KEY is the row's own number

state: Final = Table(  # one row: what readers poll
    "directory_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
)

units: Final = Table(
    "directory_units",
    metadata,
    Column("key", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("parent", Text, nullable=False),
)

mailboxes: Final = Table(
    "directory_mailboxes",
    metadata,
    Column("key", Text, primary_key=True),
    Column("address", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("aliases", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("regulation", Text, nullable=False),
    Column("created", Date),
    Column("delegates", Text, nullable=False),
    Column("forwards", Text, nullable=False),
    Column("note", Text, nullable=False),
)

groups: Final = Table(
    "directory_groups",
    metadata,
    Column("key", Text, primary_key=True),
    Column("address", Text, nullable=False),
    Column("members", Text, nullable=False),
)

exemptions: Final = Table(
    "directory_exemptions",
    metadata,
    Column("key", Text, primary_key=True),
    Column("address", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("until", Date),
)

addresses: Final = Table(  # every address has one owner: the database holds to it, too
    "directory_addresses",
    metadata,
    Column("address", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Index("ix_directory_addresses_owner", "owner"),
    sqlite_with_rowid=False,
)

changes: Final = Table(
    "directory_changes",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("version", BigInteger, nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("before", Text),
    Column("after", Text),
    Index("ix_directory_changes_key", "key", "number"),
    Index("ix_directory_changes_time", "time", "number"),
    sqlite_autoincrement=True,
)

requests: Final = Table(
    "mailbox_requests",
    metadata,
    Column("reference", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("time", BigInteger, nullable=False),
    Column("mailbox", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("how", Text, nullable=False),
    Column("kinds", Text, nullable=False),
    Column("reason", Integer, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("lists", Integer, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("answered", BigInteger),
    Column("answered_by", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Index("ix_mailbox_requests_time", "time"),
)

outbox: Final = Table(
    "notice_outbox",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("message", LargeBinary, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("sent", BigInteger),
    Column("failed", BigInteger),
    Column("reply", Text, nullable=False),
    Index("ix_notice_outbox_due", "due", sqlite_where=WAITING, postgresql_where=WAITING),
    sqlite_autoincrement=True,
)

signatures: Final = Table(  # that proved a mailbox, until when they are known; 0 while the message is in flight
    "seen_signatures",
    metadata,
    Column("key", Text, primary_key=True),
    Column("until", BigInteger, nullable=False),
    Column("delivered", Integer, nullable=False),
    Index("ix_seen_signatures_until", "until"),
)
