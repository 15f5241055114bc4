"""A search as a file: CSV streamed a row at a time, or a workbook of a bounded number of rows."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from itertools import islice
from typing import Final

import sqlalchemy as sa
from starlette.responses import Response, StreamingResponse

from gateway.console.errors import Refused
from gateway.console.pages.decisions import FIELDS, Asked, asked_of
from gateway.console.visit import Visit
from gateway.journal.export import COLUMNS, cells, csv_lines
from gateway.journal.paging import Wanted
from gateway.journal.paging import page as page_of
from gateway.journal.query import Found
from gateway.lifecycle.days import wall

MOST: Final = {"csv": 100_000, "xlsx": 20_000}
"""Rows of one file."""
_STEP: Final = 500
_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def export(visit: Visit) -> Response:
    """The file; who took what is on record first."""
    kind = visit.part("kind")
    if kind not in MOST:
        raise Refused(404, "There is no such format.", "Không có định dạng này.")
    if not visit.services.export_brake.allows(visit.by, visit.now):
        raise Refused(429, "Too many exports; wait five minutes.", "Xuất quá nhiều lần; hãy đợi năm phút.")
    asked = asked_of(visit, {name: visit.sent(name, 500) for name in FIELDS})
    told = "; ".join(f"{name}={value}" for name, value in asked.values.items() if value)
    visit.record("export", f"quyet-dinh.{kind}", told or "*")
    name = f"quyet-dinh-{wall(visit.now):%Y%m%d-%H%M%S}.{kind}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    if kind == "csv":
        return StreamingResponse(_csv(visit, asked), media_type=_TYPES[kind], headers=headers)
    return Response(_xlsx(visit, asked), media_type=_TYPES[kind], headers=headers)


def _csv(visit: Visit, asked: Asked) -> Iterator[bytes]:
    with contextlib.closing(visit.services.open_journal()) as connection:
        yield from csv_lines(islice(_rows(connection, asked.wanted), MOST["csv"]), mark=True)


def _xlsx(visit: Visit, asked: Asked) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Quyết định")
    sheet.append(list(COLUMNS))
    with visit.services.journal() as connection:
        for found in islice(_rows(connection, asked.wanted), MOST["xlsx"]):
            sheet.append([_cell(value) for value in cells(found)])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _cell(value: str) -> str:
    return value[:32_000]  # a cell of Excel has at most 32,767 characters


def _rows(connection: sa.Connection, wanted: Wanted) -> Iterator[Found]:
    """Everything that is found, a page at a time."""
    after = None
    while True:
        found = page_of(connection, wanted, limit=_STEP, after=after, budget=5.0)
        yield from found.rows
        if found.after is None:
            return
        after = found.after
