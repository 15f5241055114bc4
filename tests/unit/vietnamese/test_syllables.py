"""What is spelled as a Vietnamese syllable, and what is not."""

from __future__ import annotations

import unicodedata

import pytest

from gateway.vietnamese.syllables import STOP_TONES, is_syllable, parts, syllables

PREAMBLE = "Cộng hoà xã hội chủ nghĩa Việt Nam Độc lập Tự do Hạnh phúc"
RARER = "quốc giết giêng nghiêng khuya gì gìn quyết ưu yêu ký lý huyện tuyệt người uỷ khuỷu ngoằn ngoèo xoáy quýt soóc"


@pytest.mark.parametrize("word", f"{PREAMBLE} {RARER}".split())
def test_a_word_in_use_is_a_syllable(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["hòa", "hoà", "thúy", "thuý", "khỏe", "khoẻ"])
def test_both_places_of_the_tone_are_taken(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["VIỆT", unicodedata.normalize("NFD", "Việt")])
def test_case_and_normal_form_do_not_matter(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize(
    "word",
    [
        "",
        "für",
        "café",
        "año",
        "garçon",
        "các2",
        "tậptin",
        "w",
        "ngi",
        "ci",
        "gê",
        "ngê",
        "cạch ",
        "bàt",
        "mãc",
        "tỉch",
        "kà",
    ],
)
def test_what_the_spelling_does_not_allow_is_none(word: str) -> None:
    assert not is_syllable(word)


def test_a_stop_takes_two_tones_only() -> None:
    tones = {tone for _, rhyme, tone in parts().values() if rhyme.endswith(("c", "p", "t", "ch"))}
    assert tones == set(STOP_TONES)


def test_every_syllable_is_lower_case_nfc_and_short() -> None:
    assert all(unicodedata.normalize("NFC", word).lower() == word and len(word) <= 7 for word in syllables())
    assert 15_000 < len(syllables()) < 20_000
