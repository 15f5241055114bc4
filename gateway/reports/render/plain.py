"""A document as text for a terminal or a mail's body."""

from __future__ import annotations

import io
from collections.abc import Iterator

from rich import box
from rich.console import Console, JustifyMethod
from rich.table import Table as Drawn
from rich.text import Text

from gateway.reports.document import Block, Document, Heading, Line, Table
from gateway.reports.quarters import written
from gateway.reports.render.cells import RIGHT, numbered, shown
from gateway.reports.texts import count


def render(document: Document, *, width: int = 120) -> bytes:
    """UTF-8, lines of at most `width` columns; no colour and no control but line ends."""
    made = io.StringIO()
    console = Console(file=made, width=max(width, 60), color_system=None, highlight=False, emoji=False, markup=False)
    for one in (document, *document.parts):
        for part in _article(one):
            console.print(part)
    lines = [line.rstrip() for line in made.getvalue().splitlines()]
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def _article(document: Document) -> Iterator[Text | Drawn]:
    head = document.head
    yield Text(f"{head.office} · {head.kind}")
    yield Text(head.about)
    yield Text(f"Lập ngày {written(document.made.date())}\n")
    for block in document.blocks:
        yield from _block(block)


def _block(block: Block) -> Iterator[Text | Drawn]:
    if isinstance(block, Heading):
        yield Text(f"\n{block.text}")
    elif isinstance(block, Line):
        yield Text(block.text)
    elif isinstance(block, Table):
        yield Text(f"\n{block.title}")
        yield _drawn(block) if block.rows else Text(f"  {block.empty}")
        if block.left_out:
            yield Text(f"  … và {count(block.left_out)} dòng nữa")


def _drawn(table: Table) -> Drawn:
    drawn = Drawn(box=box.SIMPLE_HEAD, pad_edge=False, show_footer=table.total is not None)
    total = list(table.total or ())
    if table.numbered:
        drawn.add_column("", justify="right")
    for place, column in enumerate(table.columns):
        foot = shown(total[place], column.shape) if total else ""
        edge: JustifyMethod = "right" if column.shape in RIGHT else "left"
        drawn.add_column(Text(column.title), Text(foot), justify=edge, overflow="fold")
    for place, row in enumerate(table.rows, 1):
        cells = [shown(value, column.shape) for value, column in zip(row, table.columns, strict=True)]
        drawn.add_row(*(Text(str(cell)) for cell in numbered(table, list(cells), place)))
    return drawn
