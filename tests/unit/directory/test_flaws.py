"""Everything that would make the directory contradict itself is found, and named by its entry."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from gateway.directory.entry import Entry, Exemption, Snapshot
from gateway.directory.flaws import find_flaws
from gateway.directory.plan import after
from gateway.who import Group, Kind, Mailbox, Unit
from tests.unit.directory.support_store import GROUP, PERSON, SPARED, UNIT_MAILBOX, UNITS, whole

_STATE = after(Snapshot(), whole().steps)


def _said(*changed: Entry, **parts: tuple[Entry, ...]) -> list[str]:
    return [str(flaw) for flaw in find_flaws(replace(_STATE, **parts), changed)]  # type: ignore[arg-type]


def test_the_example_has_none() -> None:
    assert _said(*UNITS, UNIT_MAILBOX, PERSON, GROUP, SPARED) == []


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (replace(PERSON, address="no address"), "not an address"),
        (replace(PERSON, address="an@TINH.example"), "lower case"),
        (replace(PERSON, holder="x" * 501), "longer than 500"),
        (replace(PERSON, holder="An\x00"), "nobody types (U+0000)"),
        (replace(PERSON, note="a\u202eb"), "nobody types (U+202E)"),
        (replace(PERSON, aliases=("a@b", "A@b")), "same address twice"),
        (replace(PERSON, forwards=("x",)), "forwards: 'x': not an address"),
        (replace(PERSON, delegates=tuple(f"a{n}@b" for n in range(1001))), "more than 1000"),
        (replace(PERSON, regulation="hanoi-1-2030"), "no regulation hanoi"),
        (replace(PERSON, created=datetime.date(1900, 1, 1)), "no day"),
        (replace(GROUP, members=("x",)), "members"),
        (Unit("", "x"), "code has 1 to 64"),
        (Unit(" a", "x"), "without blanks"),
        (Unit("a", "x\n"), "nobody types"),
        (Exemption(PERSON.address, " "), "has a reason"),
    ],
)
def test_the_form_of_what_changes(entry: Entry, reason: str) -> None:
    found = _said(entry)
    assert len(found) == 1
    assert reason in found[0]


@pytest.mark.parametrize(
    "other",
    [
        Mailbox("x@tphcm.example", Kind.PERSONAL, aliases=("AN.q4@tphcm.example",)),
        Mailbox("an.q4@tphcm.example", Kind.PERSONAL),
        Mailbox('"an.q4"@tphcm.example', Kind.PERSONAL),
        Group("an.q4@tphcm.example", ()),
    ],
)
def test_an_address_belongs_to_one(other: Mailbox | Group) -> None:
    name = "mailboxes" if isinstance(other, Mailbox) else "groups"
    found = _said(**{name: (*getattr(_STATE, name), other)})
    assert len(found) == 2
    assert {"already" in line for line in found} == {True, False}
    assert any(PERSON.key in line for line in found)


def test_an_alias_may_repeat_the_address_itself() -> None:
    assert _said(mailboxes=(replace(PERSON, unit="", aliases=(PERSON.address,)),), exemptions=()) == []


def test_units_that_are_not_there() -> None:
    assert _said(units=(UNITS[0],)) == ["unit pnv: there is no unit q4 above it"]
    assert "there is no unit pnv" in _said(units=())[0]
    assert _said(mailboxes=(UNIT_MAILBOX,)) == [f"exemption {PERSON.key}: there is no such mailbox"]


def test_circles_of_units_end() -> None:
    circle = (Unit("a", "", "b"), Unit("b", "", "c"), Unit("c", "", "a"), Unit("d", "", "a"), Unit("e", "", "e"))
    found = _said(units=(*UNITS, *circle))
    assert [line.split(":")[0] for line in found] == [f"unit {code}" for code in "abcde"]


def test_a_long_chain_of_units_is_walked_once() -> None:
    chain = tuple(Unit(str(n), "", str(n + 1)) for n in range(50_000))
    assert _said(units=(*UNITS, *chain, Unit("50000", ""))) == []


def test_codes_that_differ_in_capitals_only() -> None:
    assert "capitals" in _said(units=(*UNITS, Unit("PNV", "")))[0]
