"""How commands write: tables for people, JSON for programs, and never a stranger's control characters.

In a terminal there is colour; into a pipe or a file goes plain text, one row a line, nothing cut.
"""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import click
import orjson

_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_JSON = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


def safe(text: object) -> str:
    """Text that cannot steer a terminal: controls, bidirectional marks and surrogates escaped; a tab is a blank."""
    return _CONTROLS.sub(_escape, str(text)).replace("\t", " ")


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def print_json(value: Any) -> None:
    """One JSON document on stdout, in UTF-8; what orjson does not know becomes its text."""
    click.echo(orjson.dumps(value, default=str, option=_JSON), nl=False)


def print_json_line(value: Any) -> None:
    """One line of JSON (JSON Lines) on stdout."""
    click.echo(orjson.dumps(value, default=str, option=orjson.OPT_APPEND_NEWLINE), nl=False)


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "", whole: Sequence[str] = ()
) -> None:
    """A table on stdout: drawn in a terminal, tab-separated with a heading line into a pipe.

    In a terminal long cells fold; or, where columns are named that must stay `whole` (to be copied), every row is one
    line, the other cells are cut with an ellipsis, and a narrow terminal shows fewer columns.
    """
    cells = [[safe(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for line in ([*columns], *cells):
            click.echo("\t".join(line))
    elif whole:
        _draw_lines(columns, cells, whole)
    else:
        _draw(columns, cells, title)


_GAP = "  "
_LEAST = 12  # cells of a column that may be cut; with less it says nothing


def _draw_lines(columns: Sequence[str], rows: Sequence[Sequence[str]], whole: Sequence[str]) -> None:
    from rich.cells import cell_len

    natural = [max(map(cell_len, column)) for column in zip(columns, *rows, strict=True)]
    fixed = [column in whole for column in columns]
    widths = fit(natural, fixed, shutil.get_terminal_size().columns)
    click.secho(_line(columns, widths), bold=True)
    for row in rows:
        click.echo(_line(row, widths))
    if left_out := columns[len(widths) :]:
        say(f"not shown in a terminal of this width: {', '.join(left_out)}", style="dim")


def fit(natural: Sequence[int], fixed: Sequence[bool], room: int) -> list[int]:
    """Widths of the columns in `room` cells: fixed ones are never cut, the widest of the others first.

    Columns at the end that find no room at all are not in the list.
    """
    needed = [width if keep else min(width, _LEAST) for width, keep in zip(natural, fixed, strict=True)]
    count, gap = len(needed), len(_GAP)
    while sum(needed[:count]) + gap * (count - 1) > room and not fixed[count - 1]:
        count -= 1
    widths = list(natural[:count])
    for _ in range(sum(widths) + gap * (count - 1) - room):
        flexible = [index for index in range(count) if widths[index] > needed[index]]
        if not flexible:
            break
        widths[max(flexible, key=lambda index: widths[index])] -= 1
    return widths


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    from rich.cells import cell_len, set_cell_size

    made = [
        set_cell_size(cell, width) if cell_len(cell) <= width else f"{set_cell_size(cell, width - 1)}…"
        for cell, width in zip(cells, widths, strict=False)  # columns that found no room are left out
    ]
    return _GAP.join(made).rstrip()


def hang(line: str, indent: int) -> str:
    """A line for a terminal: broken between words, with what follows below the text at `indent`.

    Words are never broken (a hash, a reference): the terminal does that itself, and copies them whole.
    """
    if not sys.stdout.isatty():
        return line
    width = max(20, shutil.get_terminal_size().columns - indent)
    lines = textwrap.wrap(line[indent:], width, break_long_words=False, break_on_hyphens=False)
    return line[:indent] + f"\n{' ' * indent}".join(lines)


def _draw(columns: Sequence[str], rows: Sequence[Sequence[str]], title: str) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, title=title or None, title_justify="left", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))  # Text: "[red]" in a file's name is no markup
    Console().print(table)


def say(text: str, *, style: str = "", err: bool = False) -> None:
    """One line, coloured in a terminal: `good`, `bad`, `doubt` or plain."""
    colours = {"good": "green", "bad": "red", "doubt": "yellow", "dim": "bright_black"}
    click.echo(click.style(safe(text), fg=colours.get(style)) if style else safe(text), err=err)
