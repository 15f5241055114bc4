"""Domain names as strangers write them: one strict reading, before anything is looked up or compared.

Every room part that compares domains takes them from here. Pure; knows no DNS.
"""

from __future__ import annotations

import re

import idna

_LONGEST = 253  # octets, RFC 1035 2.3.4 without the root's
_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+\Z")
# RFC 6376 3.1 has no underscore in a selector; the world does, and nothing is compared with one.
_SELECTOR = re.compile(r"(?![-.])[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\Z")
_NUMBER = re.compile(r"(?:.*\.)?[0-9]+\Z")


def domain_of(text: str) -> str:
    """The domain in lower case with A-labels (RFC 5890), or "" where `text` is not strictly one.

    Two labels or more of letters, digits and inner hyphens, at most 63 octets each and 253 together (RFC 5321 4.1.2,
    RFC 6376 3.5 d=), no final dot, and no number as the last one. U-labels are taken by IDNA 2008 (RFC 8616).
    """
    if len(text) > _LONGEST:
        return ""
    name = text.lower() if text.isascii() else _ascii(text)
    if len(name) > _LONGEST or not _DOMAIN.match(name) or _NUMBER.match(name):
        return ""
    return name


def selector_of(text: str) -> str:
    """A DKIM selector in lower case, or "" where `text` is none (RFC 6376 3.1; underscores are let pass)."""
    name = text.lower()
    return name if len(name) <= _LONGEST and _SELECTOR.match(name) else ""


def same_or_below(domain: str, parent: str) -> bool:
    """Whether `domain` is `parent` or a subdomain of it. Both as `domain_of` gives them; never true of ""."""
    return bool(domain and parent) and (domain == parent or domain.endswith(f".{parent}"))


def _ascii(text: str) -> str:
    """With A-labels; only "." parts labels, whatever else looks like a dot."""
    try:
        labels = [idna.alabel(label) if not label.isascii() else label.encode() for label in text.lower().split(".")]
    except (idna.IDNAError, UnicodeError):
        return ""
    return b".".join(labels).decode("ascii")
