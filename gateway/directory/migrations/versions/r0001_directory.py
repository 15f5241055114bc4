"""Units, mailboxes, groups and exemptions; what was changed in them; requests; notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    _state()
    _entries()
    _addresses()
    _changes(number)
    _requests()
    _outbox(number)
    _signatures()


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _key(name: str = "key") -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=True)


def _state() -> None:
    made = op.create_table(
        "directory_state",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("changed", sa.BigInteger, nullable=False),
    )
    op.bulk_insert(made, [{"id": 1, "version": 0, "changed": 0}])


def _entries() -> None:
    op.create_table("directory_units", _key(), _text("name"), _text("parent"))
    op.create_table(
        "directory_mailboxes",
        _key(),
        *map(_text, ("address", "kind", "unit", "holder", "aliases", "state", "regulation")),
        sa.Column("created", sa.Date),
        *map(_text, ("delegates", "forwards", "note")),
    )
    op.create_table("directory_groups", _key(), _text("address"), _text("members"))
    op.create_table("directory_exemptions", _key(), _text("address"), _text("reason"), sa.Column("until", sa.Date))


def _addresses() -> None:
    op.create_table("directory_addresses", _key("address"), _text("owner"), sqlite_with_rowid=False)
    op.create_index("ix_directory_addresses_owner", "directory_addresses", ["owner"])


def _changes(number: sa.types.TypeEngine[int]) -> None:
    op.create_table(
        "directory_changes",
        sa.Column("number", number, primary_key=True, autoincrement=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("time", sa.BigInteger, nullable=False),
        *map(_text, ("who", "source", "what", "key", "action")),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_directory_changes_key", "directory_changes", ["key", "number"])
    op.create_index("ix_directory_changes_time", "directory_changes", ["time", "number"])


def _requests() -> None:
    op.create_table(
        "mailbox_requests",
        _key("reference"),
        _key("channel"),
        sa.Column("time", sa.BigInteger, nullable=False),
        *map(_text, ("mailbox", "unit", "how", "kinds")),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("reason", "rows", "lists")),
        _text("message_id"),
        sa.Column("answered", sa.BigInteger),
        *map(_text, ("answered_by", "answer")),
    )
    op.create_index("ix_mailbox_requests_time", "mailbox_requests", ["time"])


def _outbox(number: sa.types.TypeEngine[int]) -> None:
    waiting = sa.text("sent IS NULL AND failed IS NULL")
    op.create_table(
        "notice_outbox",
        sa.Column("number", number, primary_key=True, autoincrement=True),
        *map(_text, ("kind", "about", "sender", "recipient")),
        sa.Column("message", sa.LargeBinary, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("sent", sa.BigInteger),
        sa.Column("failed", sa.BigInteger),
        _text("reply"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notice_outbox_due", "notice_outbox", ["due"], sqlite_where=waiting, postgresql_where=waiting)


def _signatures() -> None:
    op.create_table(
        "seen_signatures",
        _key(),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("delivered", sa.Integer, nullable=False),
    )
    op.create_index("ix_seen_signatures_until", "seen_signatures", ["until"])


def downgrade() -> None:
    """Take them away."""
    for name in (
        "seen_signatures",
        "notice_outbox",
        "mailbox_requests",
        "directory_changes",
        "directory_addresses",
        "directory_exemptions",
        "directory_groups",
        "directory_mailboxes",
        "directory_units",
        "directory_state",
    ):
        op.drop_table(name)
