"""An SPF record read into terms (RFC 7208 4.5, 4.6.1, 5, 6, 12). Pure: text in, terms out.

A record is right as a whole or wrong as a whole: an error in any term is the record's, found before any is evaluated.
"""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass

from gateway.who import Result

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_LONGEST = 4096  # octets: RFC 7208 3.4 asks for records that fit a datagram of 512
_MOST_TERMS = 400
_VERSION = re.compile(rb"v=spf1(?: |\Z)", re.IGNORECASE)
_MODIFIER = re.compile(r"([a-z][a-z0-9._-]*)=(.*)\Z", re.IGNORECASE | re.DOTALL)
_DIRECTIVE = re.compile(
    r"([-+?~]?)([a-z0-9]+)(?:(:)(.*?))?((?:/(?:0|[1-9][0-9]{0,2}))?(?://(?:0|[1-9][0-9]{0,2}))?)\Z", re.I
)
_MACRO = r"%(?:\{[slodiphcrtv](?!0+[^0-9])[0-9]*r?[-.+,/_=]*\}|[%_-])"
_MACRO_STRING = re.compile(rf"(?:[!-$&-~]|{_MACRO})*\Z", re.IGNORECASE)
_MACRO_END = re.compile(rf"{_MACRO}\Z", re.IGNORECASE)
_TOP_LABEL = re.compile(r"(?!-)(?![0-9]+\Z)[a-z0-9-]+(?<!-)\Z", re.IGNORECASE)
# Letters of an explanation's text, which nobody reads here (7.2).
_ONLY_EXPLAINED = re.compile(r"%\{[crt]", re.IGNORECASE)

_QUALIFIERS = {"": Result.PASS, "+": Result.PASS, "-": Result.FAIL, "~": Result.SOFTFAIL, "?": Result.NEUTRAL}
_WITH_DOMAIN = {"include": True, "exists": True, "a": False, "mx": False, "ptr": False}  # True: it must be given
_WITH_PREFIX = frozenset({"a", "mx", "ip4", "ip6"})


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One directive. `domain`: its domain-spec, macros not expanded, "" for the current domain. `address`: of ip4 and
    ip6. `prefix4`, `prefix6`: how many bits of an address are compared."""

    qualifier: Result
    name: str
    domain: str = ""
    address: Address | None = None
    prefix4: int = 32
    prefix6: int = 128

    def covers(self, client: Address, address: Address) -> bool:
        """Whether the client's address is the other one as far as the prefix goes (5.6)."""
        if client.version != address.version:
            return False
        rest = 32 - self.prefix4 if client.version == 4 else 128 - self.prefix6
        return int(client) >> rest == int(address) >> rest


@dataclass(frozen=True, slots=True)
class Record:
    """A record's terms in their order. `redirect`: a domain-spec, "" for none."""

    mechanisms: tuple[Mechanism, ...]
    redirect: str = ""


class Malformed(Exception):  # noqa: N818 - the record is wrong, not we
    """The text says what, in words of ours."""


def is_spf(text: bytes) -> bool:
    """Whether a TXT record is one of SPF's (RFC 7208 4.5)."""
    return bool(_VERSION.match(text))


@functools.lru_cache(maxsize=128)
def read(text: bytes) -> Record | str:
    """The record, or what is wrong with it."""
    try:
        return _read(text)
    except Malformed as why:
        return str(why)


def _read(text: bytes) -> Record:
    if len(text) > _LONGEST:
        raise Malformed("the record is too long")
    if not text.isascii():
        raise Malformed("the record is not ASCII")
    mechanisms: list[Mechanism] = []
    modifiers: dict[str, str] = {}
    terms = list(filter(None, text.decode("ascii")[len("v=spf1") :].split(" ")))
    if len(terms) > _MOST_TERMS:
        raise Malformed("the record has too many terms")
    for term in terms:
        modifier = _MODIFIER.match(term)
        if modifier is None:
            mechanisms.append(_mechanism(term))
        else:
            _modify(modifiers, modifier[1].lower(), modifier[2])
    return Record(tuple(mechanisms), modifiers.get("redirect", ""))


def _modify(modifiers: dict[str, str], name: str, value: str) -> None:
    if name not in ("redirect", "exp"):
        if not _MACRO_STRING.match(value):
            raise Malformed("a modifier is malformed")
    elif name in modifiers:
        raise Malformed(f"{name} stands twice")
    else:
        modifiers[name] = _domain_spec(value, name)


def _mechanism(term: str) -> Mechanism:
    match = _DIRECTIVE.match(term)
    if match is None:
        raise Malformed("a term is malformed")
    qualifier, name, colon, value, prefixes = _QUALIFIERS[match[1]], match[2].lower(), match[3], match[4], match[5]
    if name not in _WITH_PREFIX and prefixes:
        value, prefixes = (value or "") + prefixes, ""
    if name in ("ip4", "ip6"):
        return Mechanism(qualifier, name, "", *_address(name, value or "", prefixes))
    if name == "all" and not colon and not value:
        return Mechanism(qualifier, name)
    if name not in _WITH_DOMAIN:
        raise Malformed("all takes no domain" if name == "all" else "a mechanism is unknown")
    if (_WITH_DOMAIN[name] or value) and not colon:
        raise Malformed(f"{name} is malformed")
    domain = _domain_spec(value or "", name) if colon else ""
    return Mechanism(qualifier, name, domain, None, *_prefixes(prefixes))


def _domain_spec(value: str, name: str) -> str:
    if not _MACRO_STRING.match(value) or not _ends_well(value) or _ONLY_EXPLAINED.search(value):
        raise Malformed(f"the domain of {name} is malformed")
    return value


def _ends_well(value: str) -> bool:
    """domain-end (7.1): a macro, or a label that a top-level domain may have."""
    _, dot, label = value.removesuffix(".").rpartition(".")
    return bool(_MACRO_END.search(value) or (dot and _TOP_LABEL.match(label)))


def _prefixes(text: str) -> tuple[int, int]:
    four, _, six = text.partition("//")
    bits4, bits6 = int(four[1:] or 32), int(six or 128)
    if bits4 > 32 or bits6 > 128:
        raise Malformed("a prefix length is too large")
    return bits4, bits6


def _address(name: str, text: str, prefix: str) -> tuple[Address, int, int]:
    """The address of ip4 or ip6, and both prefix lengths."""
    if "//" in prefix or "%" in text:
        raise Malformed(f"{name} is malformed")
    try:
        if name == "ip4":
            return ipaddress.IPv4Address(text), *_prefixes(prefix)
        return ipaddress.IPv6Address(text), *_prefixes(f"/{prefix}" if prefix else "")
    except ValueError:
        raise Malformed(f"{name} is malformed") from None


def policies(texts: Iterable[bytes]) -> list[bytes]:
    """The SPF records among TXT records."""
    return [text for text in texts if is_spf(text)]
