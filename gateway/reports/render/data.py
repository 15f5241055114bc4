"""A document as JSON: its figures as programs want them, and its tables as they are shown."""

from __future__ import annotations

from typing import Any

import orjson

from gateway.reports.document import Document, Table
from gateway.reports.render.cells import all_tables


def render(document: Document) -> bytes:
    """One object, UTF-8. What JSON cannot hold becomes its text."""
    return orjson.dumps(plain(document), default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)


def plain(document: Document) -> dict[str, Any]:
    """The same as values."""
    period = document.period
    return {
        "report": document.name,
        "title": f"{document.head.kind} {document.head.about}",
        "period": {"key": period.key, "first": period.first, "last": period.last},
        "unit": document.unit,
        "made": document.made,
        "figures": document.figures,
        "tables": [_table(table) for table in all_tables(document)],
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "title": table.title,
        "columns": [{"title": column.title, "shape": column.shape.value} for column in table.columns],
        "rows": [list(row) for row in table.rows],
        "total": None if table.total is None else list(table.total),
        "left_out": table.left_out,
    }
