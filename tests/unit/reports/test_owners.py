"""The directory over a period, and whose an address was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gateway.directory.entry import Entry, Snapshot, What, key_of, what_of
from gateway.reports.directory_rows import Change
from gateway.reports.owners import Lived, Owners, lived
from gateway.reports.stock import forms, stock
from gateway.who import Kind, Mailbox, State, Unit

ONE = Mailbox("an@x.example", Kind.PERSONAL, "u", "An")
UNIT = Unit("u", "Một")


def change(time: float, before: Entry | None, after: Entry | None) -> Change:
    entry = after or before
    assert entry is not None
    return Change(time, what_of(entry), key_of(entry), before, after)


def over(now: Iterable[Entry], *changes: Change, since: float = 100, until: float = 200) -> Lived:
    entries = list(now)
    units = tuple(one for one in entries if isinstance(one, Unit))
    boxes = tuple(one for one in entries if isinstance(one, Mailbox))
    return lived(Snapshot(5, units, boxes), sorted(changes, key=lambda one: one.time)[::-1], since, until)


STATES = st.lists(st.tuples(st.floats(0, 300), st.one_of(st.none(), st.sampled_from(State))), max_size=8)


@given(STATES)
def test_the_end_is_what_it_was_then(steps: list[tuple[float, State | None]]) -> None:
    steps = sorted(steps, key=lambda step: step[0])
    changes, entry, then = [], None, None
    for moment, state in steps:
        after = None if state is None else replace(ONE, state=state)
        if after == entry:
            continue
        changes.append(change(moment, entry, after))
        entry = after
        if moment < 200:
            then = after
    found = over([entry] if entry else [], *changes)
    assert found.end.mailboxes == ((then,) if then else ())
    assert len(found.moved) == sum(100 <= one.time < 200 for one in changes)
    if found.gone:
        assert not then
    assert [one.time for one in found.moved] == sorted(one.time for one in found.moved)


def test_how_a_mailbox_moved() -> None:
    def how(before: State, after: State) -> str:
        steps = change(150, replace(ONE, state=before), replace(ONE, state=after, holder="B"))
        return over([replace(ONE, state=after, holder="B")], steps).moved[0].how

    assert how(State.ACTIVE, State.ACTIVE) == "changed"
    assert how(State.ACTIVE, State.WARNED) == "warned"
    assert how(State.WARNED, State.ACTIVE) == "changed"
    assert how(State.WARNED, State.LOCKED) == "locked"
    assert how(State.LOCKED, State.ACTIVE) == "reopened"
    assert how(State.LOCKED, State.RECLAIMED) == "reclaimed"
    assert how(State.RECLAIMED, State.ACTIVE) == "reissued"


def test_a_mailbox_that_was_deleted_and_made_again_is_there() -> None:
    again = replace(ONE, unit="v")
    found = over([again], change(120, ONE, None), change(130, None, again))
    assert (found.end.mailboxes, found.gone) == ((again,), ())
    assert [one.how for one in found.moved] == ["removed", "created"]
    assert Owners(found).find("AN@x.example") == again


def test_addresses() -> None:
    gone = replace(ONE, address="cu@x.example", aliases=("cu2@x.example",))
    found = over([ONE], change(120, gone, None))
    owners = Owners(found)
    assert owners.find("an+x@x.example") == ONE
    assert owners.find("cu2@X.example") == gone
    for stranger in ("", "an", "b@x.example", "@", "\ud800@x.example", "a" * 5000 + "@x.example"):
        assert owners.find(stranger) is None


def test_a_mailbox_that_moved_is_told_to_both_units() -> None:
    moved = replace(ONE, unit="v")
    found = over([moved, UNIT, Unit("v", "Hai")], change(120, ONE, moved))
    made = stock(found)
    assert [(one.unit, one.total, one.moved["changed"]) for one in made.units] == [("v", 1, 1), ("u", 0, 1)]
    assert made.total.total == 1
    assert [(one.unit, len(one.mailboxes), len(one.moved)) for one in forms(found)] == [("v", 1, 1), ("u", 0, 1)]
    assert [one.unit for one in forms(found, {"u"})] == ["u"]


def test_reclaimed_mailboxes_are_not_counted_as_there() -> None:
    made = stock(over([replace(ONE, state=State.RECLAIMED)])).total
    assert (made.total, made.states[State.RECLAIMED]) == (0, 1)


def test_a_circle_of_units_ends() -> None:
    found = over([Unit("a", "A", "b"), Unit("b", "B", "a")])
    assert found.below("a") == {"a", "b"}
    assert found.below("zz") == {"zz"}


def test_a_renamed_unit_is_told_with_its_first_name() -> None:
    names = [Unit("u", name) for name in ("Một", "Hai", "Ba", "Bốn")]
    steps = [change(moment, names[n], names[n + 1]) for n, moment in enumerate((110, 120, 250))]
    (one,) = over([names[3]], *steps).renamed
    assert (one.before, one.after) == ("Một", "Ba")
    back = [change(110, names[0], names[1]), change(120, names[1], names[0])]
    assert over([names[0]], *back).renamed == ()
    assert What.UNIT  # the changes of other entries are passed over
