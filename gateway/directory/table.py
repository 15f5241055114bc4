"""A file of mailboxes as rows of values, or everything that is wrong with it: each with its line and column.

Knows the forms of cells and nothing of what the directory holds already (gateway.directory.intake).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from gateway.directory.columns import Column, column_of, empty_of, score, value_of
from gateway.directory.sheet import LOOK, STEP, Fault, Line, Progress, Sheet, Unreadable, read_file

MAX_FAULTS: Final = 10_000  # kept and shown; more say nothing new
_LEFT: Final = frozenset((Column.KIND, Column.STATE, Column.CREATED))  # where an empty cell says nothing


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `fields`: the columns that say something, an empty cell meaning an empty value.

    `headings`: the columns' headings as they stand in the file.
    """

    line: int
    sheet: str
    fields: Mapping[Column, Any]
    headings: Mapping[Column, str] = field(default_factory=dict)

    def fault(self, column: Column | None, reason: str) -> Fault:
        """Something wrong with this row."""
        named = self.headings.get(column, str(column)) if column else ""
        return Fault(self.line, named, reason, self.sheet)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows that can be read, and what is wrong with the others; a row with a fault is not among `rows`."""

    rows: tuple[Row, ...]
    faults: tuple[Fault, ...] = ()


def read_table(path: Path, progress: Progress | None = None) -> Table:
    """A CSV or XLSX file. Never raises for what is in the file; OSError where it cannot be opened."""
    try:
        sheets = read_file(path, score, progress)
    except Unreadable as error:
        return Table((), error.faults)
    return table_of(sheets, progress)


def table_of(sheets: Sequence[Sheet], progress: Progress | None = None) -> Table:
    """The same of sheets. A sheet without headings is passed over, unless it is the only one."""
    rows: list[Row] = []
    faults: list[Fault] = []
    found = [(sheet, place) for sheet in sheets if (place := _heading(sheet)) is not None]
    if not found:
        return Table((), (Fault(0, "", "no row of headings: one of them is 'Địa chỉ' or 'address'"),))
    for sheet, place in found:
        columns = list(_columns(sheet.name, sheet.lines[place], faults))
        cells = sheet.lines[place].cells
        headings = {column: cell[:80] for column, cell in zip(columns, cells, strict=True) if column}
        for line in sheet.lines[place + 1 :]:
            _read(Row(line.number, sheet.name, {}, headings), line, columns, rows, faults)
            if progress is not None and not line.number % STEP:
                progress(line.number)
    return Table(tuple(rows), tuple(faults[:MAX_FAULTS]))


def _heading(sheet: Sheet) -> int | None:
    """Where the heading row is: the first with an address and one heading more; else the first with an address."""
    scores = [score(line.cells) for line in sheet.lines[:LOOK]]
    return next((place for least in (2, 1) for place, found in enumerate(scores) if found >= least), None)


def _columns(sheet: str, line: Line, faults: list[Fault]) -> Iterator[Column | None]:
    seen: dict[Column, str] = {}
    for cell in line.cells:
        try:
            column = column_of(cell) if cell else None
        except KeyError:
            faults.append(
                Fault(line.number, cell[:80], "nobody knows this heading; docs/directory.md lists them", sheet)
            )
            column = None
        if column is not None and column in seen:
            faults.append(Fault(line.number, cell[:80], f"the same column as {seen[column]!r}", sheet))
        elif column is not None:
            seen[column] = cell
        yield column


def _read(bare: Row, line: Line, columns: Sequence[Column | None], rows: list[Row], faults: list[Fault]) -> None:
    """One line into `rows` or `faults`; `bare`: its row without the fields."""
    fields: dict[Column, Any] = {}
    wrong: list[Fault] = []
    cells = (*line.cells, *[""] * (len(columns) - len(line.cells)))
    for column, cell in zip(columns, cells, strict=False):
        if column is None or (not cell and column in _LEFT):
            continue
        try:
            fields[column] = value_of(column, _unguarded(cell)) if cell else empty_of(column)
        except ValueError as error:
            wrong.append(bare.fault(column, str(error)))
    if any(line.cells[len(columns) :]):
        wrong.append(bare.fault(None, f"has more cells than the {len(columns)} headings"))
    if not wrong and not any(fields.values()):
        return  # a note below the table, in a column that is passed over
    faults.extend(wrong)
    if not wrong:
        rows.append(replace(bare, fields=fields))


def _unguarded(cell: str) -> str:
    """Without the apostrophe that an export puts before what a spreadsheet would run as a formula."""
    return cell[1:] if cell[0] == "'" and cell[1:2] in ("=", "+", "-", "@") else cell
