"""EHLO's reply read into Capabilities, and what several hosts have in common. Pure; knows no connection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

from gateway.upstream.base import Capabilities


def parse_ehlo(lines: Sequence[str]) -> Capabilities:
    """Capabilities out of the lines of a 250 reply to EHLO (RFC 5321 4.1.1.1); the first line is the greeting."""
    offered: dict[str, list[str]] = {}
    for line in lines[1:]:
        words = line.upper().replace("=", " ", 1).split() if line.upper().startswith("AUTH=") else line.upper().split()
        if words:
            offered.setdefault(words[0], []).extend(words[1:])
    return Capabilities(
        pipelining="PIPELINING" in offered,
        eightbit="8BITMIME" in offered,
        smtputf8="SMTPUTF8" in offered,
        dsn="DSN" in offered,
        chunking="CHUNKING" in offered,
        size=_size(offered.get("SIZE")),
        enhanced="ENHANCEDSTATUSCODES" in offered,
        starttls="STARTTLS" in offered,
        auth=frozenset(offered.get("AUTH", ())),
        xclient=frozenset(offered.get("XCLIENT", ())),
        xforward=frozenset(offered.get("XFORWARD", ())),
    )


def _size(words: Sequence[str] | None) -> int | None:
    if words is None:
        return None
    text = words[0] if words else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 20 else 0


def common(known: Iterable[Capabilities]) -> Capabilities:
    """What every one of these offers; nothing when there is none."""
    listed = list(known)
    return reduce(_both, listed) if listed else Capabilities()


def _both(a: Capabilities, b: Capabilities) -> Capabilities:
    return Capabilities(
        pipelining=a.pipelining and b.pipelining,
        eightbit=a.eightbit and b.eightbit,
        smtputf8=a.smtputf8 and b.smtputf8,
        dsn=a.dsn and b.dsn,
        chunking=a.chunking and b.chunking,
        size=_smaller(a.size, b.size),
        enhanced=a.enhanced and b.enhanced,
        starttls=a.starttls and b.starttls,
        auth=a.auth & b.auth,
        xclient=a.xclient & b.xclient,
        xforward=a.xforward & b.xforward,
    )


def _smaller(a: int | None, b: int | None) -> int | None:
    if a is None or b is None:
        return None
    return min(a, b) if a and b else a or b
