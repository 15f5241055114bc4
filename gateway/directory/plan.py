"""What has to change so that the directory becomes what is wanted: pure, so that it can be shown before it is done.

A plan is a list of steps from one version to the next; the store applies it whole or not at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from gateway.directory.entry import Entry, Exemption, Snapshot, What, key_of, what_of
from gateway.directory.flaws import Flaw, find_flaws
from gateway.who import Group, Kind, Mailbox, Unit

ADD: Final = "add"
CHANGE: Final = "change"
REMOVE: Final = "remove"
SHARE: Final = 0.1
"""Removals beyond this share of the mailboxes that are there need to be asked for (`too_many_removals`)."""
Some = TypeVar("Some", Unit, Mailbox, Group, Exemption)
_FIELDS: Final = {What.UNIT: "units", What.MAILBOX: "mailboxes", What.GROUP: "groups", What.EXEMPTION: "exemptions"}


@dataclass(frozen=True, slots=True)
class Step:
    """One entry as it is and as it shall be; None: it is not there."""

    what: What
    key: str
    before: Entry | None
    after: Entry | None

    @property
    def action(self) -> str:
        """`add`, `change` or `remove`."""
        return ADD if self.before is None else REMOVE if self.after is None else CHANGE


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps from version `base`, an entry once at most. With any `flaws` it cannot be applied.

    `removed_share`: 0 to 1, of the mailboxes that are there.
    """

    base: int
    steps: tuple[Step, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    removed_share: float = 0.0

    def counts(self) -> dict[str, int]:
        """How many entries it adds, changes and removes."""
        found = Counter(step.action for step in self.steps)
        return {action: found[action] for action in (ADD, CHANGE, REMOVE)}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a source says there shall be."""

    units: tuple[Unit, ...] = ()
    mailboxes: tuple[Mailbox, ...] = ()
    groups: tuple[Group, ...] = ()
    exemptions: tuple[Exemption, ...] = ()


def diff(current: Snapshot, wanted: Wanted, *, remove_missing: bool | Iterable[What] = False) -> Plan:
    """The plan that brings `current` to `wanted`.

    `remove_missing`: the kinds of entry that go where `wanted` does not name them; True: mailboxes and groups, never
    units and exemptions (but the exemption of a mailbox that goes, goes with it).
    """
    going = _going(remove_missing)
    steps = [
        *_steps(What.UNIT, current.units, wanted.units, What.UNIT in going),
        *_steps(What.MAILBOX, current.mailboxes, wanted.mailboxes, What.MAILBOX in going),
        *_steps(What.GROUP, current.groups, wanted.groups, What.GROUP in going),
        *_steps(What.EXEMPTION, current.exemptions, wanted.exemptions, What.EXEMPTION in going),
    ]
    return plan_of(current, steps, named_twice(wanted))


def plan_of(current: Snapshot, steps: Sequence[Step], flaws: Iterable[Flaw] = ()) -> Plan:
    """A plan of these steps, with what they bring along and every flaw of the state that they lead to."""
    gone = {step.key for step in steps if step.what is What.MAILBOX and step.after is None}
    known = {step.key for step in steps if step.what is What.EXEMPTION}
    orphans = [one for one in current.exemptions if one.key in gone and one.key not in known]
    steps = [*steps, *(Step(What.EXEMPTION, one.key, one, None) for one in orphans)]
    found = [*flaws, *find_flaws(after(current, steps), [step.after for step in steps if step.after is not None])]
    share = len(gone) / len(current.mailboxes) if current.mailboxes else 0.0
    return Plan(current.version, tuple(steps), tuple(dict.fromkeys(found)), share)


def after(current: Snapshot, steps: Iterable[Step]) -> Snapshot:
    """The state that the steps lead to; its version is the next one."""
    made: dict[What, dict[str, Entry]] = {
        what: {key_of(entry): entry for entry in getattr(current, name)} for what, name in _FIELDS.items()
    }
    for step in steps:
        if step.after is None:
            made[step.what].pop(step.key, None)
        else:
            made[step.what][step.key] = step.after
    parts: dict[str, Any] = {
        name: tuple(made[what][key] for key in sorted(made[what])) for what, name in _FIELDS.items()
    }
    return Snapshot(current.version + 1, **parts)


def change(current: Snapshot, *entries: Entry) -> Plan:
    """A plan that puts these entries in place of what is there with their keys."""
    steps = [Step(what_of(entry), key_of(entry), _present(current, entry), entry) for entry in entries]
    return plan_of(current, [step for step in steps if step.before != step.after])


def remove(current: Snapshot, *entries: Entry) -> Plan:
    """A plan that takes these entries away."""
    steps = [Step(what_of(entry), key_of(entry), _present(current, entry), None) for entry in entries]
    return plan_of(current, [step for step in steps if step.before is not None])


def _present(current: Snapshot, entry: Entry) -> Entry | None:
    key = key_of(entry)
    return next((one for one in getattr(current, _FIELDS[what_of(entry)]) if key_of(one) == key), None)


def too_many_removals(plan: Plan, share: float = SHARE) -> bool:
    """Whether it removes more than one mailbox, and more than this share (0 to 1) of all."""
    gone = sum(step.what is What.MAILBOX and step.after is None for step in plan.steps)
    return gone > 1 and plan.removed_share > share


def overlay(current: Mailbox | None, fields: Mapping[str, Any]) -> Mailbox:
    """A mailbox with what a source knows of it; what the source does not know stays as it is.

    `fields` has `address` at least; a new mailbox whose kind is not said is a personal one. TypeError for a field that
    a mailbox does not have.
    """
    if current is None:
        return Mailbox(**{"kind": Kind.PERSONAL, **fields})
    # the address as it is kept: another case of the same is no change
    return replace(current, **{**fields, "address": current.address})


def named_twice(wanted: Wanted) -> Iterator[Flaw]:
    """Entries that a source names more than once."""
    for what, name in _FIELDS.items():
        for key, times in Counter(map(key_of, getattr(wanted, name))).items():
            if times > 1:
                yield Flaw(what, key, f"named {times} times")


def _going(remove_missing: bool | Iterable[What]) -> frozenset[What]:
    if isinstance(remove_missing, bool):
        return frozenset((What.MAILBOX, What.GROUP)) if remove_missing else frozenset()
    return frozenset(remove_missing)


def _steps(what: What, present: Sequence[Some], wanted: Sequence[Some], remove_missing: bool) -> Iterator[Step]:
    there: dict[str, Some] = {key_of(entry): entry for entry in present}
    named: dict[str, Some] = {key_of(entry): entry for entry in wanted}
    for key, entry in named.items():
        if there.get(key) != entry:
            yield Step(what, key, there.get(key), entry)
    if remove_missing:
        for key, entry in there.items():
            if key not in named:
                yield Step(what, key, entry, None)
