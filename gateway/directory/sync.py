"""From what an LDAP server knows to a plan for the directory: pure. The directory keeps what LDAP does not know.

A sync never empties the directory by accident: entries that could not be read take nothing away, and a plan that would
remove more than a set share of the mailboxes is not to be applied (`stop`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.directory.addresses import address_key
from gateway.directory.attributes import AttributeMap
from gateway.directory.entry import Snapshot, What
from gateway.directory.ldap_entries import LdapProblem, Raw, Reader, Reading
from gateway.directory.names import words
from gateway.directory.plan import Plan, Wanted, diff, overlay, too_many_removals
from gateway.who import Mailbox, State, Unit


@dataclass(frozen=True, slots=True)
class Sync:
    """A plan and what speaks against it. `stop`: why it must not be applied without a person's word, "" for nothing."""

    plan: Plan
    problems: tuple[LdapProblem, ...] = ()
    mailboxes: int = 0
    groups: int = 0
    stop: str = ""


def plan_sync(
    current: Snapshot,
    raw: Raw,
    map_: AttributeMap,
    *,
    is_unit: Callable[[str], bool] = lambda _: False,
    remove_missing: bool = True,
    max_removed: float = 0.05,
    reopen: bool = False,
) -> Sync:
    """What has to change in `current`. `max_removed`: 0 to 1 of the mailboxes that are there.

    `is_unit`: whether an address is a unit's by its form. `reopen`: a mailbox that is active there becomes active here;
    otherwise a lock stays until the office takes it back (Q4 8.1a). Removals wait for a reading without fatal problems.
    """
    known = {address_key(mailbox.address): mailbox for mailbox in current.mailboxes}
    reading = Reader(map_, lambda address: address_key(address) in known, is_unit).read(
        raw.mailboxes, raw.groups, raw.domains
    )
    wanted = _wanted(current, reading, known, reopen)
    removing = {What.MAILBOX} | ({What.GROUP} if reading.groups else set()) if remove_missing else set()
    plan = diff(current, wanted, remove_missing=removing)
    stop = _stop(plan, reading, max_removed)
    return Sync(plan, reading.problems, len(reading.mailboxes), len(reading.groups), stop)


def _wanted(current: Snapshot, reading: Reading, known: Mapping[str, Mailbox], reopen: bool) -> Wanted:
    units = _Units(current.units)
    mailboxes = []
    for found in reading.mailboxes:
        there = known.get(address_key(found["address"]))
        fields = {**found, **units.of(found)}
        if there is not None and fields.get("state") is State.ACTIVE and not reopen:
            del fields["state"]
        mailboxes.append(overlay(there, fields))
    return Wanted((*current.units, *units.new), tuple(mailboxes), reading.groups)


class _Units:
    """Units by code or by name: LDAP has departments' names where the directory has codes."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._codes: dict[str, str] = {}
        for unit in units:
            self._codes.setdefault(" ".join(words(unit.name)), unit.code)
        for unit in units:
            self._codes[" ".join(words(unit.code))] = unit.code
        self.new: list[Unit] = []

    def of(self, found: Mapping[str, Any]) -> Mapping[str, str]:
        """The field `unit` with a code; a unit that nobody knows is made, its name its code."""
        name: str = found.get("unit", "")
        if not name:
            return {}
        key = " ".join(words(name))
        if key not in self._codes:
            self._codes[key] = name[:64].strip()
            self.new.append(Unit(self._codes[key], name))
        return {"unit": self._codes[key]}


def _stop(plan: Plan, reading: Reading, max_removed: float) -> str:
    gone = sum(step.what is What.MAILBOX and step.after is None for step in plan.steps)
    if not reading.mailboxes:
        return "the server has no mailbox that the filter finds: nothing is changed"
    if gone and not reading.complete:
        return f"it would remove {gone} mailboxes, but some entries could not be read"
    if too_many_removals(plan, max_removed):
        share = f"{plan.removed_share:.1%} of all, more than {max_removed:.1%}"
        return f"it would remove {gone} mailboxes ({share})"
    return ""


def problem_lines(problems: Sequence[LdapProblem], most: int = 20) -> list[str]:
    """Problems for people, a line each."""
    lines = [f"{one.dn}: {one.attribute}: {one.reason}" for one in problems[:most]]
    return [*lines, f"… and {len(problems) - most} more"] if len(problems) > most else lines
