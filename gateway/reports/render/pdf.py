"""The page as PDF on A4. Nothing is fetched: neither the network nor a file can be reached from what is in a report."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Final, NoReturn

import weasyprint
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from gateway.reports.document import Document
from gateway.reports.errors import ReportError
from gateway.reports.render.page import text

_MOST_ROWS: Final = 600  # of a table; laying out takes some ten milliseconds a row
_MOST: Final = 6_000  # rows of all tables: minutes, and half a gigabyte
logging.getLogger("weasyprint").setLevel(logging.CRITICAL)  # it tells every style that it does not know


class _Nothing(URLFetcher):  # type: ignore[misc]
    """Refuses whatever is asked for."""

    def fetch(self, url: str, headers: Any = None) -> NoReturn:
        """Never."""
        raise FatalURLFetchingError("a report refers to nothing outside itself")


def render(document: Document, *, templates: Path | None = None) -> bytes:
    """The whole document. ReportError where it is too long, or for an office's own template that cannot be used."""
    tables = (table for one in (document, *document.parts) for table in one.tables)
    if sum(min(len(table.rows), _MOST_ROWS) for table in tables) > _MOST:
        raise ReportError(
            "too long for a PDF: ask for one unit, or for XLSX or CSV, which have all",
            "Quá dài để lập tệp PDF: hãy chọn một đơn vị, hoặc chọn XLSX hay CSV (có đủ mọi dòng).",
        )
    written = text(document, templates=templates, most=_MOST_ROWS, paper=True)
    page = weasyprint.HTML(string=written, url_fetcher=_Nothing())
    try:
        made = page.write_pdf(pdf_tags=True, presentational_hints=True)
    except FatalURLFetchingError as error:
        where = templates or "report.html"
        raise ReportError(f"{where}: {error}", f"{where}: mẫu báo cáo không được lấy gì từ bên ngoài.") from error
    assert isinstance(made, bytes)
    return made
