"""Findings are bounded, and the gravest stay."""

from __future__ import annotations

from gateway.contents import NO_WORDS, LegacyText, SecretMarking, Source, UnmarkedText, Words
from gateway.wording.kept import LEGACY, MARKINGS, UNMARKED, KeptWords, merged


def legacy(number: int, damaged: int = 0) -> LegacyText:
    return LegacyText(Source.DOCUMENT, f"1.{number}", ("a",), "", "tcvn3", damaged, 0.9)


def marking(number: int, form: str) -> SecretMarking:
    return SecretMarking(Source.DOCUMENT, f"1.{number}", ("a",), "header 1", "mật", form)


def test_each_once_and_in_order() -> None:
    kept = KeptWords()
    kept.add(Words((legacy(2), legacy(1), legacy(2))))
    assert kept.words == Words((legacy(2), legacy(1)))


def test_a_flood_of_trifles_does_not_hide_what_matters() -> None:
    kept = KeptWords()
    kept.legacy.add(legacy(number) for number in range(10 * LEGACY))
    kept.legacy.add([legacy(9000, damaged=400), legacy(9001, damaged=3)])
    assert len(kept.legacy.items) == LEGACY
    assert kept.legacy.items[-2:] == (legacy(9000, damaged=400), legacy(9001, damaged=3))
    kept.markings.add(marking(number, "unmarked") for number in range(10 * MARKINGS))
    kept.markings.add([marking(9000, "stamp"), marking(9001, "field")])
    assert len(kept.markings.items) == MARKINGS
    assert kept.markings.items[-2:] == (marking(9000, "stamp"), marking(9001, "field"))


def test_what_matters_more_is_not_pushed_out() -> None:
    kept = KeptWords()
    kept.legacy.add(legacy(number, damaged=9) for number in range(LEGACY))
    kept.legacy.add([legacy(9000, damaged=9), legacy(9001)])
    assert legacy(9000, damaged=9) not in kept.legacy.items
    assert legacy(9001) not in kept.legacy.items


def test_unmarked_prose_is_bounded_too() -> None:
    kept = KeptWords()
    kept.unmarked.add(UnmarkedText(Source.BODY, str(number), (), "", 100, number) for number in range(100))
    assert [one.unmarked for one in kept.unmarked.items] == list(range(100 - UNMARKED, 100))


def test_fresh_ones_are_told_once() -> None:
    kept = KeptWords()
    kept.legacy.add([legacy(1)])
    assert kept.fresh() == Words((legacy(1),))
    kept.legacy.add([legacy(1), legacy(2)])
    assert kept.fresh() == Words((legacy(2),))
    kept.legacy.add(legacy(number, damaged=number) for number in range(3, 500))
    assert len(kept.fresh().legacy) == LEGACY
    assert kept.fresh() == NO_WORDS


def test_two_looks_at_one_message() -> None:
    first, then = Words((legacy(1),)), Words((legacy(1), legacy(2)), (marking(1, "stamp"),))
    assert merged(first, NO_WORDS) is first
    assert merged(NO_WORDS, then) == then
    assert merged(first, then) == Words((legacy(1), legacy(2)), (marking(1, "stamp"),))
    many = Words(tuple(legacy(number) for number in range(LEGACY)))
    assert len(merged(many, Words((legacy(999, damaged=5),))).legacy) == LEGACY
