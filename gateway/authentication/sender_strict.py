"""The strict reading of an address field: RFC 5322 3.4 from the raw octets, UTF-8 as RFC 6532 3 allows it.

What the obsolete syntax allows besides (comments, routes, blanks inside an address, empty list members) is refused:
readers differ about it and no client of today writes it. Two things are allowed that real clients write: a dot in an
unquoted name (obs-phrase), and the address itself as an unquoted name. Every pattern is possessive: time is linear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 16 * 1024  # octets of a value that is read at all
LONGEST_LINE = 998  # RFC 5322 2.1.1
_LONGEST_LOCAL, _LONGEST_DOMAIN = 256, 255  # RFC 5321 4.5.3.1; longer local parts than its 64 are real

_BLANK = rb"[ \t]*+(?:\r?\n[ \t]++)?+"
_ATEXT = rb"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\x80-\xff]++"
_ATOM = rb"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\x80-\xff.]++"
_QUOTED = rb'"(?:[^"\\\x00-\x08\x0a-\x1f\x7f]++|\\[ -~\x80-\xff]|\r?\n[ \t])*+"'
_LABEL = rb"[A-Za-z0-9\x80-\xff]++(?:-++[A-Za-z0-9\x80-\xff]++)*+"
_LOCAL = _ATEXT + rb"(?:\." + _ATEXT + rb")*+"
_ADDRESS = _LOCAL + rb"@" + _LABEL + rb"(?:\." + _LABEL + rb")*+"
_NAME = rb"(?:" + _ATOM + rb"|" + _QUOTED + rb")(?:" + _BLANK + rb"(?:" + _ATOM + rb"|" + _QUOTED + rb"))*+"
_MAILBOX = re.compile(
    _BLANK
    + rb"(?:(?P<bare>" + _ADDRESS + rb")(?=" + _BLANK + rb"(?:,|\r?\n?\Z))"
    + rb"|(?P<name>" + _ADDRESS + rb"(?=[ \t\r\n])|" + _NAME + rb")?+" + _BLANK + rb"<(?P<address>" + _ADDRESS + rb")>)"
    + _BLANK
)  # fmt: skip
# Why a strict reading failed, by what stands in the value; the first that does names it.
_PROBLEMS = (
    ("control", re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")),
    ("comment", re.compile(rb"\(")),
    ("route", re.compile(rb"<[ \t]*+@")),
    ("group", re.compile(rb"[:;]")),
    ("quoted-local", re.compile(rb'"[ \t]*+@')),
    ("domain-literal", re.compile(rb"@[ \t]*+\[")),
    ("encoded-address", re.compile(rb"<[^<>\"]{0,64}?=\?")),
)
_ANY_QUOTED = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)  # it ends with the value, if nothing else ends it


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One mailbox as it stands there: the raw display name, and the address's two sides."""

    name: bytes
    local: bytes
    domain: bytes


@dataclass(frozen=True, slots=True)
class Strict:
    """The mailboxes of a field, () where `problem` says why it cannot be read: a stable name."""

    mailboxes: tuple[Mailbox, ...] = ()
    problem: str = ""


def read_strictly(value: bytes, most: int = 100) -> Strict:
    """Read a raw value, its folding and line end included, as a list of at most `most` mailboxes."""
    if len(value) > LONGEST:
        return Strict(problem="too-long")
    value = value.removesuffix(b"\n").removesuffix(b"\r")
    if len(value) > LONGEST_LINE and any(len(line) > LONGEST_LINE for line in value.split(b"\n")):
        return Strict(problem="too-long")
    found: list[Mailbox] = []
    at = 0
    while True:
        match = _MAILBOX.match(value, at)
        if match is None:
            return Strict(problem=_problem(value))
        mailbox = _mailbox(match)
        if mailbox is None:
            return Strict(problem="too-long")
        found.append(mailbox)
        at = match.end()
        if at == len(value):
            return Strict(tuple(found))
        if value[at : at + 1] != b",":
            return Strict(problem=_problem(value))
        if len(found) == most:
            return Strict(problem="too-many")
        at += 1


def _mailbox(match: re.Match[bytes]) -> Mailbox | None:
    local, _, domain = (match["bare"] or match["address"]).rpartition(b"@")
    if len(local) > _LONGEST_LOCAL or len(domain) > _LONGEST_DOMAIN:
        return None
    return Mailbox(match["name"] or b"", local, domain)


def _problem(value: bytes) -> str:
    if not value.strip():
        return "empty"
    bare = _ANY_QUOTED.sub(b'""', value)
    for name, pattern in _PROBLEMS:
        if pattern.search(bare):
            return name
    return "syntax"
