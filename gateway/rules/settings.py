"""Parsers of settings that several rules share: a value of the configuration becomes one of ours, or a ValueError.

The error's text says what is accepted. It must not know which rule asks.
"""

from __future__ import annotations

from gateway.model import Mode

_MOST = 1_000_000


def parse_mode(value: object) -> Mode:
    """`enforce`, `observe` or `off`."""
    modes = [mode.value for mode in Mode]
    if value not in modes:
        raise ValueError(f"write {' | '.join(modes)}")
    return Mode(str(value))


def parse_flag(value: object) -> bool:
    """`true` or `false`."""
    if not isinstance(value, bool):
        raise ValueError("write true | false")
    return value


def parse_count(value: object) -> int:
    """A whole number from 1."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _MOST:
        raise ValueError(f"write a whole number from 1 to {_MOST:,}")
    return value


def parse_share(value: object) -> float:
    """A number from 0 to 1."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError("write a number from 0 to 1")
    return float(value)


def parse_domain(value: object) -> str:
    """One domain, in lower case; "" for none."""
    if not isinstance(value, str) or "@" in value or any(character.isspace() for character in value):
        raise ValueError('write a domain: "tinh.example"')
    return value.lower()


def parse_addresses(value: object) -> tuple[str, ...]:
    """A list of addresses, local@domain."""
    hint = 'write a list of addresses: ["q4@tphcm.gov.vn"]'
    if not isinstance(value, list | tuple):
        raise ValueError(hint)
    for one in value:
        local, at, domain = one.rpartition("@") if isinstance(one, str) else ("", "", "")
        if not (local and at and domain) or any(c.isspace() for c in one):
            raise ValueError(hint)
    return tuple(value)


def parse_domains(value: object) -> frozenset[str]:
    """A list of domains, "*.example" for every subdomain; in lower case."""
    hint = 'write a list of domains: ["so.example", "*.so.example"]'
    if not isinstance(value, list | tuple):
        raise ValueError(hint)
    for one in value:
        plain = one.removeprefix("*.") if isinstance(one, str) else ""
        if not plain or any(c.isspace() or c in "@*/" for c in plain):
            raise ValueError(hint)
    return frozenset(one.lower().removesuffix(".") for one in value)
