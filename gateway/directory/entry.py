"""What the directory holds beside units, mailboxes and groups, and the forms that entries take in text.

Values and pure functions; no I/O. Where the addresses of `gateway.who` come from people's files they go through
`clean_address` first, so that nothing is kept that no mail could reach.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final

from gateway.who import Group, Kind, Mailbox, State, Unit

MAX_ADDRESS: Final = 254  # octets (RFC 5321 4.5.3.1.3, less the angle brackets)
MAX_LOCAL: Final = 64  # octets (RFC 5321 4.5.3.1.1)
# Sets that reach to U+10FFFF are told by what is not in them: `re` takes 20 ms to put the others together.
_ATEXT = r"[^\x00- \"(),.:;<>@\[\\\]\x7f-\xa0]"  # atext (RFC 5322 3.2.3) and UTF8-non-ascii (RFC 6531 3.3)
_LOCAL = rf"(?:{_ATEXT}+(?:\.{_ATEXT}+)*|\"(?:[^\x00-\x1f\"\\\x7f-\xa0]|\\[ -~])*\")"
_ALNUM = r"[^\x00-/:-`{-\xa0]"  # a-z, 0-9, and what is beyond ASCII
_LABEL = rf"{_ALNUM}(?:[^\x00-,./:-`{{-\xa0]{{0,61}}{_ALNUM})?"
_ADDRESS: Final = re.compile(rf"{_LOCAL}@{_LABEL}(?:\.{_LABEL})*")
_UNFIT: Final = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))  # categories of characters that nobody types


class What(StrEnum):
    """Kinds of entry. Stable names, as in the store."""

    UNIT = "unit"
    MAILBOX = "mailbox"
    GROUP = "group"
    EXEMPTION = "exemption"


@dataclass(frozen=True, slots=True)
class Exemption:
    """A mailbox that the lifecycle spares: neither locked nor reclaimed. `until`: the last day; None for always."""

    address: str
    reason: str
    until: datetime.date | None = None

    @property
    def key(self) -> str:
        """For comparing and looking up."""
        return self.address.lower()

    def holds(self, day: datetime.date) -> bool:
        """Whether it still spares the mailbox on this day."""
        return self.until is None or day <= self.until


Entry = Unit | Mailbox | Group | Exemption
_CLASSES: Final[Mapping[What, type[Entry]]] = {
    What.UNIT: Unit,
    What.MAILBOX: Mailbox,
    What.GROUP: Group,
    What.EXEMPTION: Exemption,
}
_WHAT: Final = {made: what for what, made in _CLASSES.items()}
_NAMES: Final = {made: tuple(field.name for field in fields(made)) for made in _CLASSES.values()}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The directory at one version; each tuple in the order of the keys. Version 0: there is none yet."""

    version: int = 0
    units: tuple[Unit, ...] = ()
    mailboxes: tuple[Mailbox, ...] = ()
    groups: tuple[Group, ...] = ()
    exemptions: tuple[Exemption, ...] = ()

    def mailbox(self, address: str) -> Mailbox | None:
        """The mailbox with this very address or alias, in any case. A walk: for commands, not for the hot path."""
        key = address.lower()
        for mailbox in self.mailboxes:
            if mailbox.key == key or any(alias.lower() == key for alias in mailbox.aliases):
                return mailbox
        return None

    def unit(self, code: str) -> Unit | None:
        """The unit with this code. A walk."""
        return next((unit for unit in self.units if unit.code == code), None)

    def unit_mailbox(self, code: str) -> Mailbox | None:
        """The unit's own mailbox: where its notices go. The first by address where it has several."""
        return (
            next((one for one in self.mailboxes if one.unit == code and one.kind is Kind.UNIT), None) if code else None
        )


def what_of(entry: Entry) -> What:
    """Which kind of entry it is."""
    return _WHAT[type(entry)]


def key_of(entry: Entry) -> str:
    """What it is looked up by: a unit's code, or an address in lower case."""
    return entry.code if isinstance(entry, Unit) else entry.address.lower()


def record_of(entry: Entry) -> dict[str, Any]:
    """An entry as JSON has it: lists for tuples, ISO 8601 for dates; nothing that is empty, but for the identifiers."""
    made: dict[str, Any] = {}
    for name in _NAMES[type(entry)]:
        value = getattr(entry, name)
        if value or not made:  # the first identifies it
            made[name] = _plain(value)
    return made


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else str(value)


def entry_from(what: What, record: Mapping[str, Any]) -> Entry:
    """The entry that `record_of` wrote. KeyError, TypeError or ValueError for anything else."""
    known = _NAMES[_CLASSES[what]]
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in record.items()
    }
    for name, made in (("kind", Kind), ("state", State)):
        if name in values:
            values[name] = made(values[name])
    for name in ("created", "until"):
        if name in values:
            values[name] = datetime.date.fromisoformat(values[name])
    return _CLASSES[what](**{name: value for name, value in values.items() if name in known})


def clean_address(text: str) -> str:
    """An address as the directory keeps it: the local part as it stands, the domain in lower case, NFC, no final dot.

    ValueError, with a reason for people, where no mail could reach it (RFC 5321 4.1.2, RFC 6531 3.3); a domain may have
    letters beyond ASCII (RFC 5890), an address literal is none of a mailbox that people are given.
    """
    local, at, domain = unicodedata.normalize("NFC", text.strip()).rpartition("@")
    if not at or not local or not domain:
        raise ValueError("not an address: write name@domain")
    made = f"{local}@{domain.lower().removesuffix('.')}"
    if len(local.encode(errors="replace")) > MAX_LOCAL or len(made.encode(errors="replace")) > MAX_ADDRESS:
        raise ValueError(f"the address is too long: {MAX_LOCAL} octets before the @, {MAX_ADDRESS} in all")
    if unfit(made) or not _ADDRESS.fullmatch(made):
        raise ValueError("the address has characters or blanks that no address has")
    return made


def clean_target(text: str) -> str:
    """An address, or "@domain" for all of a domain: what a group may be and go to. ValueError as `clean_address`."""
    text = text.strip()
    return clean_address(f"x{text}")[1:] if text.startswith("@") else clean_address(text)


def unfit(text: str) -> str:
    """The name of the first character that has no place in an entry's text: a control, an invisible or unknown one."""
    if text.isascii() and text.isprintable():
        return ""
    for letter in text:
        if unicodedata.category(letter) in _UNFIT:
            return f"U+{ord(letter):04X}"
    return ""
