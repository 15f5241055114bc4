"""A document as an Excel workbook: its text on the first sheet, each table on one of its own. No cell is a formula."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterator
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from gateway.reports.document import Blank, Cell, Document, Heading, Line, Shape, Table
from gateway.reports.render.cells import all_tables, numbered
from gateway.reports.texts import clean, count

_FONT: Final = "Times New Roman"
_FORMATS: Final = {
    Shape.COUNT: "#,##0",
    Shape.SHARE: "0.0%",
    Shape.NUMBER: "0.00",
    Shape.SIZE: "#,##0",
    Shape.SPAN: "[h]:mm",
    Shape.DAY: "dd/mm/yyyy",
}
_LONGEST: Final = 32_000  # characters a cell holds: 32,767
_MOST_ROWS: Final = 1_000_000  # a sheet holds 1,048,576
_LINE: Final = Side(style="thin", color="808080")
_FRAME: Final = Border(_LINE, _LINE, _LINE, _LINE)
_FILL: Final = PatternFill("solid", fgColor="E7E6E6")
_SHEET: Final = re.compile(r"[\[\]:*?/\\']")


def render(document: Document) -> bytes:
    """The whole workbook."""
    book = Workbook(write_only=True)
    _front(book.create_sheet("Báo cáo"), document)
    used = {"báo cáo"}
    for table in all_tables(document):
        _table(book.create_sheet(_name(table.name, used)), table)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _name(name: str, used: set[str]) -> str:
    base = _SHEET.sub("-", name)[:28]
    made, number = base, 2
    while made.casefold() in used:
        made, number = f"{base}-{number}", number + 1
    used.add(made.casefold())
    return made


def _front(sheet: Any, document: Document) -> None:
    sheet.column_dimensions["A"].width = 110
    for text, bold in _front_lines(document):
        cell = _text(sheet, text)
        cell.font = Font(name=_FONT, size=13, bold=bold)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.append([cell])


def _front_lines(document: Document) -> Iterator[tuple[str, bool]]:
    head = document.head
    yield from ((head.superior, False), (head.office, True), (head.number, False), (head.dated, False))
    yield from (("", False), (head.kind, True), (head.about, True), ("", False))
    yield from ((f"Kính gửi: {one}", False) for one in head.to)
    for block in document.blocks:
        if isinstance(block, Heading | Line):
            yield block.text, isinstance(block, Heading)
        elif isinstance(block, Table):
            yield f"→ Trang tính “{block.name}”: {block.title}", False
        elif isinstance(block, Blank):
            yield "", False
    foot = document.foot
    yield from (("", False), (foot.authority, True), (foot.position, True), (foot.signer, True))


def _table(sheet: Any, table: Table) -> None:
    shift = int(table.numbered)
    for place, column in enumerate(table.columns, 1 + shift):
        sheet.column_dimensions[get_column_letter(place)].width = 11 * column.weight + 4
    sheet.freeze_panes = "A3"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9  # A4
    title = _text(sheet, table.title)
    title.font = Font(name=_FONT, size=13, bold=True)
    sheet.append([title])
    sheet.append(_heading(sheet, table))
    for place, row in enumerate(table.rows[:_MOST_ROWS], 1):
        sheet.append(_row(sheet, table, numbered(table, list(row), place)))
    if table.total is not None:
        sheet.append(_row(sheet, table, [None] * shift + list(table.total), bold=True))
    if left := table.left_out + max(len(table.rows) - _MOST_ROWS, 0):
        sheet.append([_text(sheet, f"… và {count(left)} dòng nữa")])


def _heading(sheet: Any, table: Table) -> list[Any]:
    titles = (["TT"] if table.numbered else []) + [column.title for column in table.columns]
    made = []
    for title in titles:
        cell = _text(sheet, title)
        cell.font, cell.fill, cell.border = Font(name=_FONT, size=12, bold=True), _FILL, _FRAME
        cell.alignment = Alignment(wrap_text=True, horizontal="center", vertical="center")
        made.append(cell)
    return made


def _row(sheet: Any, table: Table, values: list[Cell], *, bold: bool = False) -> list[Any]:
    shapes = ([Shape.COUNT] if table.numbered else []) + [column.shape for column in table.columns]
    made = []
    for value, shape in zip(values, shapes, strict=True):
        cell = _cell(sheet, value, shape)
        cell.font, cell.border = Font(name=_FONT, size=12, bold=bold), _FRAME
        cell.alignment = Alignment(wrap_text=isinstance(value, str), vertical="top")
        made.append(cell)
    return made


def _cell(sheet: Any, value: Cell, shape: Shape) -> Any:
    if isinstance(value, str):
        return _text(sheet, value)
    if shape is Shape.SPAN and isinstance(value, int | float):
        value = value / 86_400
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, int | float | datetime.date) and shape in _FORMATS:
        cell.number_format = _FORMATS[shape]
    return cell


def _text(sheet: Any, text: str) -> Any:
    """A cell that is text whatever it begins with, also once somebody edits it."""
    cell = WriteOnlyCell(sheet)
    cell._value, cell.data_type = clean(text, _LONGEST), "s"  # its setter makes a formula of "=..."
    cell.quotePrefix = text[:1] in "=+-@"
    return cell
