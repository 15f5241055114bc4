"""What a report is before it is a file: a head, blocks and a foot (NĐ 30/2020/NĐ-CP, annex I). Values only.

A text in a document is clean already (`texts.clean`); a cell keeps its kind, so that a spreadsheet gets numbers and a
page gets words.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gateway.reports.quarters import Period

Cell = str | int | float | datetime.date | None


def row(*cells: Cell) -> tuple[Cell, ...]:
    """Cells of any kinds as one row."""
    return cells


class Shape(StrEnum):
    """What a column holds, and so how it is written."""

    TEXT = "text"
    COUNT = "count"  # a whole number
    SHARE = "share"  # 0 to 1, shown in percent
    NUMBER = "number"  # one place after the comma
    SIZE = "size"  # octets
    SPAN = "span"  # seconds
    DAY = "day"
    TICK = "tick"  # left empty: for a pen


@dataclass(frozen=True, slots=True)
class Column:
    """`weight`: how wide it is beside the others."""

    title: str
    shape: Shape = Shape.TEXT
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Table:
    """`name`: stable, ASCII: a sheet's and a file's name. `numbered`: a first column counts the rows.

    `total`: a last row that sums up. `empty`: what is said where there is no row. `left_out`: rows that there are
    besides.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] | None = None
    empty: str = "Không có."
    numbered: bool = True
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 1: "I. …"; 2: "1. …". The number stands in the text."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph. `note`: small print on how to read what stands above; `basis`: "Căn cứ …"."""

    text: str
    note: bool = False
    basis: bool = False


@dataclass(frozen=True, slots=True)
class Blank:
    """Dotted lines for a person to write on."""

    lines: int = 3


@dataclass(frozen=True, slots=True)
class Break:
    """A new page."""


Block = Table | Heading | Line | Blank | Break


@dataclass(frozen=True, slots=True)
class Head:
    """`superior`: the office above; `kind`: "BÁO CÁO"; `about`: what it is about (trích yếu); `to`: kính gửi."""

    office: str
    kind: str
    about: str
    superior: str = ""
    number: str = ""
    dated: str = ""
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Foot:
    """`authority`: "TL. CHỦ TỊCH"; `position`: "CHÁNH VĂN PHÒNG"; `recipients`: nơi nhận."""

    recipients: tuple[str, ...] = ()
    authority: str = ""
    position: str = ""
    signer: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report. `name`: the report's, stable; `unit`: the unit's code, "" for all; `made`: when, on the wall.

    `figures`: what it was made of, as plain values, for programs. `parts`: further documents that follow it, each on a
    page of its own (a form for each unit).
    """

    name: str
    period: Period
    made: datetime.datetime
    head: Head
    blocks: tuple[Block, ...]
    foot: Foot = Foot()
    unit: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)
    parts: tuple[Document, ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        """Its own tables, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Table))
