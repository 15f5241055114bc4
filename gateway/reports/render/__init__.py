"""Files of a document: one module a format, imported when it is asked for. Bytes come out; nothing is read or sent."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from gateway.reports.document import Document

MEDIA: Final[Mapping[str, str]] = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "text": "text/plain; charset=utf-8",
    "json": "application/json",
}
FORMATS: Final = tuple(MEDIA)
_ENDS: Final = {"text": "txt"}


def render(
    document: Document,
    format_: str,
    *,
    templates: Path | None = None,
    excel: bool = True,
    table: str = "",
    width: int = 120,
) -> bytes:
    """The document in one of FORMATS; ReportError for an office's own template that cannot be used.

    `templates`: the folder of those; `excel`: CSV with a byte order mark, which Excel needs for Vietnamese; `table`:
    CSV of this table only; `width`: columns of a terminal.
    """
    options: dict[str, dict[str, Any]] = {
        "html": {"templates": templates},
        "pdf": {"templates": templates},
        "csv": {"mark": excel, "only": table},
        "text": {"width": width},
    }
    module = importlib.import_module(f"gateway.reports.render.{_MODULES[format_]}")
    made = module.render(document, **options.get(format_, {}))
    assert isinstance(made, bytes)
    return made


_MODULES: Final = {"html": "page", "pdf": "pdf", "xlsx": "xlsx", "csv": "sheet", "text": "plain", "json": "data"}


def file_name(document: Document, format_: str) -> str:
    """A name for the file: ASCII, of this report and period alone."""
    unit = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in document.unit[:40])
    parts = ("congthu", document.name, document.period.key, unit)
    return f"{'-'.join(filter(None, parts))}.{_ENDS.get(format_, format_)}"
