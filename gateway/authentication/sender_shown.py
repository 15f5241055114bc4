"""Every address that some reader may see in a text: whatever stands around an at sign, in any disguise.

No grammar: clients that take a field apart at its first or last bracket, comma or quote, with comments or without,
all show what stands around one of its at signs. Linear, and bounded in what it gives. It must not know fields.
"""

from __future__ import annotations

import re
import unicodedata

MOST = 100
"""Addresses that are listed of one text, and of one message."""
_LONGEST = 255  # characters on either side of an at sign
_MOST_TEXT = 64 * 1024
_WORD = r"[^\s()<>\[\]{},;:\"'\\|@]"
_GAP = r"[ \t\r\n\"']*+"
_PAIR = re.compile(rf"(?<!{_WORD})({_WORD}++){_GAP}@(?={_GAP}({_WORD}*+))")
_COMMENT = re.compile(r"\([^()]*+\)")
_NESTED = 4  # comments in one another that are left out
_AROUND = re.compile(r"(?:(?<!\s)\s++)?+([@.])\s*+")
_QUOTES = " \t\"'\xa0"
# What may stand before and behind a mailbox's own address in its name: nothing that any reader takes for a part of it.
_BEFORE, _BEHIND = frozenset(" \t(,;:"), frozenset(" \t),;:")
_BY_ITSELF = re.compile(r"\w @(?= \w)")
_LEFT_OUT = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\x00-\x08\x0e-\x1f\x7f]")
_DOTS = str.maketrans({"\u3002": ".", "\uff61": ".", "\uff0e": ".", "\ufe52": "."})


def flattened(text: str) -> str:
    """Without what cannot be seen, compatibility forms as the letters that they look like (full width, small form)."""
    text = text[:_MOST_TEXT]
    if text.isascii():
        return _LEFT_OUT.sub("", text)
    return unicodedata.normalize("NFKC", _LEFT_OUT.sub("", text)[:_MOST_TEXT]).translate(_DOTS)[: 2 * _MOST_TEXT]


def addresses_in(text: str, most: int = MOST) -> list[str]:
    """The addresses with a dot in their domain, in lower case, each once, in order."""
    found: dict[str, None] = {}
    for match in _PAIR.finditer(flattened(text)):
        domain = match[2][:_LONGEST].rstrip(".")
        if "." in domain:
            found[f"{match[1][-_LONGEST:]}@{domain}".lower()] = None
            if len(found) == most:
                break
    return list(found)


def together(text: str) -> str:
    """The text as it is to whoever leaves out comments, and blanks around dots and at signs (RFC 5322 4.4)."""
    for _ in range(_NESTED):
        if "(" not in text:
            break
        text = _COMMENT.sub("", text)
    return _AROUND.sub(r"\1", text)


def has_at_sign(text: str, own: str) -> bool:
    """Whether a display name has an at sign that some reader might make an address of; `own`: the mailbox's address.

    A name may have its own address in it, once and apart from other words, and at signs between words.
    """
    flat = flattened(text)
    if "@" not in flat:
        return False
    before, found, behind = _LEFT_OUT.sub("", text).lower().partition(own.lower())
    if not found:
        return len(_BY_ITSELF.findall(flat)) != flat.count("@")
    if before[-1:] == "[" and behind[:1] == "]":
        before, behind = before[:-1], behind[1:]
    return flat.count("@") > 1 or not (_is_apart(before[::-1], _BEFORE) and _is_apart(behind, _BEHIND))


def _is_apart(beside: str, marks: frozenset[str]) -> bool:
    """Whether what stands beside an address, nearest first, is no part of it: RFC 5322 4.4 has blanks around dots."""
    return not beside.strip(_QUOTES) or (beside[0] in marks and not beside.lstrip().startswith("."))
