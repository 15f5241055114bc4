"""SPF's macros (RFC 7208 7): a domain-spec with what is known of the message put in. Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import quote

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_PIECE = re.compile(r"%\{([a-z])([0-9]*)(r?)([-.+,/_=]*)\}|%([%_-])|([^%]+)", re.IGNORECASE)
_ESCAPES = {"%": "%", "_": " ", "-": "%20"}
_LONGEST = 253  # octets of a name
_ENOUGH = 1024  # characters from the right: nothing further left can stand in a name


def asks_for_p(spec: str) -> bool:
    """Whether the validated name of the client (%{p}) is needed, which costs questions."""
    return any(match[1] in ("p", "P") for match in _PIECE.finditer(spec))


def expand(spec: str, values: Mapping[str, str]) -> str:
    """The name that a checked domain-spec stands for. `values`: by macro letter, lower case; a missing one is "".

    A name that is too long loses labels on its left (7.3).
    """
    pieces: list[str] = []
    size = 0
    for match in reversed(list(_PIECE.finditer(spec))):
        piece = _piece(match, values)
        pieces.append(piece)
        size += len(piece)
        if size > _ENOUGH:
            break
    return _shorten("".join(reversed(pieces)).removesuffix("."))


def address_values(address: Address) -> dict[str, str]:
    """%{i} and %{v} of a client's address: IPv6 as 32 nibbles with dots."""
    if address.version == 4:
        return {"i": str(address), "v": "in-addr"}
    return {"i": ".".join(address.exploded.replace(":", "")), "v": "ip6"}


def _piece(match: re.Match[str], values: Mapping[str, str]) -> str:
    letter, digits, reverse, delimiters, escape, literal = match.groups()
    if letter is None:
        return _ESCAPES[escape] if escape else str(literal)
    value = _transform(values.get(letter.lower(), ""), int(digits or 0), bool(reverse), delimiters or ".")
    return quote(value, safe="-._~") if letter.isupper() else value


def _transform(value: str, keep: int, reverse: bool, delimiters: str) -> str:
    parts = re.split(f"[{re.escape(delimiters)}]", value)
    if reverse:
        parts.reverse()
    return ".".join(parts[-keep:] if keep else parts)


def _shorten(name: str) -> str:
    while len(name) > _LONGEST and "." in name:
        name = name.partition(".")[2]
    return name
