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
