"""What a signature that proves a mailbox must cover, as the header says it: Date, Message-ID, To, and how often.

Read only when it is asked for: nearly no message needs it. Strict, linear, never raises. It must not know signatures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from email.utils import mktime_tz, parsedate_tz
from functools import cached_property

from gateway.authentication.domains import domain_of
from gateway.authentication.sender_strict import read_strictly

_FIELD = re.compile(rb"^([!-9;-~]{1,256})[ \t]{0,64}:([^\n]*+(?:\n[ \t][^\n]*+)*+)", re.MULTILINE)
_KEPT = frozenset({"to", "cc", "date", "message-id"})
_MOST = 1000  # recipients that are read
_DATE = re.compile(
    r"\s*+(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),\s*+)?+\d{1,2}\s++(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\s++"
    r"\d{4}\s++\d\d:\d\d(?::\d\d)?+\s++(?:[+-]\d{4}|GMT|UT)(?:\s*+\([A-Za-z0-9 +:\-]{0,40}+\))?+\s*+\Z"
)
_MESSAGE_ID = re.compile(r"\s*+<([!#-;=?-~]{1,500}+)>\s*+\Z")


class Heading:
    """A top header's fields, as far as a proof by signature needs them. `header`: raw, without its blank line."""

    def __init__(self, header: bytes = b"") -> None:
        self._header = header

    @cached_property
    def _read(self) -> tuple[Mapping[str, int], Mapping[str, bytes]]:
        counts: Counter[str] = Counter()
        kept: dict[str, bytes] = {}
        for match in _FIELD.finditer(self._header):
            name = match[1].decode("ascii").lower()
            counts[name] += 1
            if name in _KEPT:
                kept.setdefault(name, match[2])
        return counts, kept

    def count(self, name: str) -> int:
        """How many fields have this lower-case name."""
        return self._read[0].get(name, 0)

    @cached_property
    def date(self) -> float | None:
        """Date in seconds since 1970; None where there is none that RFC 5322 3.3 knows."""
        text = self._text("date")
        if not _DATE.match(text) or (parsed := parsedate_tz(text)) is None:
            return None
        return float(mktime_tz(parsed))

    @cached_property
    def message_id(self) -> str:
        """Message-ID without its brackets, "" where it is not one (RFC 5322 3.6.4)."""
        match = _MESSAGE_ID.match(self._text("message-id"))
        return match[1] if match else ""

    @cached_property
    def named(self) -> frozenset[str]:
        """The addresses of To and Cc in lower case, read strictly; a field that cannot be read names nobody."""
        found: set[str] = set()
        for name in ("to", "cc"):
            for mailbox in read_strictly(self._read[1].get(name, b""), _MOST).mailboxes:
                domain = mailbox.domain.decode("utf-8", "replace")
                found.add(f"{mailbox.local.decode('utf-8', 'replace')}@{domain_of(domain) or domain}".lower())
        return frozenset(found)

    def _text(self, name: str) -> str:
        value = self._read[1].get(name, b"")
        return value.decode("ascii", "replace").strip() if len(value) <= 1000 else ""


def read_heading(header: bytes) -> Heading:
    """The heading of a raw top header; nothing is read before it is asked for."""
    return Heading(header)
