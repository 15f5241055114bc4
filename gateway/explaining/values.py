"""What an explanation is made of, and how evidence is read: never an error, whatever stands in it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

_BLANKS: Final = frozenset({"Cc", "Zl", "Zp", "Zs"})
_NOTHING: Final = frozenset({"Cf", "Cs", "Co", "Cn"})
_KIB: Final = 1024
Evidence = Mapping[str, Any]


class Words(NamedTuple):
    """The same in both languages."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A clause. `text`: Vietnamese, as published; "" where this version does not know the clause."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Explained:
    """One finding for its sender. `found`: what, at most a dozen lines; `fix`: what to do, in order."""

    rule: str
    title: Words
    found: tuple[Words, ...]
    fix: tuple[Words, ...]
    clauses: tuple[Cited, ...] = ()


def plain(value: object, longest: int = 200) -> str:
    """Text on one line, at most so many characters; controls and whatever steers the eye (bidirectional) are gone."""
    text = value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""
    made = "".join(_letter(one) for one in text[: longest * 2])
    clean = " ".join(made.split())
    return clean if len(clean) <= longest else f"{clean[: longest - 1]}…"


def _letter(one: str) -> str:
    category = unicodedata.category(one)
    return " " if category in _BLANKS else "" if category in _NOTHING else one


def rows(evidence: Evidence, key: str, most: int = 5) -> Iterator[Evidence]:
    """The tables of a list."""
    value = evidence.get(key)
    for one in value[:most] if isinstance(value, list | tuple) else ():
        if isinstance(one, Mapping):
            yield one


def words(evidence: Evidence, key: str, most: int = 10) -> list[str]:
    """The texts of a list."""
    value = evidence.get(key)
    listed = value[:most] if isinstance(value, list | tuple) else ()
    return [plain(one, 100) for one in listed if isinstance(one, str)]


def number(evidence: Evidence, key: str) -> int:
    """A count or size; 0 for none."""
    value = evidence.get(key)
    return value if type(value) is int and 0 < value < 2**63 else 0


def size(octets: int) -> Words:
    """A size for people, as their file manager writes it (1 MB is 1,048,576 bytes there): "18,4 MB", "18.4 MB"."""
    if octets < _KIB * _KIB:
        kib = -(-octets // _KIB)
        return Words(f"{kib} KB", f"{kib} KB")
    text = f"{octets / _KIB / _KIB:.1f} MB"
    return Words(text.replace(".", ","), text)
