"""One address field's value, read strictly and in the ways that clients read it: any difference is a dispute.

Every at sign that any decoding of the value shows must belong to the address of its mailbox. It must not know which
field it is, nor where it stands.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from gateway.authentication.domains import domain_of
from gateway.authentication.sender_shown import MOST, addresses_in, has_at_sign, together
from gateway.authentication.sender_strict import LONGEST, Mailbox, read_strictly
from gateway.authentication.sender_words import Name, odd_character, read_name
from gateway.who import Named

_LISTED = 20  # mailboxes that are given
_NOT_SHOWN = frozenset({"quoted-local", "domain-literal", "encoded-address"})  # the address is not one of those shown
_COMMON = 512  # octets of a value whose reading is remembered: the same people write again and again


@dataclass(frozen=True, slots=True)
class Value:
    """What a value says: its first mailboxes, how many it has, why readers differ, the addresses that any shows."""

    mailboxes: tuple[Named, ...] = ()
    count: int = 0
    disputes: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()


def read_value(raw: bytes) -> Value:
    """Read a raw value, with its folding and line end. Linear, bounded, never raises."""
    return _common(raw) if len(raw) <= _COMMON else _read(raw)


def shown_in(raw: bytes) -> list[str]:
    """The addresses that some reader sees in octets that are no list of mailboxes; at most MOST."""
    text = _lenient(raw)
    found = dict.fromkeys(addresses_in(text))
    if (joined := together(text)) != text:
        found |= dict.fromkeys(addresses_in(joined))
    if b"=?" in raw or b"\\" in raw:
        for reading in read_name(raw[:LONGEST]).readings:
            found |= dict.fromkeys(addresses_in(reading))
    return list(found)[:MOST]


def _read(raw: bytes) -> Value:
    strict = read_strictly(raw, MOST)
    if strict.problem:
        shown = shown_in(raw)
        named = tuple(Named("", address) for address in shown[:_LISTED]) if strict.problem not in _NOT_SHOWN else ()
        return Value(named, len(shown), (strict.problem,), tuple(shown))
    reading = _Reading()
    named = tuple(reading.mailbox(mailbox) for mailbox in strict.mailboxes)
    return Value(named[:_LISTED], len(named), tuple(reading.disputes), tuple(reading.shown))


_common = lru_cache(1024)(_read)


class _Reading:
    """What was seen of a value's mailboxes so far."""

    def __init__(self) -> None:
        self.disputes: dict[str, None] = {}
        self.shown: dict[str, None] = {}

    def mailbox(self, mailbox: Mailbox) -> Named:
        """Read one mailbox."""
        address = self._address(mailbox)
        self.shown[address.lower()] = None
        if not mailbox.name:
            return Named("", address)
        name = read_name(mailbox.name)
        if _lenient(mailbox.name).lower() != address.lower():
            self._name(name, address)
        return Named(name.shown, address)

    def _name(self, name: Name, address: str) -> None:
        self.disputes |= dict.fromkeys(name.problems)
        others = _other_addresses(name, address)
        self.shown |= dict.fromkeys(others)
        if others or any(has_at_sign(reading, address) for reading in name.readings):
            self.disputes["address-in-name"] = None

    def _address(self, mailbox: Mailbox) -> str:
        local, raw = (_lenient(side) for side in (mailbox.local, mailbox.domain))
        if "=?" in local:
            self.disputes["encoded-address"] = None
        if not (local + raw).isascii() and (doubt := _doubt(local, raw)):
            self.disputes[doubt] = None
        return f"{local}@{domain_of(raw) or raw.lower()}"


def _doubt(local: str, domain: str) -> str:
    """Why an address in UTF-8 (RFC 6532) may not be what it looks like; "" if it is."""
    if "\ufffd" in local + domain:
        return "not-utf8"
    if odd := odd_character(local + domain):
        return odd
    blank = any(character.isspace() for character in local + domain)
    return "look-alike" if blank or _looks_alike(local, domain) else ""


def _looks_alike(local: str, domain: str) -> bool:
    """Whether some programs would take an address in UTF-8 for another one: by its compatibility form, or its case."""
    whole = f"{local}@{domain}"
    if unicodedata.normalize("NFKC", whole) != unicodedata.normalize("NFC", whole):
        return True
    if any(not letter.isascii() and letter.lower().isascii() for letter in whole):  # the Kelvin sign's k
        return True
    return not domain.isascii() and not domain_of(domain)


def _other_addresses(name: Name, address: str) -> list[str]:
    """Addresses that some reading of a display name shows, but for the mailbox's own."""
    if not any("@" in reading or not reading.isascii() for reading in name.readings):
        return []
    found = (shown for reading in name.readings for shown in addresses_in(reading))
    return [shown for shown in dict.fromkeys(found) if shown != address.lower()]


def _lenient(raw: bytes) -> str:
    """Octets as text, as far as they are; bounded."""
    return raw[: 4 * LONGEST].decode("utf-8", "replace")
