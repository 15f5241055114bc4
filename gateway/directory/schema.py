"""The tables of the directory, for SQLite and PostgreSQL alike; they stand beside the journal's, with a version apart.

Migrations make the tables; this module and the newest migration must agree, and a test compares them. Times are
microseconds since the epoch, lists are JSON, keys are as `gateway.directory.entry.key_of` says.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Date, Index, Integer, LargeBinary, MetaData, Table, Text, text

from gateway.directory.dialects import Number, Words

metadata: Final = MetaData()
VERSION_TABLE: Final = "directory_version"
WAITING: Final = text("sent IS NULL AND failed IS NULL")

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
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("version", BigInteger, nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("who", Words, nullable=False),
    Column("source", Words, nullable=False),
    Column("what", Text, nullable=False),
    Column("key", Words(600), nullable=False),
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
    Column("reference", Words(100), primary_key=True),
    Column("channel", Words(400), primary_key=True),
    Column("time", BigInteger, nullable=False),
    Column("mailbox", Words, nullable=False),
    Column("unit", Words, nullable=False),
    Column("how", Words, nullable=False),
    Column("kinds", Words, nullable=False),
    Column("reason", Integer, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("lists", Integer, nullable=False),
    Column("message_id", Words, nullable=False),
    Column("answered", BigInteger),
    Column("answered_by", Words, nullable=False),
    Column("answer", Words, nullable=False),
    Index("ix_mailbox_requests_time", "time"),
)

outbox: Final = Table(
    "notice_outbox",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("kind", Words, nullable=False),
    Column("about", Words, nullable=False),
    Column("sender", Words, nullable=False),
    Column("recipient", Words, nullable=False),
    Column("message", LargeBinary, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("sent", BigInteger),
    Column("failed", BigInteger),
    Column("reply", Words, nullable=False),
    Index("ix_notice_outbox_due", "due", sqlite_where=WAITING, postgresql_where=WAITING),
    sqlite_autoincrement=True,
)

signatures: Final = Table(  # that proved a mailbox, until when they are known; 0 while the message is in flight
    "seen_signatures",
    metadata,
    Column("key", Words(600), primary_key=True),
    Column("until", BigInteger, nullable=False),
    Column("delivered", Integer, nullable=False),
    Index("ix_seen_signatures_until", "until"),
)
