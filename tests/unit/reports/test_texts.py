"""Whatever a text is, what stands in a report is one visible line that no spreadsheet runs."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.reports.citing import bases, cited, in_order, text_of
from gateway.reports.texts import broken, clean, count, decimal, duration, percent, size, unformula

ANY = st.text(st.characters(), max_size=200)  # surrogates too


@given(ANY, st.integers(1, 60))
def test_clean_text_is_one_visible_line(text: str, most: int) -> None:
    made = clean(text, most)
    assert len(made) <= most
    assert not [c for c in made if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")]
    assert made == made.strip()
    assert "  " not in made
    made.encode()


@given(st.text(st.characters(categories=["L", "Mn", "Zs", "P"]), max_size=300))
def test_long_words_get_places_to_break_and_keep_their_letters(text: str) -> None:
    made = broken(text)
    assert made.replace("\u200b", "") == text.replace("\u200b", "")
    pieces = [piece for word in made.split(" ") for piece in word.split("\u200b")]
    assert all(len(piece) <= 60 or all(unicodedata.combining(c) for c in piece[20:]) for piece in pieces)
    ours = [piece for word in made.split(" ") for piece in word.split("\u200b")[1:]]  # after a place that we made
    assert not any(unicodedata.combining(piece[0]) for piece in ours if piece and "\u200b" not in text)


def test_short_words_stay_as_they_are() -> None:
    assert broken("mot-dia-chi.kha.dai@so-noi-vu.tinh.example " + "x" * 60) == (
        "mot-dia-chi.kha.dai@so-noi-vu.tinh.example " + "x" * 60
    )
    assert broken("x" * 61) == "x" * 20 + "\u200b" + "x" * 20 + "\u200b" + "x" * 20 + "\u200bx"


@given(ANY)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


def test_vietnamese_stays_and_what_hides_does_not() -> None:
    assert clean("Nguyễn  Thị\tHạnh\n") == "Nguyễn Thị Hạnh"
    assert clean("Nguye\u0302\u0303n") == "Nguyễn"
    assert clean("a\u202eb\ud800\x07") == "a\ufffdb?\ufffd"
    assert clean("x" + "\u0301" * 50).count("\u0301") <= 4
    assert clean("abcdef ghij", 8) == "abcdef…"
    assert clean("x" * 3000).endswith("…")


@given(st.sampled_from("=+-@\t\r\n|%"), ANY)
def test_no_cell_is_a_formula(first: str, rest: str) -> None:
    assert unformula(first + rest).startswith("'")
    assert unformula(f"  {first}{rest}").startswith("'")
    assert unformula(clean(first + rest))[:1] not in tuple("=+-@")


def test_ordinary_cells_stay() -> None:
    assert [unformula(text) for text in ("", "Phòng Nội vụ", "a=b", "'x")] == ["", "Phòng Nội vụ", "a=b", "'x"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (0.0, "0,0%"), (1.0, "100,0%"), (0.125, "12,5%"), (0.99999, "99,9%"), (0.00001, "0,1%")],
)
def test_a_share_is_never_rounded_to_all_or_nothing(value: float | None, text: str) -> None:
    assert percent(value) == text


def test_numbers() -> None:
    assert (count(1234567), decimal(1234.5), count(0)) == ("1.234.567", "1.234,5", "0")
    assert (size(1000), size(1536), size(5 * 2**30)) == ("1.000 byte", "1,5 KiB", "5,0 GiB")
    assert (duration(59), duration(3900), duration(100_000)) == ("1 phút", "1 giờ 05 phút", "1 ngày 3 giờ")


def test_clauses_in_words() -> None:
    assert cited("Q4 8.1a") == "Điểm a khoản 1 Điều 8"
    assert cited("AG 10.2e") == "Điểm e khoản 2 Điều 10"
    assert cited("Q4 10") == "Điều 10"
    assert cited("Q4 QD 2") == "Điều 2 của Quyết định"
    assert cited("\u202e<x>") == "\ufffd<x>"
    assert text_of("Q4 4.2", 20).endswith("…")
    assert text_of("XX 1") == text_of("") == ""


def test_clauses_stand_in_the_order_of_their_regulation() -> None:
    given_ = ["Q4 11.7", "Q4 4.2", "AG 10.2e", "AG 4.2", "Q4 8.1a", "Q4 8.1", "Q4 4", "", "x²", "Q4 QD 2"]
    assert sorted(given_, key=in_order) == [
        *("", "AG 4.2", "AG 10.2e"),
        *("Q4 4", "Q4 4.2", "Q4 8.1", "Q4 8.1a", "Q4 11.7", "Q4 QD 2", "x²"),
    ]


@given(st.lists(ANY))
def test_any_clause_has_an_order(clauses: list[str]) -> None:
    assert len(sorted(clauses, key=in_order)) == len(clauses)


def test_no_regulation_no_base() -> None:
    assert list(bases([])) == []
