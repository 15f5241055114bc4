"""A document's tables as CSV (RFC 4180), one below the other; no cell is a formula for any spreadsheet."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterator
from typing import Final

from gateway.reports.document import Cell, Document, Table
from gateway.reports.errors import ReportError
from gateway.reports.render.cells import all_tables
from gateway.reports.texts import clean, unformula

_MARK: Final = "\ufeff"


def render(document: Document, *, mark: bool = True, only: str = "") -> bytes:
    """UTF-8; `mark`: with a byte order mark first; `only`: this table, without its title. ReportError: none is so."""
    tables = list(all_tables(document))
    if only:
        tables = [table for table in tables if table.name == only]
        if not tables:
            named = ", ".join(table.name for table in all_tables(document))
            raise ReportError(
                f"the report has no table {only!r}; it has {named or 'none'}",
                f"Báo cáo không có bảng này; có các bảng: {named or 'không có bảng nào'}.",
            )
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    for place, table in enumerate(tables):
        if not only:
            writer.writerows([[]] * bool(place))
            writer.writerow([unformula(table.title)])
        writer.writerows(_lines(table))
    return f"{_MARK if mark else ''}{made.getvalue()}".encode("utf-8", "replace")


def _lines(table: Table) -> Iterator[list[str]]:
    yield [unformula(column.title) for column in table.columns]
    for row in (*table.rows, *([table.total] if table.total is not None else ())):
        yield [_cell(value) for value in row]


def _cell(value: Cell) -> str:
    """Numbers with a full stop and dates as ISO 8601: as programs read them."""
    if value is None:
        return ""
    if isinstance(value, datetime.date):
        return value.isoformat()
    return unformula(clean(value)) if isinstance(value, str) else str(value)
