"""How commands write: tables for people, JSON for programs, and never a stranger's control characters.

In a terminal there is colour; into a pipe or a file goes plain text, one row a line, nothing cut.
"""

from __future__ import annotations

import re
import sys
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


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
    """A table on stdout: drawn in a terminal, tab-separated with a heading line into a pipe."""
    cells = [[safe(cell) for cell in row] for row in rows]
    if sys.stdout.isatty():
        _draw(columns, cells, title)
        return
    for line in ([*columns], *cells):
        click.echo("\t".join(line))


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
