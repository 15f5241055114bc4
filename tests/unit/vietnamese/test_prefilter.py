"""The first pass: nearly nothing in good text, something in every legacy line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.vietnamese.codec import mojibake, to_hack
from gateway.vietnamese.family import Family
from gateway.vietnamese.prefilter import LARGEST, SHORT, spelled, suspects

GOOD = "Uỷ ban nhân dân tỉnh quy định việc quản lý, sử dụng hệ thống thư điện tử «nội bộ» “của” các cơ quan; phí 5 €.\n"
LEGACY = "Cộng hoà xã hội chủ nghĩa Việt Nam, độc lập, tự do, hạnh phúc"
BYTES = [family for family in Family if family not in (Family.VIQR, Family.MOJIBAKE)]


def test_good_vietnamese_and_ascii_are_left() -> None:
    assert list(suspects(GOOD * 100)) == []
    assert list(suspects("The quick brown fox. " * 100)) == []


@pytest.mark.parametrize("family", BYTES)
def test_a_legacy_line_among_good_ones_is_found(family: Family) -> None:
    hidden = to_hack(LEGACY, family)
    text = f"{GOOD * 30}{hidden}\n{GOOD * 30}"
    at = text.index(hidden)
    assert any(start <= at and at + len(hidden) <= end for start, end in suspects(text))


def test_mojibake_is_found() -> None:
    assert list(suspects(GOOD * 30 + mojibake(LEGACY)))


def test_a_short_text_is_always_weighed() -> None:
    assert list(suspects("Sè mét")) == [(0, 6)]
    assert len(GOOD * 3) > SHORT


def test_viqr_blocks() -> None:
    assert list(spelled("if (a < b) return c; // x ^ b 1+2, r^2")) == []
    assert list(spelled("line\nVie^.t Nam\n")) == [(5, 16)]
    assert list(spelled("line\nba.n ddi.nh\n")) == [(5, 17)]
    assert list(spelled("add an address to the ladder; dd if=x\n")) == []
    assert list(spelled("line\nnu+o+'c\n")) == [(5, 13)]


@given(st.lists(st.sampled_from(["µ", "\n", " ", "ñ", "ab", "x" * 3000, "o+", "e^"]), max_size=60).map("".join))
def test_blocks_are_apart_in_order_and_bounded(text: str) -> None:
    for blocks in (suspects(text), spelled(text)):
        last = 0
        for start, end in blocks:
            assert last <= start < end <= len(text)
            assert end - start <= 3 * LARGEST
            last = end


def test_letters_of_other_languages_are_left_where_they_are_few() -> None:
    french = "Le garçon est venu hier soir avec la lettre que nous avions reçue pendant le mois de mars. "
    german = "Für den Antrag ist das Formular der Stadt zu nehmen; mañana por la noche. "
    assert list(suspects((french + german) * 10)) == []
    assert list(suspects((french + german) * 10 + "señoïr ö")) != []


def test_a_heading_before_the_first_suspect_place_is_weighed_with_it() -> None:
    text = f"{GOOD * 10}TUYÖT\n{to_hack(LEGACY, Family.TCVN3)}"
    assert min(start for start, _ in suspects(text)) <= text.index("TUYÖT")


@pytest.mark.parametrize("family", BYTES)
def test_a_heading_in_capitals_is_found(family: Family) -> None:
    hidden = to_hack("TUYỆT MẬT, CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", family)
    assert list(suspects(f"{GOOD * 30}{hidden}\n{GOOD * 30}"))
