"""How a cell is written for people, and how a document's tables are joined for spreadsheets. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from gateway.reports.document import Cell, Column, Document, Shape, Table
from gateway.reports.quarters import written
from gateway.reports.texts import clean, count, decimal, duration, percent, size

RIGHT: Final = frozenset({Shape.COUNT, Shape.SHARE, Shape.NUMBER, Shape.SIZE, Shape.SPAN})
"""Shapes that stand at the right edge of their column."""


DENSE: Final = 8  # columns, the number's too, above which a page writes them smaller
_PLACE: Final = 6.0  # percent of a page's width for the column that counts the rows
_LEAST: Final = {Shape.DAY: 13.5, Shape.SHARE: 9.5, Shape.COUNT: 7.5, Shape.NUMBER: 8.0, Shape.SPAN: 9.0}
_DENSE_LEAST: Final = {Shape.DAY: 12.0, Shape.SHARE: 8.5, Shape.COUNT: 7.0, Shape.NUMBER: 7.5, Shape.SPAN: 8.5}


def widths(table: Table) -> list[float]:
    """How wide a page makes each column, in percent: by weight, but a date or a figure is never broken into lines."""
    least_of = _DENSE_LEAST if len(table.columns) + table.numbered > DENSE else _LEAST
    least = [least_of.get(column.shape, 0.0) for column in table.columns]
    room = 100 - _PLACE * table.numbered
    held: set[int] = set()
    while True:
        free = [place for place in range(len(least)) if place not in held]
        left = room - sum(least[place] for place in held)
        whole = sum(table.columns[place].weight for place in free)
        if left <= 0 or not whole:  # more figures than a page has room for: by weight alone
            whole = sum(column.weight for column in table.columns)
            return [room * column.weight / whole for column in table.columns]
        made = {place: left * table.columns[place].weight / whole for place in free}
        narrow = {place for place in free if made[place] < least[place]}
        if not narrow:
            return [made.get(place, least[place]) for place in range(len(least))]
        held |= narrow


def shown(value: Cell, shape: Shape) -> str:
    """A cell's text on a page. What is not of its column's shape is shown as text."""
    if shape is Shape.TICK or value is None:
        return "" if shape is not Shape.SHARE or value is not None else percent(None)
    if isinstance(value, datetime.date):
        return written(value)
    if isinstance(value, int | float):
        return _number(value, shape)
    return clean(value)


def _number(value: float, shape: Shape) -> str:
    if shape is Shape.SHARE:
        return percent(value)
    if shape is Shape.SIZE:
        return size(int(value))
    if shape is Shape.SPAN:
        return duration(value)
    return count(value) if isinstance(value, int) else decimal(value, 2 if shape is Shape.NUMBER else 1)


def all_tables(document: Document) -> Iterator[Table]:
    """Its tables, then those of its parts joined by name, with the part's unit in front of each row."""
    yield from document.tables
    joined: dict[str, Table] = {}
    for part in document.parts:
        for table in part.tables:
            rows = [(part.head.office, *row) for row in table.rows]
            known = joined.get(table.name)
            if known is None:
                columns = (Column("Đơn vị", weight=3), *table.columns)
                joined[table.name] = replace(table, columns=columns, rows=rows, total=None)
            else:
                joined[table.name] = replace(known, rows=[*known.rows, *rows])
    yield from joined.values()


def numbered(table: Table, row: tuple[Cell, ...] | list[Cell], place: int) -> list[Cell]:
    """A row with its number in front, where the table has one."""
    return [place, *row] if table.numbered else list(row)
