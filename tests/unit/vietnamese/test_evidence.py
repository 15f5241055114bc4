"""What words are worth, and how their worth adds up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.vietnamese.evidence import best_run, context, damaged, weighed
from gateway.vietnamese.family import Family
from gateway.vietnamese.reading import HACKS, learn, readings
from gateway.vietnamese.score import MOST, WRONG, as_shown, foreign_letters, legacy, vietnamese


def worth(word: str, family: Family) -> float:
    learn([word])
    return readings()[family].worth[word]


@pytest.mark.parametrize(
    ("word", "family"),
    [
        ("nghÜa", Family.TCVN3),
        ("Vieät", Family.VNI),
        ("Viá»‡t", Family.MOJIBAKE),
        ("Viêòt", Family.CP1258),
        ("ng\xadêi", Family.TCVN3),
        ("tËptin", Family.TCVN3),  # two syllables run together
    ],
)
def test_a_legacy_word_speaks_for_its_family(word: str, family: Family) -> None:
    assert 2.0 < worth(word, family) <= MOST


@pytest.mark.parametrize("word", ["für", "été", "señor", "på", "år", "não", "là", "có", "mới"])
def test_foreign_and_good_words_speak_for_none(word: str) -> None:
    assert all(worth(word, family) < 2.0 for family in HACKS)


def test_quotation_marks_are_no_letters() -> None:
    assert worth("„C“", Family.VISCII) <= 1.0
    assert worth("“nghÜa”", Family.TCVN3) > 2.0


def test_initials_speak_neither_way_and_are_damaged() -> None:
    assert worth("Q§", Family.TCVN3) == 0.0
    assert damaged(Family.TCVN3, ["Q§"]) == 1


def test_damage_is_what_is_not_shown_right() -> None:
    learn(["hoà", "ngß¶i"])  # VISCII's à is Latin-1's
    readings()[Family.VISCII].settle(["hoà", "ngß¶i"])
    assert [readings()[Family.VISCII].damaged[word] for word in ("hoà", "ngß¶i")] == [0, 2]


def test_letters_that_no_family_has() -> None:
    assert legacy("hµ") and legacy("Š‰") and not legacy("ơ") and not legacy("д")


def test_weights() -> None:
    learn({"nghÜa", "für"})
    both = weighed(Family.TCVN3, ["nghÜa", "für"])
    assert both.gain == worth("nghÜa", Family.TCVN3)
    assert both.total == both.gain + WRONG
    assert not both.mixed
    learn({"ạ"})
    assert weighed(Family.TCVN3, ["ạ"]).mixed


def test_tables_start_anew_when_they_have_grown() -> None:
    for start in range(0, 70_000, 5_000):
        learn([f"h\xb5{'a' * (number % 7)}{number:x}" for number in range(start, start + 5_000)])
    assert len(readings()[Family.VNI].worth) < 40_000
    assert worth("nghÜa", Family.TCVN3) > 2.0


def test_context() -> None:
    assert context(["cho", "trong", "theo", "khi", "nam"]) > 0
    assert context(["the", "quick", "brown", "fox", "jumps", "over", "lazy", "dog"]) < -1
    assert context(["được", "một"]) <= -2
    assert context(["UBND", "x", "1"]) == 0
    assert context([f"w{letter}rd" for letter in "bcdfghjklmnpqrstvwxz"] * 9) >= -9


def test_a_word_is_likelier_as_what_it_shows() -> None:
    assert as_shown("không") == vietnamese()["không"]
    assert as_shown("xqzé") == foreign_letters("xqzé")
    assert foreign_letters("nghÜa") < foreign_letters("nghüa")  # a capital amid small letters


@pytest.mark.parametrize(
    ("values", "run"),
    [([], (0.0, 0, 0)), ([-1.0], (0.0, 0, 0)), ([1.0, -3.0, 2.0, -1.0, 2.0], (3.0, 2, 5)), ([5.0, -1.0], (5.0, 0, 1))],
)
def test_best_run(values: list[float], run: tuple[float, int, int]) -> None:
    assert best_run(values) == run


@given(st.lists(st.integers(-9, 9).map(float), max_size=12))
def test_no_run_is_better_than_the_best(values: list[float]) -> None:
    best, first, last = best_run(values)
    assert best == sum(values[first:last])
    assert best >= max((sum(values[i:j]) for i in range(len(values)) for j in range(i, len(values) + 1)), default=0.0)
