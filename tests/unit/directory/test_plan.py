"""Plans: from any state to any other, whole, and never silently away with too much."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.directory.entry import Exemption, Snapshot, What
from gateway.directory.plan import Wanted, after, change, diff, overlay, remove, too_many_removals
from gateway.who import Kind, Mailbox, State, Unit
from tests.unit.directory.support_store import DAY, PERSON, SPARED, UNIT_MAILBOX, WANTED, whole

_STATE = after(Snapshot(), whole().steps)
_MAILBOXES = st.dictionaries(
    st.sampled_from([f"{letter}@x.example" for letter in "abcdef"]),
    st.tuples(st.sampled_from(list(Kind)), st.sampled_from(list(State)), st.sampled_from(["", "An", "Bình"])),
).map(lambda made: tuple(Mailbox(key, kind, "", name, (), state) for key, (kind, state, name) in made.items()))


def test_out_of_nothing() -> None:
    plan = whole()
    assert (plan.base, plan.flaws, plan.removed_share) == (0, (), 0.0)
    assert plan.counts() == {"add": 7, "change": 0, "remove": 0}


def test_what_is_like_that_already_needs_no_step() -> None:
    assert diff(_STATE, WANTED, remove_missing=True).steps == ()


@given(_MAILBOXES, _MAILBOXES, st.booleans())
def test_a_plan_leads_to_what_is_wanted(present: tuple[Mailbox, ...], wanted: tuple[Mailbox, ...], away: bool) -> None:
    before = Snapshot(5, (), tuple(sorted(present, key=lambda one: one.key)))
    plan = diff(before, Wanted(mailboxes=wanted), remove_missing=away)
    made = after(before, plan.steps)
    expected = {} if away else {one.key: one for one in present}
    expected |= {one.key: one for one in wanted}
    assert made == Snapshot(6, (), tuple(expected[key] for key in sorted(expected)))
    assert len({(step.what, step.key) for step in plan.steps}) == len(plan.steps)
    assert all(step.before != step.after for step in plan.steps)


def test_what_is_missing_stays_unless_it_is_asked_for() -> None:
    assert diff(_STATE, Wanted()).steps == ()
    plan = diff(_STATE, Wanted(mailboxes=(UNIT_MAILBOX,)), remove_missing=True)
    gone = {(step.what, step.key) for step in plan.steps}
    assert (What.MAILBOX, PERSON.key) in gone
    assert (What.EXEMPTION, PERSON.key) in gone, "the exemption of a mailbox that goes, goes with it"
    assert not any(what is What.UNIT for what, _ in gone)
    only = diff(_STATE, Wanted(), remove_missing=frozenset([What.GROUP]))
    assert {step.what for step in only.steps} == {What.GROUP}


def test_named_twice_is_a_flaw() -> None:
    plan = diff(Snapshot(), Wanted(mailboxes=(PERSON, replace(PERSON, address=PERSON.address.upper()))))
    assert any("named 2 times" in flaw.reason for flaw in plan.flaws)


def test_flaws_are_of_the_state_that_it_leads_to() -> None:
    taken = Mailbox("x@y.example", Kind.PERSONAL, aliases=(PERSON.address,))
    assert diff(_STATE, Wanted(mailboxes=(taken,))).flaws
    moved = Wanted(mailboxes=(replace(PERSON, aliases=()), replace(taken, aliases=PERSON.aliases)))
    assert diff(_STATE, moved).flaws == ()


@pytest.mark.parametrize(
    ("all_", "gone", "too_many"), [(10, 1, False), (5, 1, False), (10, 2, True), (100, 10, False), (100, 11, True)]
)
def test_a_share_of_removals(all_: int, gone: int, too_many: bool) -> None:
    present = tuple(Mailbox(f"m{number:03}@x.example", Kind.PERSONAL) for number in range(all_))
    plan = diff(Snapshot(1, (), present), Wanted(mailboxes=present[gone:]), remove_missing=True)
    assert plan.removed_share == gone / all_
    assert too_many_removals(plan, 0.1) is too_many


def test_overlay_leaves_what_a_source_does_not_know() -> None:
    made = overlay(PERSON, {"address": PERSON.address.upper(), "holder": "Trần An"})
    assert made == replace(PERSON, holder="Trần An")
    fresh = overlay(None, {"address": "new@x.example", "created": DAY})
    assert fresh == Mailbox("new@x.example", Kind.PERSONAL, created=DAY)
    with pytest.raises(TypeError):
        overlay(PERSON, {"address": PERSON.address, "colour": "red"})


def test_change_and_remove() -> None:
    assert change(_STATE, PERSON).steps == ()
    plan = change(_STATE, replace(PERSON, state=State.LOCKED), Unit("new", "Mới"))
    assert [step.action for step in plan.steps] == ["change", "add"]
    plan = remove(_STATE, PERSON, Exemption("nobody@x.example", ""))
    assert [(step.what, step.before) for step in plan.steps] == [(What.MAILBOX, PERSON), (What.EXEMPTION, SPARED)]
    assert remove(_STATE, PERSON, SPARED).counts()["remove"] == 2
