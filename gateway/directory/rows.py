"""Entries as rows of the tables, and back. Knows the schema's columns; runs no statement."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import orjson
import sqlalchemy as sa

from gateway.directory.addresses import address_key
from gateway.directory.entry import Entry, Exemption, What, key_of
from gateway.directory.schema import exemptions, groups, mailboxes, units
from gateway.who import Group, Kind, Mailbox, State, Unit

TABLES: Final[Mapping[What, sa.Table]] = {
    What.UNIT: units,
    What.MAILBOX: mailboxes,
    What.GROUP: groups,
    What.EXEMPTION: exemptions,
}


def row_of(entry: Entry) -> dict[str, Any]:
    """The columns of an entry's row, in the table's order, with values as the driver takes them."""
    key = key_of(entry)
    if isinstance(entry, Unit):
        return {"key": key, "name": entry.name, "parent": entry.parent}
    if isinstance(entry, Group):
        return {"key": key, "address": entry.address, "members": _many(entry.members)}
    if isinstance(entry, Exemption):
        return {"key": key, "address": entry.address, "reason": entry.reason, "until": _day(entry.until)}
    return {
        "key": key,
        "address": entry.address,
        "kind": str(entry.kind),
        "unit": entry.unit,
        "holder": entry.holder,
        "aliases": _many(entry.aliases),
        "state": str(entry.state),
        "regulation": entry.regulation,
        "created": _day(entry.created),
        "delegates": _many(entry.delegates),
        "forwards": _many(entry.forwards),
        "note": entry.note,
    }


def entry_of(what: What, row: sa.Row[Any]) -> Entry:
    """The entry of a row of `TABLES[what]`. ValueError where this version does not know a value in it."""
    if what is What.UNIT:
        return Unit(row.key, row.name, row.parent)
    if what is What.GROUP:
        return Group(row.address, _list(row.members))
    if what is What.EXEMPTION:
        return Exemption(row.address, row.reason, row.until)
    return Mailbox(
        row.address,
        Kind(row.kind),
        row.unit,
        row.holder,
        _list(row.aliases),
        State(row.state),
        row.regulation,
        row.created,
        _list(row.delegates),
        _list(row.forwards),
        row.note,
    )


def owned(entry: Entry) -> Iterator[dict[str, str]]:
    """The rows of `directory_addresses` that an entry has."""
    if isinstance(entry, Mailbox | Group):
        aliases = entry.aliases if isinstance(entry, Mailbox) else ()
        for key in dict.fromkeys(map(address_key, (entry.address, *aliases))):
            yield {"address": key, "owner": key_of(entry)}


def _day(day: datetime.date | None) -> str | None:
    """As both databases take it from the driver."""
    return None if day is None else day.isoformat()


def _many(texts: Iterable[str]) -> str:
    texts = list(texts)
    return orjson.dumps(texts).decode() if texts else ""


def _list(text: str) -> tuple[str, ...]:
    return tuple(orjson.loads(text)) if text else ()
