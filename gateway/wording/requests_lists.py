"""Lists of mailboxes, or of people who are to get one: in sheets, in tables of documents, in lines of a body.

Units come as documents give them: cells with an address, cells one after the other, lines. A row is what shows
something of one person or mailbox; it ends where the same thing is shown again, or prose comes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.contents import MailboxList
from gateway.documents.document import Unit
from gateway.wording.requests_cells import LONGEST, Shows, shows

CELLS = 20_000
"""Cells and lines of one text that are looked at."""
_ADDRESSED = re.compile(r"(?:(sheet '.*')|cell) [A-Z]{1,4}(\d{1,7})\Z", re.DOTALL)
_LEAST = 2  # rows without a heading
_WIDTH = 3  # things that a single row without a heading shows, for it to be a list where a list is asked for
_BEGINS = frozenset((Shows.ORDER, Shows.NAME, Shows.ADDRESS))
_PERSON = frozenset((Shows.POSITION, Shows.UNIT, Shows.NUMBER))
_HEADS = frozenset((Shows.HEADING, Shows.MAILBOXES))
_PROSE = 40  # characters of a line that shows nothing and ends a table
_GAP = 3  # shorter ones in a row that end it, too


@dataclass(slots=True)
class Table:
    """One list while it is read. `headed`: columns have headings; `mailboxes`: one of them is of mailboxes."""

    where: str
    rows: int = 0
    addresses: int = 0
    headed: int = 0
    mailboxes: bool = False

    @property
    def is_list(self) -> bool:
        """Whether its rows look like people or mailboxes."""
        return self.rows >= (1 if self.headed >= 2 else _LEAST)

    @property
    def is_of_mailboxes(self) -> bool:
        """Whether it is about mailboxes rather than about people alone."""
        return self.mailboxes or 2 * self.addresses >= self.rows


def lists_in(units: Sequence[Unit], texts: Sequence[str]) -> Iterator[Table]:
    """The lists of one text, whose units read `texts` in Unicode."""
    reader = _Rows()
    for place, line, text in _cells(units, texts):
        yield from reader.take(place, line, text)
    yield from reader.end()


def named(table: Table, part: str, names: tuple[str, ...]) -> MailboxList:
    """The list as it is told."""
    return MailboxList(part, names, table.where[:200], table.rows)


def _cells(units: Sequence[Unit], texts: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Each cell or line: the sheet, its row's number ("" where cells only follow one another), its text."""
    left = CELLS
    for unit, text in zip(units, texts, strict=True):
        if unit.place.startswith(("property", "comment", "bookmark")):
            continue
        match = _ADDRESSED.match(unit.place)
        where, row = (match[1] or "", match[2]) if match else ("", "")
        pieces = [text] if match else text.split("\n")
        for piece in pieces[:left]:
            yield where, row, piece
        left -= len(pieces)
        if left <= 0:
            return


class _Rows:
    """Puts cells together to rows, and rows to lists."""

    def __init__(self) -> None:
        self._table = Table("")
        self._line = ""
        self._row: set[Shows] = set()
        self._gap = 0

    def take(self, where: str, line: str, text: str) -> Iterator[Table]:
        """The next cell; gives a list where one ends."""
        if where != self._table.where:
            yield from self.end()
            self._table = Table(where)
        if line != self._line:
            self._close()
            self._line = line
        seen = shows(text)
        if seen & _HEADS:
            yield from self._heading(seen)
        elif seen:
            self._add(seen, addressed=bool(line))
        elif not line and text.strip():
            yield from self._prose(text.strip())

    def end(self) -> Iterator[Table]:
        """Nothing more comes."""
        self._close()
        if self._table.is_list:
            yield self._table
        self._table = Table(self._table.where)
        self._gap = 0

    def _heading(self, seen: frozenset[Shows]) -> Iterator[Table]:
        if self._table.rows and Shows.HEADING in seen and not self._line:
            yield from self.end()
        self._close()
        self._gap = 0
        self._table.headed += 2 if len(seen) == 2 else 1
        self._table.mailboxes = self._table.mailboxes or Shows.MAILBOXES in seen

    def _add(self, seen: frozenset[Shows], *, addressed: bool) -> None:
        self._gap = 0
        if not addressed and (seen & self._row & _BEGINS or (Shows.ORDER in seen and self._row)):
            self._close()
        self._row |= seen

    def _prose(self, text: str) -> Iterator[Table]:
        """What shows nothing: a remark in a cell, or the text behind the list."""
        self._gap += 1
        if len(text) > min(_PROSE, LONGEST) or self._gap >= _GAP:
            yield from self.end()

    def _close(self) -> None:
        """A row ends."""
        row, self._row = self._row, set()
        person = Shows.NAME in row and (row & _PERSON or Shows.ADDRESS in row or self._table.headed >= 2)
        mailbox = Shows.ADDRESS in row and (len(row) >= 2 or self._table.mailboxes)
        if person or mailbox:
            self._table.rows += 1
            self._table.addresses += Shows.ADDRESS in row
