"""Whom a sender's standing concerns, as the directory's tables say: the mailbox, its unit, and who is told for it.

Read in the store's own connection, so that a command and a worker ask alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from gateway.directory.schema import addresses, mailboxes, units
from gateway.rates import told_by
from gateway.who import Kind, State

_MOST_ABOVE: Final = 8  # units over one another


@dataclass(frozen=True, slots=True)
class Circle:
    """`holder`, `unit`: names, "" where the directory has none. `reader`: the unit mailbox that is told, "" for none.

    The mailbox itself is never told: whoever stole it would read that. A unit's own mailbox is told to the unit above.
    """

    holder: str = ""
    unit: str = ""
    reader: str = ""


def circle_of(connection: sa.Connection, who: str) -> Circle:
    """The circle of a sender (`gateway.blocks.standings.key_of`); empty where the directory does not know it."""
    joined = mailboxes.join(addresses, addresses.c.owner == mailboxes.c.key)
    query = sa.select(mailboxes).select_from(joined).where(addresses.c.address == told_by(who)[0])
    row = connection.execute(query).first()
    if row is None:
        return Circle()
    name, code, reader = "", row.unit, ""
    for _ in range(_MOST_ABOVE):
        unit = _unit(connection, code)
        name = name or (unit.name or unit.key if unit is not None else code)
        reader = _reader(connection, code, row.key)
        if reader or unit is None or not unit.parent:
            break
        code = unit.parent
    return Circle(row.holder, name, reader)


def _unit(connection: sa.Connection, code: str) -> Any:
    return connection.execute(sa.select(units).where(units.c.key == code)).first() if code else None


def _reader(connection: sa.Connection, code: str, but: str) -> str:
    """The unit's own mailbox: the first by address where it has several, none that was taken back."""
    if not code:
        return ""
    query = sa.select(mailboxes.c.address, mailboxes.c.key).where(
        mailboxes.c.unit == code,
        mailboxes.c.kind == Kind.UNIT.value,
        mailboxes.c.state != State.RECLAIMED.value,
        mailboxes.c.key != but,
    )
    found = sorted(connection.execute(query), key=lambda row: row.key)  # as Python orders, whatever the collation
    return str(found[0].address) if found else ""
