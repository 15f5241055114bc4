"""When mailboxes' passwords were changed, as an LDAP server told it: dates only, nothing of any password. Blocking.

What follows from a date (Q4 8.3b) is for `gateway.lifecycle.passwords`.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gateway.lifecycle.passwords import PasswordDates
from gateway.upkeep.rows import key
from gateway.upkeep.schema import passwords
from gateway.upkeep.tables import Tables, of_mailboxes, put


@dataclass(frozen=True, slots=True)
class PasswordKept:
    """`changed`: the last change, None where the server does not say; `told`: when it was asked. Seconds, epoch.

    `must_change`: the server wants a new one at the next login, so it is still the one that was issued.
    """

    mailbox: str
    changed: float | None
    must_change: bool
    told: float

    def dates(self, issued: float | None = None, used: float | None = None) -> PasswordDates:
        """As `gateway.lifecycle.passwords.password_due` judges it."""
        return PasswordDates(issued, self.changed, used, self.must_change)


class PasswordStore:
    """DirectoryUnavailable from every method. `tables`: the store's."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def put(self, dates: Iterable[PasswordKept]) -> None:
        """All of them, or nothing; each replaces what is there of its mailbox."""
        with self._tables.database.writing() as connection:
            put(connection, passwords, (_row(one) for one in dates))

    def of(self, mailboxes: Collection[str]) -> dict[str, PasswordKept]:
        """What is kept of each of these, by key."""
        if not self._made:
            return {}
        with self._tables.reading() as connection:
            return {row.mailbox: _kept(row) for row in of_mailboxes(connection, passwords, mailboxes)}

    def all(self) -> dict[str, PasswordKept]:
        """What is kept of every mailbox, by key."""
        if not self._made:
            return {}
        with self._tables.reading() as connection:
            rows: Iterator[Any] = iter(connection.execute(sa.select(passwords).order_by(passwords.c.mailbox)))
            return {row.mailbox: _kept(row) for row in rows}

    @property
    def _made(self) -> bool:
        """A store that an earlier version made has no such table until the daemon has run."""
        if not self._tables.made:
            return False
        with self._tables.reading() as connection:
            return sa.inspect(connection).has_table(passwords.name)


def _row(one: PasswordKept) -> dict[str, Any]:
    changed = one.changed if one.changed is not None and math.isfinite(one.changed) else None
    return {"mailbox": key(one.mailbox), "changed": changed, "must_change": int(one.must_change), "told": one.told}


def _kept(row: sa.Row[Any]) -> PasswordKept:
    return PasswordKept(row.mailbox, row.changed, bool(row.must_change), row.told)
