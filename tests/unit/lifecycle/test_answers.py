"""Time to answer, from identifiers only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.lifecycle.answers import (
    MOST_REFERENCES,
    Figures,
    Item,
    MemoryAnswers,
    Passing,
    figures,
    key_of,
    note,
    worked_seconds,
)
from gateway.lifecycle.days import DAY, HOUR
from tests.unit.lifecycle.build import CALENDAR, at

UNIT, OTHER = "pnv@x.example", "nvan@x.example"
MON = at(6, 1, 9)


def filled(*passings: Passing, most: int = 2_000) -> MemoryAnswers:
    store = MemoryAnswers(most)
    for passing in passings:
        note(store, passing)
    return store


def figures_of(store: MemoryAnswers, now: float = at(6, 30)) -> list[Figures]:
    return figures(store.items("", 0, now), CALENDAR, now)


def test_an_answer_is_found_by_either_field() -> None:
    store = filled(
        Passing(MON, "<a@out>", (UNIT,)),
        Passing(MON + 60, "<b@out>", (UNIT,)),
        Passing(MON + 120, "<c@out>", (UNIT,)),
        Passing(MON + HOUR, "<r1@x>", sent_by=UNIT, in_reply_to=("<a@out>",)),
        Passing(MON + 2 * HOUR, "<r2@x>", sent_by=OTHER, references=("<z@out>", "<b@out>")),
    )
    assert figures_of(store) == [
        Figures(UNIT, 3, 2, 1, 1, (2 * HOUR - 60 + HOUR) / 2, pytest.approx(5370.0), MON + 120, 2, 3, 2, 3)
    ]


def test_only_the_first_answer_counts_and_only_later_ones() -> None:
    store = filled(
        Passing(MON, "<r0@x>", sent_by=UNIT, in_reply_to=("<a@out>",)),
        Passing(MON + 1, "<a@out>", (UNIT,)),
        Passing(MON + HOUR, "<r1@x>", sent_by=UNIT, in_reply_to=("<a@out>",)),
        Passing(MON + DAY, "<r2@x>", sent_by=UNIT, in_reply_to=("<a@out>",)),
    )
    (item,) = store.items(UNIT, 0, at(6, 30))
    assert item.answered == MON + HOUR and item.by == UNIT


def test_programs_neither_wait_nor_answer() -> None:
    store = filled(
        Passing(MON, "<news@out>", (UNIT,), automatic=True),
        Passing(MON, "<a@out>", (UNIT,)),
        Passing(MON + 5, "<away@x>", sent_by=UNIT, in_reply_to=("<a@out>",), automatic=True),
        Passing(MON + 9, "<own@x>", (UNIT,), sent_by=UNIT),
        Passing(MON + 9, "", (UNIT,)),
    )
    (row,) = figures_of(store)
    assert (row.came, row.answered, row.open) == (1, 0, 1)


def test_several_units_wait_for_one_message_each() -> None:
    store = filled(
        Passing(MON, "<a@out>", (UNIT, "vp@x.example", UNIT)),
        Passing(MON + HOUR, "<r@x>", sent_by=UNIT, in_reply_to=("<a@out>",)),
    )
    assert [(row.mailbox, row.came, row.by_others) for row in figures_of(store)] == [
        (UNIT, 1, 0),
        ("vp@x.example", 1, 1),
    ]


def test_no_text_is_kept() -> None:
    store = filled(Passing(MON, "<secret-subject@out>", (UNIT,)))
    assert "secret" not in repr(store.items(UNIT, 0, at(6, 30)))


def test_what_is_kept_is_bounded() -> None:
    store = filled(*[Passing(MON + n, f"<{n}@out>", (UNIT,)) for n in range(50)], most=10)
    kept = store.items(UNIT, 0, at(6, 30))
    assert len(kept) == 10 and min(item.came for item in kept) == MON + 40 and store.dropped == 40
    assert store.answer([key_of("<3@out>")], MON + 99, UNIT) == 0
    assert store.prune(MON + 45) == 5 and store.prune(at(6, 30)) == 5 and store.items("", 0, at(6, 30)) == []


def test_a_thread_of_any_length_costs_the_same() -> None:
    asked: list[int] = []

    class Counting(MemoryAnswers):
        def answer(self, keys: object, at: float, by: str) -> int:
            asked.append(len(keys))  # type: ignore[arg-type]
            return 0

    references = tuple(f"<{n}@out>" for n in range(100_000))
    note(Counting(), Passing(MON, "<r@x>", sent_by=UNIT, in_reply_to=references, references=references))
    assert asked == [2 * MOST_REFERENCES]


@given(st.text())
def test_any_identifier_has_a_key(text: str) -> None:
    key = key_of(text)
    assert key == key_of(f" <{text.strip()}> ") or not text.strip() or text.strip()[0] == "<" or text.strip()[-1] == ">"
    assert len(key) in (0, 32)


def test_late_answers_are_none() -> None:
    late = Item(UNIT, "k", MON, MON + 91 * DAY, UNIT)
    (row,) = figures([late], CALENDAR, at(12, 1))
    assert (row.answered, row.open, row.median) == (0, 0, None)


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        (at(6, 1, 9), at(6, 1, 10), 1),
        (at(6, 1, 11), at(6, 1, 14), 1.5),  # noon is free
        (at(6, 5, 16), at(6, 8, 8.5), 2),  # over a weekend
        (at(6, 1, 7.5), at(6, 2, 7.5), 8),
        (at(8, 31, 16), at(9, 3, 8), 0.5),  # the National Day: 31 August too is free
        (at(6, 1, 10), at(6, 1, 9), 0),
    ],
)
def test_hours_that_are_worked(since: float, until: float, hours: float) -> None:
    assert worked_seconds(since, until, CALENDAR) == pytest.approx(hours * HOUR)


def test_hours_of_any_stretch_end() -> None:
    assert worked_seconds(0.0, 1e18, CALENDAR) < 400 * 8 * HOUR
