"""A table file as rows of text: CSV (UTF-8 or UTF-16) and XLSX, told apart by content, whatever the name says.

It knows files, not what the columns mean. A file that a unit mailed in is a stranger's: sizes are bounded, and text in
a legacy Vietnamese charset is refused with its line, because nobody can compare names that are not Unicode.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gateway.vietnamese import detect

MAX_FILE: Final = 64 * 2**20  # bytes
MAX_EXPANDED: Final = 128 * 2**20  # bytes of an XLSX's parts together
MAX_PARTS: Final = 5000
MAX_ROWS: Final = 200_000
MAX_COLUMNS: Final = 100
MAX_CELL: Final = 32_767  # characters, as in Excel
LOOK: Final = 30  # rows in which headings are looked for: forms have titles above them
_TELLING: Final = 20  # lines of a wrong charset that are named
_DELIMITERS: Final = ";,\t"
_SURE: Final = 0.9  # confidence from which a cell is taken for legacy text
_SEPARATOR: Final = re.compile(r"sep=([;,\t])\r?\n", re.IGNORECASE)  # Excel's own first line


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a table. `line` as the file's reader counts, from 1 (0: the file); `column`: its heading."""

    line: int
    column: str
    reason: str
    sheet: str = ""

    def __str__(self) -> str:
        place = [f"sheet {self.sheet!r}"] if self.sheet else []
        place += [f"line {self.line}"] if self.line else []
        place += [f"column {self.column!r}"] if self.column else []
        return f"{', '.join(place)}: {self.reason}" if place else self.reason


class Unreadable(Exception):  # noqa: N818 -- says what happened, as in gateway.errors
    """The file gives no rows; `faults` say why. It does not leave the room (`gateway.directory.table`)."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its number in the file, and its cells, stripped."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A CSV file, or one sheet of a workbook. `name`: the sheet's, "" for CSV."""

    name: str
    lines: tuple[Line, ...]


Score = Callable[[Sequence[str]], int]
"""How many of a row's cells are headings."""
Progress = Callable[[int], None]
"""Called with a number of rows now and then, every `STEP` rows."""
STEP: Final = 500


def read_file(path: Path, score: Score, progress: Progress | None = None) -> list[Sheet]:
    """The sheets of a file, empty rows left out. `score` tells which delimiter a CSV has. Unreadable, OSError."""
    with path.open("rb") as stream:
        data = stream.read(MAX_FILE + 1)
    return read_sheets(data, score, progress)


def read_sheets(data: bytes, score: Score, progress: Progress | None = None) -> list[Sheet]:
    """The same of a file's bytes. Unreadable."""
    if len(data) > MAX_FILE:
        raise Unreadable(Fault(0, "", f"larger than {MAX_FILE // 2**20} MiB"))
    if data.startswith(b"PK\x03\x04"):
        return _workbook(data, progress)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(Fault(0, "", "an old .xls file, or one with a password: save it as .xlsx without a password"))
    return [_csv(_decoded(data), score)]


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # Excel's "Unicode Text"
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            raise Unreadable(Fault(0, "", "begins like UTF-16 and is not: save it as CSV UTF-8")) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(*_wrong_lines(data)) from None


def _wrong_lines(data: bytes) -> Iterator[Fault]:
    found = 0
    for number, line in enumerate(data.splitlines(), 1):
        try:
            line.decode()
        except UnicodeDecodeError:
            found += 1
            if found <= _TELLING:
                yield Fault(number, "", _legacy_reason(line[:4096]))
    if found > _TELLING:
        yield Fault(0, "", f"and {found - _TELLING} more lines that are not UTF-8")


def _legacy_reason(line: bytes) -> str:
    family = detect(line).family
    name = f"in {family.label}" if family is not None else "in an old charset"
    return f"not UTF-8 but {name}: save the file as CSV UTF-8, or convert it with congthu charset --convert"


def legacy_family(text: str) -> str:
    """The name of the legacy charset that a cell's text was made in, "" for good Unicode."""
    if text.isascii():
        return ""
    found = detect(text)
    return found.family.label if found.family is not None and found.damaged and found.confidence >= _SURE else ""


def _csv(text: str, score: Score) -> Sheet:
    lead = 0
    delimiters = _DELIMITERS
    if match := _SEPARATOR.match(text):
        text, lead, delimiters = text[match.end() :], 1, match[1]
    best = max(delimiters, key=lambda delimiter: _best_score(text, delimiter, score))
    return Sheet("", tuple(_csv_lines(text, best, lead)))


def _best_score(text: str, delimiter: str, score: Score) -> int:
    head = "".join(io.StringIO(text[: LOOK * MAX_CELL]).readlines(MAX_CELL)[:LOOK])
    try:
        return max(
            (score(cells) for cells in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)), default=0
        )
    except csv.Error:
        return 0


def _csv_lines(text: str, delimiter: str, lead: int) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = 0
    try:
        for count, cells in enumerate(reader):
            _check_count(count)
            yield from _line(before + 1 + lead, cells)
            before = reader.line_num
    except csv.Error as error:
        raise Unreadable(Fault(before + 1 + lead, "", f"not CSV: {error}")) from None


def _line(number: int, cells: Sequence[str], sheet: str = "") -> Iterator[Line]:
    last = max((index for index, cell in enumerate(cells, 1) if cell and not cell.isspace()), default=0)
    if last > MAX_COLUMNS:
        raise Unreadable(Fault(number, "", f"more than {MAX_COLUMNS} columns", sheet))
    if any(len(cell) > MAX_CELL for cell in cells):
        raise Unreadable(Fault(number, "", f"a cell has more than {MAX_CELL} characters", sheet))
    if last:
        yield Line(number, tuple(cell.strip() for cell in cells[:last]))


def _check_count(count: int, sheet: str = "") -> None:
    if count >= MAX_ROWS:
        raise Unreadable(Fault(0, "", f"more than {MAX_ROWS} rows", sheet))


def _workbook(data: bytes, progress: Progress | None) -> list[Sheet]:
    _check_archive(data)
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings(action="ignore"):  # it warns of styles and extensions that do not matter here
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            try:
                return [Sheet(sheet.title, tuple(_rows(sheet, progress))) for sheet in book.worksheets]
            finally:
                book.close()
    except Unreadable:
        raise
    except Exception as error:  # a damaged workbook shows itself in any way
        raise Unreadable(Fault(0, "", f"cannot be read as a workbook ({type(error).__name__})")) from error


def _check_archive(data: bytes) -> None:
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
        raise Unreadable(Fault(0, "", "a damaged .xlsx file")) from error
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_EXPANDED:
        raise Unreadable(Fault(0, "", f"expands to more than {MAX_EXPANDED // 2**20} MiB"))


def _rows(sheet: Any, progress: Progress | None) -> Iterator[Line]:
    sheet.reset_dimensions()  # what the file says of its size may be wrong
    for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS), 1):
        _check_count(number - 1, sheet.title)
        if progress is not None and not number % STEP:
            progress(number)
        yield from _line(number, [_text(cell) for cell in cells], sheet.title)


def _text(value: object) -> str:
    """A cell as a person would type it."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
