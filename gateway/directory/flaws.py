"""What would make the directory contradict itself: an address that two own, a unit that is not there, a circle.

Pure. Questions of good form (does the address have the regulation's pattern, does it fit its holder) are lint's.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.directory.addresses import address_key
from gateway.directory.entry import (
    Entry,
    Exemption,
    Snapshot,
    What,
    clean_address,
    clean_target,
    key_of,
    unfit,
    what_of,
)
from gateway.regulations import IDS
from gateway.who import Group, Mailbox, Unit

MAX_TEXT: Final = 500  # characters of a name, a holder or a note
MAX_CODE: Final = 64  # characters of a unit's code
MAX_MANY: Final = 1000  # aliases, delegates or forwards of a mailbox
MAX_MEMBERS: Final = 100_000  # of a group


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why an entry cannot be kept as it stands; `reason` is for people."""

    what: What
    key: str
    reason: str

    def __str__(self) -> str:
        return f"{self.what} {self.key}: {self.reason}"


def find_flaws(state: Snapshot, changed: Iterable[Entry]) -> Iterator[Flaw]:
    """Everything that is wrong with a whole state. The form is asked of the entries that `changed` only."""
    for entry in changed:
        for reason in _form(entry):
            yield Flaw(what_of(entry), key_of(entry), reason)
    yield from _addresses(state)
    yield from _units(state.units)
    codes = {unit.code for unit in state.units}
    for mailbox in state.mailboxes:
        if mailbox.unit and mailbox.unit not in codes:
            yield Flaw(What.MAILBOX, mailbox.key, f"there is no unit {mailbox.unit}")
    keys = {mailbox.key for mailbox in state.mailboxes}
    for exemption in state.exemptions:
        if exemption.key not in keys:
            yield Flaw(What.EXEMPTION, exemption.key, "there is no such mailbox")


def _form(entry: Entry) -> Iterator[str]:
    if isinstance(entry, Unit):
        yield from _unit_form(entry)
        return
    yield from _address_form(entry.address, clean=clean_target if isinstance(entry, Group) else clean_address)
    if isinstance(entry, Mailbox):
        yield from _mailbox_form(entry)
    elif isinstance(entry, Group):
        yield from _list_form("members", entry.members, MAX_MEMBERS, clean_target)
    elif isinstance(entry, Exemption):
        yield from _text_form("reason", entry.reason)
        if not entry.reason.strip():
            yield "an exemption has a reason"
        yield from _day_form(entry.until)


def _unit_form(unit: Unit) -> Iterator[str]:
    if not unit.code or unit.code != unit.code.strip() or len(unit.code) > MAX_CODE:
        yield f"a unit's code has 1 to {MAX_CODE} characters, without blanks around it"
    yield from _text_form("code", unit.code)
    yield from _text_form("name", unit.name)


def _mailbox_form(mailbox: Mailbox) -> Iterator[str]:
    for name in ("holder", "note", "regulation"):
        yield from _text_form(name, getattr(mailbox, name))
    for name in ("aliases", "delegates", "forwards"):
        yield from _list_form(name, getattr(mailbox, name), MAX_MANY)
    if mailbox.regulation and mailbox.regulation not in IDS:
        yield f"there is no regulation {mailbox.regulation}"
    yield from _day_form(mailbox.created)


def _address_form(address: str, where: str = "", clean: Callable[[str], str] = clean_address) -> Iterator[str]:
    try:
        if clean(address) != address:
            yield f"{where}{address!r}: the domain is written in lower case, without a final dot"
    except ValueError as error:
        yield f"{where}{error}"


def _list_form(
    name: str, addresses: Sequence[str], most: int, clean: Callable[[str], str] = clean_address
) -> Iterator[str]:
    if len(addresses) > most:
        yield f"{name}: more than {most}"
        return
    for address in addresses:
        yield from _address_form(address, f"{name}: {address!r}: ", clean)
    if len({address.lower() for address in addresses}) != len(addresses):
        yield f"{name}: the same address twice"


def _text_form(name: str, text: str) -> Iterator[str]:
    if len(text) > MAX_TEXT:
        yield f"{name}: longer than {MAX_TEXT} characters"
    if strange := unfit(text):
        yield f"{name}: has a character that nobody types ({strange})"


def _day_form(day: datetime.date | None) -> Iterator[str]:
    if day is not None and not 1990 <= day.year <= 2999:
        yield f"{day.isoformat()} is no day of a mailbox"


def _addresses(state: Snapshot) -> Iterator[Flaw]:
    """An address belongs to one entry: both are named."""
    owners: dict[str, tuple[What, str]] = {}
    for what, key, address in _claims(state):
        other = owners.setdefault(address, (what, key))
        if other != (what, key):
            yield Flaw(what, key, f"{address} belongs to {other[0]} {other[1]} already")
            yield Flaw(*other, f"{address} is claimed by {what} {key} too")


def _claims(state: Snapshot) -> Iterator[tuple[What, str, str]]:
    for mailbox in state.mailboxes:
        yield What.MAILBOX, mailbox.key, address_key(mailbox.address)
    for group in state.groups:
        yield What.GROUP, group.address.lower(), address_key(group.address)
    for mailbox in state.mailboxes:
        for alias in mailbox.aliases:
            yield What.MAILBOX, mailbox.key, address_key(alias)


def _units(units: Sequence[Unit]) -> Iterator[Flaw]:
    parents = {unit.code: unit.parent for unit in units}
    folded: dict[str, str] = {}
    for unit in units:
        if (other := folded.setdefault(unit.code.casefold(), unit.code)) != unit.code:
            yield Flaw(What.UNIT, unit.code, f"its code differs from {other} in capitals only")
        if unit.parent and unit.parent not in parents:
            yield Flaw(What.UNIT, unit.code, f"there is no unit {unit.parent} above it")
    for code in sorted(_in_circles(parents)):
        yield Flaw(What.UNIT, code, "the units above it lead back to it")


def _in_circles(parents: dict[str, str]) -> set[str]:
    """Units from which no root is reached; each is walked once."""
    sound: set[str] = {""}
    lost: set[str] = set()
    for code in parents:
        path: list[str] = []
        seen: set[str] = set()
        while code in parents and code not in sound and code not in lost and code not in seen:
            path.append(code)
            seen.add(code)
            code = parents[code]
        (lost if code in lost or code in seen else sound).update(path)
    return lost
