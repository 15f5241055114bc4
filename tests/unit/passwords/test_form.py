"""The form of a password: characters and their sorts, in any charset, in the person's favour where unsure."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.passwords.form import MOST, form_of
from gateway.who import Sort

U, L, D, S = Sort.UPPER, Sort.LOWER, Sort.DIGIT, Sort.SPECIAL


@pytest.mark.parametrize(
    ("text", "length", "sorts"),
    [
        ("", 0, set()),
        ("Abc12345", 8, {U, L, D}),
        ("Abc1234!", 8, {U, L, D, S}),
        ("abc#", 4, {L, S}),
        ("ĐỘC LẬP", 7, {U, S}),
        ("mật khẩu 9", 10, {L, D, S}),
        ("\u0301", 0, set()),
        ("東京", 2, set()),
        ("pass\tword", 9, {L, S}),
    ],
)
def test_what_it_has(text: str, length: int, sorts: set[Sort]) -> None:
    form = form_of(text.encode())
    assert (form.length, form.sorts) == (length, frozenset(sorts))


def test_a_letter_with_its_marks_is_one_however_it_is_written() -> None:
    composed, apart = (unicodedata.normalize(form, "Mật khẩu 8!") for form in ("NFC", "NFD"))
    assert form_of(composed.encode()) == form_of(apart.encode())
    assert form_of(apart.encode()).length == 11


def test_an_old_charset_is_judged_in_the_persons_favour() -> None:
    form = form_of("mËt khÈu".encode("latin-1"))
    assert (form.length, form.sorts) == (8, frozenset({U, L, S}))
    assert D in form_of(b"\xcb1").sorts


def test_a_long_one_is_cut_without_being_called_unreadable() -> None:
    form = form_of(("x" + "ậ" * 5000).encode())
    assert (form.length, form.sorts) == (MOST, frozenset({L}))


def test_it_shows_nothing_of_itself() -> None:
    assert repr(form_of(b"Abc1234!")) == "Form()"


@given(st.binary(max_size=6000))
def test_any_octets(password: bytes) -> None:
    form = form_of(password)
    assert 0 <= form.length <= min(len(password), MOST)


@given(st.text(alphabet="abcXYZ019!@# ", max_size=60))
def test_as_a_plain_reading_has_it(text: str) -> None:
    form = form_of(text.encode())
    wanted = {
        U: any("A" <= c <= "Z" for c in text),
        L: any("a" <= c <= "z" for c in text),
        D: any("0" <= c <= "9" for c in text),
        S: any(c in "!@# " for c in text),
    }
    assert form.length == len(text)
    assert form.sorts == {sort for sort, there in wanted.items() if there}
