"""Where words begin and end among signs that may be letters, and which can be Vietnamese at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.vietnamese.codec import to_hack
from gateway.vietnamese.family import Family
from gateway.vietnamese.syllables import syllables
from gateway.vietnamese.words import WORD, has_shape, is_misread

BYTES = [family for family in Family if family not in (Family.VIQR, Family.MOJIBAKE)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Bao_cao-th¸ng-3.doc", ["Bao", "cao", "th¸ng", "doc"]),
        ("ng\xadêi, x· héi", ["ng\xadêi", "x·", "héi"]),
        ("x·\xa0héi", ["x·", "héi"]),
        ("lÃ\xa0 ngÆ°á»\x9di", ["lÃ\xa0", "ngÆ°á»\x9di"]),
        ("lÃ m ngÆ°á»i", ["lÃ m", "ngÆ°á»i"]),
        ("12.5 + x2", ["x"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert WORD.findall(text) == words


@pytest.mark.parametrize("family", BYTES)
def test_every_syllable_of_every_family_is_one_word_and_has_the_shape(family: Family) -> None:
    written = to_hack("\n".join(sorted(syllables())), family).split("\n")
    assert [word for word in written if WORD.findall(word) != [word] or not has_shape(word)] == []


@pytest.mark.parametrize("word", ["für", "schön", "français", "możliwość", "straße", "España"])
def test_foreign_words_have_no_shape(word: str) -> None:
    assert not has_shape(word)


@given(st.text(max_size=30))
def test_mojibake_of_vietnamese_is_misread(before: str) -> None:
    assert is_misread(before + "đường".encode().decode("latin-1"))
    assert not is_misread("đường phố")
