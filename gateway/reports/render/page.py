"""A document as a page of HTML: for a screen, for a printer, and for the PDF. Jinja2 escapes all that is put in.

An office may replace the template and its styles by files of its own in a folder: `report.html`, `report.css`.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Final

import jinja2

from gateway.reports.document import Blank, Break, Document, Heading, Line, Shape, Table
from gateway.reports.errors import ReportError
from gateway.reports.render.cells import DENSE, RIGHT, numbered, shown, widths
from gateway.reports.texts import broken

_MOST_ROWS: Final = 5_000  # of a table on a page; a spreadsheet has them all
_PACKAGE: Final = jinja2.PackageLoader("gateway.reports", "templates")
_KINDS: Final = {Table: "table", Heading: "heading", Line: "line", Blank: "blank", Break: "break"}


def render(document: Document, *, templates: Path | None = None) -> bytes:
    """The whole page in UTF-8. ReportError for an office's own template that cannot be used."""
    return text(document, templates=templates).encode("utf-8", "replace")


def text(document: Document, *, templates: Path | None = None, most: int = _MOST_ROWS, paper: bool = False) -> str:
    """The same as text; `most`: rows of a table that are shown; `paper`: very long words get places to break."""
    environment = _environment(templates, paper=paper)
    try:
        style = _style(environment)
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        return environment.get_template("report.html").render(
            document=document, articles=(document, *document.parts), style=style, style_digest=digest, most=most
        )
    except Exception as error:  # an office's own template may do anything that a program does
        where = f"{templates}: " if templates else ""
        raise ReportError(
            f"{where}the report's template: {error}"[:500], f"{where}Không dùng được mẫu báo cáo: {error}"[:500]
        ) from error


def _environment(templates: Path | None, *, paper: bool) -> jinja2.Environment:
    own = [jinja2.FileSystemLoader(templates)] if templates is not None else []
    made = jinja2.Environment(
        loader=jinja2.ChoiceLoader([*own, _PACKAGE]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["shown"] = (lambda value, shape: broken(shown(value, shape))) if paper else shown
    made.globals.update(
        numbered=numbered, right=RIGHT, widths=widths, dense=DENSE, kind_of=lambda block: _KINDS[type(block)]
    )
    made.globals.update(side=_side)
    return made


def _side(shape: Shape) -> str:
    """The class of a cell by what it holds, "" for text."""
    return "number" if shape in RIGHT else "day" if shape is Shape.DAY else ""


def _style(environment: jinja2.Environment) -> str:
    """The styles as they stand: they are no template, and nothing in them can end the element that they stand in."""
    assert environment.loader is not None
    source = environment.loader.get_source(environment, "report.css")[0]
    return source.replace("</", "<\\/")
