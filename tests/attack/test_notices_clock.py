"""A clock that was ahead for a moment: the letters written then hold nobody's back once it is right."""

from __future__ import annotations

from pathlib import Path

from gateway.directory.database import Database
from gateway.notifying.book import DAY, Limits, NoticeBook
from tests.unit.notifying.contract import NOW, Plain, refusals


def test_letters_of_a_wrong_clock_count_no_more(tmp_path: Path) -> None:
    book = NoticeBook(Database("sqlite:///congthu.db", tmp_path), Plain(), Limits(hour=3, day=5, all=2))
    book.keep(refusals(3), NOW + 365 * DAY)
    assert (book.written, book.held) == (2, 1)
    book.keep(refusals(1), NOW)
    assert book.written == 3
