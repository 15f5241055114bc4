"""From a table's rows to a plan: which units and mailboxes they mean, and what they would change.

Pure: it takes the directory as it is and today's date, and gives the plan with every fault, each at its line.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.directory.columns import GROUP, Column, fold
from gateway.directory.entry import Entry, Snapshot, What, key_of, what_of
from gateway.directory.plan import Plan, Wanted, diff, overlay
from gateway.directory.sheet import Fault
from gateway.directory.table import MAX_FAULTS, Row, Table
from gateway.who import Group, Kind, Mailbox, Unit

_MAILBOX_FIELDS: Final = {
    Column.ADDRESS: "address",
    Column.KIND: "kind",
    Column.HOLDER: "holder",
    Column.ALIASES: "aliases",
    Column.STATE: "state",
    Column.REGULATION: "regulation",
    Column.CREATED: "created",
    Column.DELEGATES: "delegates",
    Column.FORWARDS: "forwards",
    Column.NOTE: "note",
}
_ROUNDS: Final = 10  # of leaving out rows whose entries do not fit together


@dataclass(frozen=True, slots=True)
class Import:
    """What a table would do. `plan` has the faultless rows only; `rows` of them, of `total` in the file."""

    plan: Plan
    faults: tuple[Fault, ...]
    rows: int
    total: int


def plan_import(current: Snapshot, table: Table, today: datetime.date, *, remove_missing: bool = False) -> Import:
    """The plan of a table. A mailbox that is new and has no date is of `today` (AG 6.4 counts from it).

    Where rows are at fault, the plan is of the others: to be shown, and applied only where that was asked for.
    """
    rows: Sequence[Row] = table.rows
    faults: list[Fault] = list(table.faults)
    for _ in range(_ROUNDS):
        reading = _Reading(current, today)
        reading.read(rows)
        plan = diff(current, reading.wanted(), remove_missing=remove_missing)
        found = reading.faults or _from_flaws(plan, reading.places)
        faults += found
        if not found or any(not fault.line for fault in found):
            break
        wrong = {(fault.sheet, fault.line) for fault in found}
        rows = [row for row in rows if (row.sheet, row.line) not in wrong]
    total = len(table.rows) + len({(fault.sheet, fault.line) for fault in table.faults if fault.line})
    kept = tuple(sorted(faults, key=lambda fault: (fault.sheet, fault.line))[:MAX_FAULTS])
    return Import(plan, kept, len(rows), total)


def _from_flaws(plan: Plan, places: dict[tuple[What, str], Row]) -> list[Fault]:
    """The plan's flaws at their rows. One of an entry that is not in the file is the other side of one that is."""
    found = [row.fault(None, flaw.reason) for flaw in plan.flaws if (row := places.get((flaw.what, flaw.key)))]
    return found or [Fault(0, "", str(flaw)) for flaw in plan.flaws]


@dataclass(slots=True)
class _Reading:
    """Rows turned into entries, one after the other."""

    current: Snapshot
    today: datetime.date
    faults: list[Fault] = field(default_factory=list)
    places: dict[tuple[What, str], Row] = field(default_factory=dict)
    _made: dict[tuple[What, str], Entry] = field(default_factory=dict)
    _units: dict[str, Unit] = field(default_factory=dict)
    _by_name: dict[str, str] = field(default_factory=dict)
    _mailboxes: dict[str, Mailbox] = field(default_factory=dict)

    def read(self, rows: Sequence[Row]) -> None:
        """All rows; units first, because a row may name one that stands further down."""
        self._units = {unit.code: unit for unit in self.current.units}
        self._mailboxes = {mailbox.key: mailbox for mailbox in self.current.mailboxes}
        declared = {row.fields[Column.UNIT] for row in rows if row.fields.get(Column.UNIT_NAME)}
        known = set(self._units) | declared
        for row in rows:
            self._declare(row, known)
        self._by_name = {fold(unit.name): code for code, unit in self._units.items() if unit.name}
        for row in rows:
            self._entry(row)

    def wanted(self) -> Wanted:
        """What the rows say there shall be."""
        parts: dict[What, list[Any]] = {what: [] for what in What}
        for (what, _), entry in self._made.items():
            parts[what].append(entry)
        return Wanted(tuple(parts[What.UNIT]), tuple(parts[What.MAILBOX]), tuple(parts[What.GROUP]))

    def _declare(self, row: Row, known: set[str]) -> None:
        """The unit that a row describes: a name or a unit above it beside the code."""
        code, name = row.fields.get(Column.UNIT, ""), row.fields.get(Column.UNIT_NAME, "")
        parent = row.fields.get(Column.PARENT)
        if not code or code not in known or not (name or parent):
            return
        before = self._units.get(code, Unit(code, ""))
        unit = Unit(code, name or before.name, before.parent if parent is None else parent)
        other = self._made.get((What.UNIT, code))
        if other is not None and other != unit:
            first = self.places[What.UNIT, code].line
            self.faults.append(row.fault(Column.UNIT_NAME, f"unit {code} is described in another way on line {first}"))
            return
        self._units[code] = unit
        self._keep(row, unit)

    def _entry(self, row: Row) -> None:
        fields = row.fields
        unit = self._unit_of(row)
        if unit is None:
            return
        if not fields.get(Column.ADDRESS):
            if fields.get(Column.HOLDER) or not unit:
                self.faults.append(row.fault(Column.ADDRESS, "no address"))
            return
        address: str = fields[Column.ADDRESS]
        if other := self._taken(address):
            self.faults.append(row.fault(Column.ADDRESS, f"{address} stands on line {other.line} already"))
        elif fields.get(Column.KIND) == GROUP:
            self._keep(row, Group(address, fields.get(Column.MEMBERS, ())))
        else:
            self._keep(row, self._mailbox(row, address, unit))

    def _taken(self, address: str) -> Row | None:
        key = address.lower()
        return self.places.get((What.MAILBOX, key)) or self.places.get((What.GROUP, key))

    def _mailbox(self, row: Row, address: str, unit: str) -> Mailbox:
        values = {name: row.fields[column] for column, name in _MAILBOX_FIELDS.items() if column in row.fields}
        if "kind" in values:
            values["kind"] = Kind(values["kind"])
        if unit or Column.UNIT in row.fields:
            values["unit"] = unit
        before = self._mailboxes.get(address.lower())
        if before is None:
            values.setdefault("created", self.today)
        return overlay(before, values)

    def _unit_of(self, row: Row) -> str | None:
        """The code of a row's unit, "" for none; None where it names one that nobody knows."""
        code, name = row.fields.get(Column.UNIT, ""), row.fields.get(Column.UNIT_NAME, "")
        if not code and not name:
            return ""
        if code in self._units:
            return str(code)
        if found := self._by_name.get(fold(code or name)):
            return found
        column = Column.UNIT if code else Column.UNIT_NAME
        hint = "give its name in the column 'Tên đơn vị'" if code else "give it a code in the column 'Mã đơn vị'"
        self.faults.append(row.fault(column, f"there is no unit {code or name!r}; to make it, {hint}"))
        return None

    def _keep(self, row: Row, entry: Entry) -> None:
        place = what_of(entry), key_of(entry)
        self._made[place] = entry
        self.places.setdefault(place, row)
