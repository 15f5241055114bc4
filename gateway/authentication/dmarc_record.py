"""A DMARC record read (RFC 7489 6.3, 6.4). Pure: text in, policy out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_LONGEST = 4096  # octets
_VERSION = re.compile(rb"v[ \t]*=[ \t]*DMARC1[ \t]*(?:;|\Z)")
_NAME = re.compile(r"[a-z0-9_]+\Z")
_VALUE = re.compile(r"[!-:<-~ \t]*\Z")
_BLANKS = " \t\r\n"
_POLICIES = frozenset({"none", "quarantine", "reject"})
_REPORT = re.compile(r"mailto:[^@,! ]+@[^@,! ]+", re.IGNORECASE)
_PERCENT = re.compile(r"(?:100|[0-9]{1,2})\Z")


@dataclass(frozen=True, slots=True)
class Policy:
    """What a domain asks for. `own`: for itself, `below`: for its subdomains; `percent`: of the mail that fails."""

    own: str
    below: str
    strict_dkim: bool = False
    strict_spf: bool = False
    percent: int = 100


def policies(texts: Iterable[bytes]) -> list[bytes]:
    """The DMARC records among TXT records (6.6.3 step 2)."""
    return [text for text in texts if _VERSION.match(text)]


def read(text: bytes) -> Policy | None:
    """The policy of a record, None where it has to be left alone (6.6.3 step 6): malformed, or no p= that is known and
    nobody to report to."""
    tags = _tags(text)
    if tags is None:
        return None
    own = tags.get("p", "").lower()
    below = tags.get("sp", own).lower()
    if own not in _POLICIES or below not in _POLICIES:
        if not _REPORT.search(tags.get("rua", "")):
            return None
        own = below = "none"
    return Policy(own, below, _strict(tags, "adkim"), _strict(tags, "aspf"), _percent(tags))


def _tags(text: bytes) -> Mapping[str, str] | None:
    if len(text) > _LONGEST:
        return None
    tags: dict[str, str] = {}
    for part in filter(None, (part.strip(_BLANKS) for part in text.decode("latin-1").split(";"))):
        name, _, value = part.partition("=")
        name, value = name.rstrip(_BLANKS).lower(), value.lstrip(_BLANKS)
        if "=" not in part or not _NAME.match(name) or not _VALUE.match(value) or name in tags:
            return None
        tags[name] = value
    return tags


def _strict(tags: Mapping[str, str], name: str) -> bool:
    return tags.get(name, "r").lower() == "s"


def _percent(tags: Mapping[str, str]) -> int:
    value = tags.get("pct", "100")
    return int(value) if _PERCENT.match(value) else 100
