"""Symbolic links (SYLK), which Excel opens as a workbook: macros, links to programs, cells. Knows nothing of mail.

A record a line, fields behind semicolons, two of which are one in a field. Excel looks at the beginning and not at the
name; a table whose first heading happens to be "ID" has no such records, and is read as one.
"""

from __future__ import annotations

import re
from typing import BinaryIO

from gateway.documents import csv
from gateway.documents.cells import address_of
from gateway.documents.charset import Decoded
from gateway.documents.document import Sink
from gateway.documents.txt import load

_RECORD = re.compile(r"(?im)^[ \t]*(?:[CFOPBWE]|N[NEU])(?:;[^\r\n]*)?[ \t]*\r?$")
_LINE = re.compile(r"[^\r\n]+")
_CALLS = re.compile(r"(?i)\b(?:EXEC|CALL|REGISTER(?:\.ID)?|RUN|FORMULA|FOPEN|HALT)\s*\(")
_LINK = re.compile(r"[^|!]{1,300}\|[^!]{0,1000}!")  # DDE: program|topic!item
_AUTO = re.compile(r"(?i)auto_?(?:open|close|activate|deactivate)")
_BEHIND = "\x00"  # stands for a semicolon within a field
_MOST = 1 << 20  # rows and columns


def read(file: BinaryIO, sink: Sink) -> None:
    """Read a SYLK file into the sink; see `document`."""
    decoded = load(file, sink)
    text = decoded.text.replace("\r", "\n")
    if not _RECORD.search(text):
        csv.read(file, sink)
        return
    sink.document.format = "slk"
    lines = [_fields(line[0]) for line in _LINE.finditer(text)]
    for kind, *fields in lines:
        _judge(kind, fields, sink)
    if sink.text:
        _cells(lines, decoded, sink)


def _fields(line: str) -> list[str]:
    """A record's name and its fields."""
    name, *fields = line.strip().replace(";;", _BEHIND).split(";")
    return [name.upper(), *(field.replace(_BEHIND, ";") for field in fields)]


def _judge(kind: str, fields: list[str], sink: Sink) -> None:
    """A sheet of macros says so in its options; formulas that call something, and names that start them, are as bad."""
    formulas = [field[1:] for field in fields if field[:1] in ("E", "e", "M", "m")]
    if kind == "O" and any(field[:1] in ("E", "e") for field in fields):
        sink.macros()
    elif kind in ("NN", "NE") and any(_AUTO.match(field[1:]) for field in fields):
        sink.macros()
    elif kind in ("C", "NN", "NE"):
        if any(_CALLS.search(formula) for formula in formulas):
            sink.macros()
        if any(_LINK.match(formula) for formula in formulas):
            sink.active()


def _cells(lines: list[list[str]], decoded: Decoded, sink: Sink) -> None:
    """The texts of the cells: where a record does not say the row or column, it is the last one said."""
    row = column = 1
    for kind, *fields in lines:
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
