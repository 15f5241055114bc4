"""Symbolic links (SYLK), which Excel opens as a workbook: macros, links to programs, cells. Knows nothing of mail.

A record a line, fields behind semicolons, two of which are one in a field. Excel looks at the beginning and not at the
name; but of a table whose first heading happens to be "ID" few lines are records, and its text is read as a table's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from gateway.contents import Why
from gateway.documents import csv
from gateway.documents.cells import address_of
from gateway.documents.charset import Decoded
from gateway.documents.document import Sink
from gateway.documents.txt import load

_RECORDS = frozenset(["ID", "P", "F", "B", "C", "O", "E", "W", "NN", "NE", "NU"])
_LINE = re.compile(r"[^\r\n]+")
_CALLS = re.compile(r"(?i)\b(?:EXEC|CALL|REGISTER(?:\.ID)?|RUN|FORMULA|FOPEN|HALT)\s*\(")
_LINK = re.compile(r"[^|!]{1,300}\|[^!]{0,1000}!")  # DDE: program|topic!item
_AUTO = re.compile(r"(?i)auto_?(?:open|close|activate|deactivate)")
_BEHIND = "\x00"  # stands for a semicolon within a field
_FIELDS = 1000  # of a record
_MOST = 1 << 20  # rows and columns


def read(file: BinaryIO, sink: Sink) -> None:
    """Read a SYLK file into the sink; see `document`."""
    sink.document.format = "slk"
    decoded = load(file, sink)
    lines = records = 0
    for kind, *fields in _lines(decoded.text, sink):
        lines, records = lines + 1, records + (kind in _RECORDS)
        _judge(kind, fields, sink)
    if 4 * records < 3 * lines:  # an honest one has nothing else
        csv.read(file, sink)
    elif sink.text:
        _cells(decoded, sink)


def _lines(text: str, sink: Sink) -> Iterator[list[str]]:
    """Each record's name and its fields."""
    for line in _LINE.finditer(text):
        name, *fields = line[0].strip().replace(";;", _BEHIND).split(";", _FIELDS)
        if len(fields) == _FIELDS:
            sink.unchecked(Why.TOO_MANY)
        yield [name.upper(), *(field.replace(_BEHIND, ";") for field in fields)]


def _judge(kind: str, fields: list[str], sink: Sink) -> None:
    """A sheet of macros says so in its options; formulas that call something, and names that start them, are as bad."""
    if kind == "O":
        bad = any(field[:1] in ("E", "e") for field in fields)
    elif kind in ("C", "NN", "NE"):
        formulas = [field[1:] for field in fields if field[:1] in ("E", "e", "M", "m")]
        bad = any(_CALLS.search(formula) for formula in formulas)
        bad = bad or (kind != "C" and any(_AUTO.match(field[1:]) for field in fields))
        if any(_LINK.match(formula) for formula in formulas):
            sink.active()
    else:
        bad = False
    if bad:
        sink.macros()


def _cells(decoded: Decoded, sink: Sink) -> None:
    """The texts of the cells: where a record does not say the row or column, it is the last one said."""
    row = column = 1
    for kind, *fields in _lines(decoded.text, sink):
        if kind not in ("C", "F"):
            continue
        values = {field[:1].upper(): field[1:] for field in fields}
        row, column = _number(values.get("Y"), row), _number(values.get("X"), column)
        value = values.get("K", "")
        if kind == "C" and value.startswith('"'):
            text, raw = decoded.unit(value.strip('"'))
            sink.unit(f"cell {address_of(row - 1, column - 1)}", text, raw=raw)


def _number(field: str | None, before: int) -> int:
    if field is None or not field.isascii() or not field.isdecimal() or len(field) > len(str(_MOST)):
        return before
    return min(max(1, int(field)), _MOST)
