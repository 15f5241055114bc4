"""Decisions as CSV and JSON Lines, a row at a time. Knows the formats, not where they go."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import orjson

from gateway.journal.query import Found

COLUMNS: Final = (
    "time",
    "reference",
    "action",
    "stage",
    "listener",
    "direction",
    "client_address",
    "user",
    "reverse_path",
    "recipients",
    "size",
    "attachment_bytes",
    "attachments",
    "rules",
    "clauses",
    "reply",
    "upstream_reply",
    "outcome",
    "message_id",
    "sha256",
)
_FORMULA: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_PART: Final = re.compile("(; *)([-=+@\uff1d\uff0b\uff0d\uff20])")  # a cell where the semicolon parts cells


def iso(moment: int) -> str:
    """Microseconds since the epoch as RFC 3339 in UTC."""
    return datetime.datetime.fromtimestamp(moment / 1e6, datetime.UTC).isoformat(timespec="milliseconds")


def as_json(found: Found) -> dict[str, Any]:
    """The record as `--json` and JSON Lines give it: the time as RFC 3339."""
    return {**found.record, "time": iso(found.time)}


def jsonl_lines(rows: Iterable[Found]) -> Iterator[bytes]:
    """One JSON object a line, UTF-8."""
    for found in rows:
        yield orjson.dumps(as_json(found), option=orjson.OPT_APPEND_NEWLINE)


def csv_lines(rows: Iterable[Found], *, mark: bool = False) -> Iterator[bytes]:
    """RFC 4180 with a heading, UTF-8; `mark` puts a byte order mark first, which Excel needs for Vietnamese.

    A cell that a spreadsheet would run as a formula, or a part of it behind a semicolon (with a comma for decimals that
    parts cells), begins with an apostrophe; control characters are blanks.
    """
    yield b"\xef\xbb\xbf" if mark else b""
    yield _line(COLUMNS)
    for found in rows:
        yield _line(cells(found))


def cells(found: Found) -> list[str]:
    """The cells under COLUMNS, guarded as `csv_lines` says; for other kinds of sheets, too."""
    return [_cell(value) for value in _values(found)]


def _values(found: Found) -> Iterator[Any]:
    record = found.record
    findings = record.get("findings", ())
    made = {
        "time": iso(found.time),
        "attachments": [item["filename"] for item in record.get("attachments", ())],
        "rules": dict.fromkeys(item["rule"] for item in findings),
        "clauses": dict.fromkeys(clause for item in findings for clause in item["clauses"]),
    }
    for name in COLUMNS:
        yield made[name] if name in made else record.get(name, "")


def _cell(value: Any) -> str:
    if isinstance(value, int | float):
        return str(value)
    text = value if isinstance(value, str) else "; ".join(map(str, value))
    shown = "".join(
        char if char.isprintable() else " " for char in text
    )  # first: blanks hide nothing from what follows
    guarded = _PART.sub(r"\1'\2", shown)
    return f"'{guarded}" if guarded.lstrip(" ").startswith(_FORMULA) else guarded


def _line(cells: Iterable[str]) -> bytes:
    made = io.StringIO()
    csv.writer(made, lineterminator="\r\n").writerow(cells)
    return made.getvalue().encode("utf-8", "backslashreplace")
