"""LDAP entries become what the directory knows of mailboxes and groups: pure, whatever the server sends.

A value that cannot be read is a problem with its DN, attribute and reason, never an exception; its entry's other values
count. An entry without a readable address is no mailbox, and then nothing may be removed because of this reading
(`Reading.complete`).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.directory.addresses import address_key
from gateway.directory.attributes import AttributeMap
from gateway.directory.entry import clean_address
from gateway.who import Group, Kind, State

MAX_VALUES: Final = 1000  # of one attribute of a mailbox: a mailbox with more is misread
MAX_TEXT: Final = 500  # characters of a text
_DISABLED: Final = 2  # ACCOUNTDISABLE in userAccountControl
_TIME: Final = re.compile(r"(\d{4})(\d\d)(\d\d)")  # of a generalized time, RFC 4517 3.3.13
_PREFIX: Final = re.compile(r"(?i)smtp:")
_OTHER_PREFIX: Final = re.compile(r"(?!smtp:)[A-Za-z0-9\-]{1,16}:", re.I)  # X400:, sip: in proxyAddresses
_DN: Final = re.compile(r"[A-Za-z][A-Za-z0-9.\-]*=")
_BLANKS: Final = re.compile(r"\s*([,=+])\s*")


@dataclass(frozen=True, slots=True)
class RawEntry:
    """One entry as the server sent it; `values`: by attribute name in lower case."""

    dn: str
    values: Mapping[str, Sequence[bytes]]
    unit: bool = False  # it matched the filter of units' mailboxes


@dataclass(frozen=True, slots=True)
class Raw:
    """All that was read, as it came."""

    mailboxes: Sequence[RawEntry]
    groups: Sequence[RawEntry]
    domains: Sequence[RawEntry] = ()


@dataclass(frozen=True, slots=True)
class LdapProblem:
    """What could not be read. `fatal`: an entry is missing from the reading because of it."""

    dn: str
    attribute: str
    reason: str
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What an LDAP server knows. `mailboxes`: fields of `gateway.who.Mailbox`, `address` always among them."""

    mailboxes: tuple[Mapping[str, Any], ...] = ()
    groups: tuple[Group, ...] = ()
    problems: tuple[LdapProblem, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every entry was understood; otherwise what is missing here may still be there."""
        return not any(problem.fatal for problem in self.problems)


def dn_key(dn: str) -> str:
    """A DN as it is compared: without blanks around its separators, in lower case (RFC 4514, in practice)."""
    return _BLANKS.sub(r"\1", dn).strip().lower()


class Reader:
    """Reads entries by one map. `known`: whether the directory has a mailbox with this address, to keep it as main one.

    `is_unit`: whether an address is a unit's by its form.
    """

    def __init__(self, map_: AttributeMap, known: Callable[[str], bool], is_unit: Callable[[str], bool]) -> None:
        self._map, self._known, self._is_unit = map_, known, is_unit
        self._problems: list[LdapProblem] = []
        self._address_of: dict[str, str] = {}

    def read(
        self, mailboxes: Sequence[RawEntry], groups: Sequence[RawEntry] = (), domains: Sequence[RawEntry] = ()
    ) -> Reading:
        """Everything together: members and forwards may be DNs of any of the entries."""
        pairs = [(entry, self._addresses(entry, self._map.address, fatal=True)) for entry in mailboxes]
        lists = [(entry, self._addresses(entry, self._map.group, fatal=True)) for entry in groups]
        main = {id(entry): self._main(found) for entry, found in (*pairs, *lists) if found}
        self._address_of = {dn_key(entry.dn): main[id(entry)] for entry, found in (*pairs, *lists) if found}
        made = [self._mailbox(entry, main[id(entry)], found) for entry, found in pairs if found]
        several = [group for entry, found in lists if found for group in self._groups(entry, main[id(entry)], found)]
        return Reading(tuple(made), (*several, *self._domains(domains)), tuple(self._problems))

    def _main(self, addresses: Sequence[str]) -> str:
        return next((address for address in addresses if self._known(address)), addresses[0])

    def _mailbox(self, entry: RawEntry, address: str, addresses: Sequence[str]) -> Mapping[str, Any]:
        made: dict[str, Any] = {"address": address}
        if self._map.aliases or len(addresses) > 1:
            others = [*addresses, *self._addresses(entry, self._map.aliases)]
            made["aliases"] = _unique(others, but=address)
        for name in ("forwards", "delegates"):
            if attribute := getattr(self._map, name):
                made[name] = _unique(self._addresses(entry, attribute), but=address)
        for name in ("holder", "unit", "note"):
            if text := self._text(entry, getattr(self._map, name)):
                made[name] = text
        if (created := self._day(entry)) is not None:
            made["created"] = created
        return {**made, **self._life(entry, address)}

    def _life(self, entry: RawEntry, address: str) -> Mapping[str, Any]:
        """Kind and state, where the server tells them."""
        kind = self._text(entry, self._map.kind).lower()
        unit = entry.unit or self._is_unit(address) or (bool(kind) and kind in self._map.unit_kinds)
        made: dict[str, Any] = {"kind": Kind.UNIT} if unit else {}
        if status := self._text(entry, self._map.state).lower():
            if status in self._map.states:
                made["state"] = self._map.states[status]
            else:
                self._problem(entry, self._map.state, f"{status!r} is no state that the map knows")
        if (flags := self._text(entry, self._map.disabled)) and not unit:
            if re.fullmatch(r"-?\d{1,10}", flags):
                made["state"] = State.LOCKED if int(flags) & _DISABLED else State.ACTIVE
            else:
                self._problem(entry, self._map.disabled, f"{flags!r} is no number")
        return made

    def _groups(self, entry: RawEntry, address: str, addresses: Sequence[str]) -> Iterator[Group]:
        yield Group(address, tuple(_unique(self._addresses(entry, self._map.members, most=0), but="")))
        for other in _unique(addresses, but=address):
            yield Group(other, (address,))

    def _domains(self, entries: Sequence[RawEntry]) -> Iterator[Group]:
        for entry in entries:
            name = self._text(entry, self._map.domain).lower()
            target = self._text(entry, self._map.domain_target).lower().removeprefix("@")
            if name and target and "@" not in target:
                yield Group(f"@{name}", (f"@{target}",))

    def _addresses(self, entry: RawEntry, attributes: str, *, most: int = MAX_VALUES, fatal: bool = False) -> list[str]:
        """Addresses, DNs looked up; "" in `attributes` has none. `fatal`: the entry is lost without any."""
        found: list[str] = []
        values = [(name, value) for name in attributes.split() for value in self._texts(entry, name)]
        if most and len(values) > most:
            self._problem(entry, attributes, f"more than {most} values", fatal=fatal)
            return []
        for name, value in values:
            found += self._several(entry, name, value)
        if fatal and not found:
            self._problem(entry, attributes, "no address that can be read", fatal=True)
        return found

    def _several(self, entry: RawEntry, attribute: str, value: str) -> Iterator[str]:
        """The addresses in a value: one, or several with commas between (zimbraPrefMailForwardingAddress), or a DN."""
        if _DN.match(value):
            if address := self._address_of.get(dn_key(value)):
                yield address
            else:
                self._problem(entry, attribute, f"{value[:200]} was not read: nothing is known of it")
            return
        for part in value.split(",") if '"' not in value else [value]:
            part = _PREFIX.sub("", part.strip(), count=1)
            if not part or _OTHER_PREFIX.match(part):
                continue
            try:
                yield clean_address(part)
            except ValueError as error:
                self._problem(entry, attribute, f"{part[:100]!r}: {error}")

    def _text(self, entry: RawEntry, attributes: str) -> str:
        """The first value of the first attribute that has one, without what nobody sees; "" for none."""
        for name in attributes.split():
            for value in self._texts(entry, name):
                if text := " ".join("".join(one if one.isprintable() else " " for one in value).split()):
                    return text[:MAX_TEXT]
        return ""

    def _texts(self, entry: RawEntry, attribute: str) -> Iterator[str]:
        for value in entry.values.get(attribute.lower(), ()):
            try:
                yield value.decode()
            except UnicodeDecodeError:
                self._problem(entry, attribute, "not UTF-8")

    def _day(self, entry: RawEntry) -> datetime.date | None:
        text = self._text(entry, self._map.created)
        if not text:
            return None
        if found := _TIME.match(text):
            try:
                return datetime.date(*map(int, found.groups()))
            except ValueError:
                pass
        self._problem(entry, self._map.created, f"{text[:40]!r} is no time")
        return None

    def _problem(self, entry: RawEntry, attribute: str, reason: str, *, fatal: bool = False) -> None:
        self._problems.append(LdapProblem(entry.dn, attribute, reason, fatal))


def _unique(addresses: Iterable[str], *, but: str) -> tuple[str, ...]:
    """Each address once, in order, without the one that it belongs to."""
    made = {address_key(address): address for address in reversed(list(addresses))}
    made.pop(address_key(but), None)
    return tuple(reversed(made.values()))
