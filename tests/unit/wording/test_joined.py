"""Units put together, and the way back from an offset."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents.document import Unit
from gateway.wording.joined import Joined, groups


def test_offsets_lead_back_to_pieces_and_lines() -> None:
    joined = Joined(["a", "", "b\nc", "d"])
    assert joined.data == "a\n\nb\nc\nd"
    assert [joined.at(offset) for offset in range(len(joined.data))] == [0, 0, 1, 2, 2, 2, 2, 3]
    assert [joined.line(offset) for offset in (0, 2, 3, 5, 7)] == [1, 1, 1, 2, 1]
    assert list(joined.split("A\n\nB\nC\nD")) == ["A", "", "B\nC", "D"]


@pytest.mark.parametrize("pieces", [["one"], [b"one"], [b"a", b"b\nc"], [""]])
def test_one_piece_and_bytes(pieces: list[str | bytes]) -> None:
    joined = Joined(pieces)
    assert joined.at(0) == 0
    assert joined.at(len(joined.data)) == len(pieces) - 1


@given(st.lists(st.text(alphabet="ab\n", max_size=4), min_size=1, max_size=20))
def test_every_piece_is_found_where_it_begins(pieces: list[str]) -> None:
    joined = Joined(pieces)
    at = 0
    for number, piece in enumerate(pieces):
        assert joined.at(at) == number
        assert joined.at(at + len(piece)) == number
        at += len(piece) + 1
    assert isinstance(joined.data, str)
    assert list(joined.split(joined.data)) == pieces


def test_units_of_the_same_fonts_and_charset_are_put_together() -> None:
    units = [
        Unit("1", "a"),
        Unit("2", "b", (".VnTime",)),
        Unit("3", "c"),
        Unit("4", "d", raw=b"d"),
        Unit("5", "e", raw=b"e"),
        Unit("6", "f", (".VnTime",)),
    ]
    assert list(groups(units, "viscii")) == [
        (((), False, ""), [0, 2]),
        (((".VnTime",), False, ""), [1, 5]),
        (((), True, "viscii"), [3, 4]),
    ]
    assert list(groups(units[3:5], ("viscii", "tcvn"))) == [(((), True, "viscii"), [0]), (((), True, "tcvn"), [1])]
    assert list(groups(units[:1], "")) == [(((), False, ""), [0])]


def test_not_too_much_is_put_together() -> None:
    units = [Unit(str(number), "x" * 25_000) for number in range(12)]
    found = [numbers for _group, numbers in groups(units, "")]
    assert [number for numbers in found for number in numbers] == list(range(12))
    assert max(map(len, found)) == 5
