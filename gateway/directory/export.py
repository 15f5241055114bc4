"""The directory as a file that `import` takes back without a change: CSV and XLSX; and as JSON.

Headings are Vietnamese by default. A unit without mailboxes has a row of its own, without an address.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import IO, Any, Final

from gateway.directory.columns import GROUP, VIETNAMESE, Column
from gateway.directory.entry import Snapshot, record_of
from gateway.who import Group, Mailbox, Unit

_RUN: Final = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run as a formula begins with one of them
Cells = dict[Column, str]


def headings(*, english: bool = False) -> list[str]:
    """The heading row."""
    return [str(column) if english else VIETNAMESE[column] for column in Column]


def rows(snapshot: Snapshot) -> Iterator[list[str]]:
    """The rows below it, as text: units that no mailbox names, mailboxes, groups."""
    for cells in _cells(snapshot):
        yield [cells.get(column, "") for column in Column]


def _cells(snapshot: Snapshot) -> Iterator[Cells]:
    units = {unit.code: unit for unit in snapshot.units}
    used = {mailbox.unit for mailbox in snapshot.mailboxes}
    for unit in snapshot.units:
        if unit.code not in used:
            yield _unit_cells(unit)
    for mailbox in snapshot.mailboxes:
        unit_cells = _unit_cells(units[mailbox.unit]) if mailbox.unit in units else {}
        yield {**unit_cells, **_mailbox_cells(mailbox)}
    for group in snapshot.groups:
        yield _group_cells(group)


def _unit_cells(unit: Unit) -> Cells:
    return {Column.UNIT: unit.code, Column.UNIT_NAME: unit.name, Column.PARENT: unit.parent}


def _group_cells(group: Group) -> Cells:
    return {Column.ADDRESS: group.address, Column.KIND: GROUP, Column.MEMBERS: "; ".join(group.members)}


def _mailbox_cells(mailbox: Mailbox) -> Cells:
    return {
        Column.ADDRESS: mailbox.address,
        Column.KIND: str(mailbox.kind),
        Column.HOLDER: mailbox.holder,
        Column.ALIASES: "; ".join(mailbox.aliases),
        Column.STATE: str(mailbox.state),
        Column.REGULATION: mailbox.regulation,
        Column.CREATED: mailbox.created.isoformat() if mailbox.created else "",
        Column.DELEGATES: "; ".join(mailbox.delegates),
        Column.FORWARDS: "; ".join(mailbox.forwards),
        Column.NOTE: mailbox.note,
    }


def csv_lines(snapshot: Snapshot, *, english: bool = False) -> Iterator[bytes]:
    """CSV in UTF-8 with a byte order mark, so that Excel shows Vietnamese; what it would run is guarded (')."""
    yield b"\xef\xbb\xbf" + _line(headings(english=english))
    for row in rows(snapshot):
        yield _line([f"'{cell}" if cell.startswith(_RUN) else cell for cell in row])


def _line(cells: Sequence[str]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue().encode()


def write_xlsx(snapshot: Snapshot, stream: IO[bytes], *, english: bool = False) -> None:
    """An Excel workbook with one sheet. Every cell is text, so nothing in it is run. OSError."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Danh bạ")
    sheet.freeze_panes = "A2"
    sheet.append(headings(english=english))
    for row in rows(snapshot):
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, value=text or None)
            cell.data_type = "s" if text else "n"  # "=1+1" is a text
            cells.append(cell)
        sheet.append(cells)
    book.save(stream)


def as_json(snapshot: Snapshot) -> dict[str, Any]:
    """Everything, as JSON has it."""
    return {
        "version": snapshot.version,
        "units": [record_of(unit) for unit in snapshot.units],
        "mailboxes": [record_of(mailbox) for mailbox in snapshot.mailboxes],
        "groups": [record_of(group) for group in snapshot.groups],
        "exemptions": [record_of(exemption) for exemption in snapshot.exemptions],
    }
