"""Pages of two processes over one file: what one has at hand is never older than what the other wrote."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.throttle.cells import Cells
from gateway.throttle.page import SqlitePage

NOW = 1_790_000_000.0
NAME = 42


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[tuple[SqlitePage, SqlitePage]]:
    both = [Cells(tmp_path / "limits.db", wait=5, most=1000) for _ in range(2)]
    for cells in both:
        cells.open()
    yield SqlitePage(both[0]), SqlitePage(both[1])
    for cells in both:
        cells.close()


def begin(page: SqlitePage, *, alone: bool) -> None:
    page.begin(alone=alone)
    page.now = NOW


def put(page: SqlitePage, value: bytes | None, *, alone: bool = False) -> bool:
    begin(page, alone=alone)
    page.put(NAME, value, 60)
    return page.finish()


def value(page: SqlitePage, *, alone: bool = False) -> bytes | None:
    begin(page, alone=alone)
    found = page.value(NAME)
    assert page.finish()
    return found


def test_alone_it_writes_without_the_lock(pages: tuple[SqlitePage, SqlitePage]) -> None:
    one, other = pages
    assert put(one, b"1")
    for number in range(2, 5):
        assert put(one, b"%d" % number, alone=True)
        assert value(one, alone=True) == b"%d" % number
    assert value(other) == b"4"


def test_who_wrote_meanwhile_is_noticed(pages: tuple[SqlitePage, SqlitePage]) -> None:
    one, other = pages
    assert put(one, b"1")
    begin(one, alone=True)
    assert one.value(NAME) == b"1"
    assert put(other, b"2")
    one.put(NAME, b"3", 60)
    assert not one.finish()
    assert value(other) == b"2"  # nothing was done
    assert value(one) == b"2"  # and what was at hand is forgotten


def test_nor_does_what_is_only_read_hold(pages: tuple[SqlitePage, SqlitePage]) -> None:
    one, other = pages
    assert put(one, b"1")
    begin(one, alone=True)
    assert one.value(NAME) == b"1"
    assert put(other, b"2")
    assert not one.finish()


@pytest.mark.parametrize("alone", [False, True])
def test_with_the_lock_what_is_at_hand_is_not_older(pages: tuple[SqlitePage, SqlitePage], alone: bool) -> None:
    one, other = pages
    assert value(one) is None
    assert put(other, b"1")
    assert value(one) == b"1"
    assert put(other, b"2", alone=True)
    begin(one, alone=alone)
    found = one.value(NAME)
    assert one.finish() is not alone
    assert alone or found == b"2"


def test_what_is_removed_needs_the_lock(pages: tuple[SqlitePage, SqlitePage]) -> None:
    one, other = pages
    assert put(one, b"1")
    assert not put(one, None, alone=True)
    assert put(one, None)
    assert value(other) is None


def test_more_than_one_statement_takes_needs_the_lock(pages: tuple[SqlitePage, SqlitePage]) -> None:
    one, _ = pages
    assert put(one, b"1")
    for most, fits in ((32, True), (33, False)):
        begin(one, alone=True)
        for number in range(most):
            one.put(number + 1, b"x", 60)
        assert one.finish() is fits


def test_tidying_is_somebody_writing(pages: tuple[SqlitePage, SqlitePage]) -> None:
    one, other = pages
    assert put(one, b"1")
    assert value(other) == b"1"
    begin(one, alone=False)
    for number in range(300):
        one.put(number + 100, b"x", 60)
    assert one.finish()
    assert value(other) == b"1"
    one.now = NOW + 3600
    one.tidy()  # all of it has ended
    begin(other, alone=True)
    assert other.value(NAME) == b"1"
    assert not other.finish()
    begin(one, alone=True)
    one.put(NAME, b"2", 60)
    assert one.finish()  # its own tidying is none of another
