"""Comma-separated values: each cell is a unit, as a spreadsheet would show it."""

from __future__ import annotations

import csv
import io
import re
from typing import BinaryIO

from gateway.documents.cells import address_of
from gateway.documents.charset import Decoded
from gateway.documents.document import Sink
from gateway.documents.source import pieces
from gateway.documents.txt import add_lines, load

_SEPARATORS = ",;\t|"
_HEAD = 8192
# A formula that starts another program: =cmd|'/C …'!A0, =DDE("cmd";…)
_DDE = re.compile(r"""(?i)[\s"]*[=+@-](?:[^|!]{1,300}\|[^!]{0,1000}!|.{0,300}?\bDDE\s*\()""")
_CALL = re.compile(rb"dde[^\w(]*+\(", re.IGNORECASE)
_LETTER = re.compile("[A-Za-z]")


def read(file: BinaryIO, sink: Sink) -> None:
    """Read a table into the sink; see `document`. One that the csv module refuses is read line by line."""
    sink.document.format = "csv"
    if not sink.text and not _may_start(file):
        return
    decoded = load(file, sink)
    separator = _separator(decoded.text[:_HEAD])
    rows = csv.reader(io.StringIO(decoded.text, newline=""), delimiter=separator)
    try:
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                _add(cell, address_of(row, column), decoded, sink)
    except csv.Error:
        add_lines(decoded, sink)


def _may_start(file: BinaryIO) -> bool:
    """Whether a formula that starts a program may stand anywhere: a database's export, say, is long, and has none."""
    bar = mark = False
    for data in pieces(file):
        bar, mark = bar or b"|" in data, mark or b"!" in data
        if (bar and mark) or _CALL.search(data):
            return True
    return False


def _add(cell: str, address: str, decoded: Decoded, sink: Sink) -> None:
    if not cell or (cell.isascii() and not _LETTER.search(cell)):  # numbers and dates
        return
    if cell[0] in "=+-@" and _DDE.match(cell):
        sink.active()
    text, raw = decoded.unit(cell)
    sink.unit(f"cell {address}", text, raw=raw)


def _separator(head: str) -> str:
    """The separator that stands most often outside quotes."""
    bare = re.sub(r'"[^"]*"', "", head)
    return max(_SEPARATORS, key=bare.count)
