"""Authentication-Results that a stranger wrote in our name, which must not reach those who believe us (RFC 8601 5).

A field of another server's name stays. One whose form is right is judged by its form; any other by what a careless
reader could take for our name in it. Pure, linear.
"""

from __future__ import annotations

import re
import unicodedata
from binascii import Error as Base64Error
from binascii import a2b_base64, a2b_qp
from collections.abc import Collection, Iterable

from gateway.authentication.domains import domain_of

Field = tuple[bytes, bytes, int, int]
"""Lower-case name, raw value, start and end in the message; as `gateway.message.headers.Field`."""

NAME = b"authentication-results"
_LONGEST = 8192  # characters of a value that is read by its form
_SPACE = " \t\r\n"
_IN_COMMENT = re.compile(r"[^()\\]*+(?:\\.|([()])|\Z)", re.DOTALL)
_WORD = re.compile(r'"((?:[^"\\\r\n]|\\[ -~])*+)"|([A-Za-z0-9!#$%&\'*+\-.^_`{|}~]++)')
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)
_NAMES = re.compile(r"[^\w.\-]+")
_NOISE = re.compile(r"[\"\\\x00-\x08\x0e-\x1f\x7f\xad\u200b-\u200f\u2060\ufeff]+")
_HIDDEN = re.compile(
    rb"(?:^|\n)[^!-~\n]{0,64}+authentication-results[^:\n]{0,998}:([^\n]{0,8192}+(?:\n[ \t][^\n]{0,8192}+){0,99}+)",
    re.IGNORECASE,
)
_ENCODED = re.compile(r"=\?[^?\s]{0,64}\?([bqBQ])\?([^?]*+)\?=")


def forged(fields: Iterable[Field], ours: Collection[str]) -> list[tuple[int, int]]:
    """The byte ranges of fields that claim one of our authserv-ids, in order, to be left out."""
    known = {_folded(name) for name in ours} - {""}
    return [(start, end) for name, value, start, end in fields if name == NAME and claims(value, known)]


def hidden(behind: bytes, ours: Collection[str]) -> bool:
    """Whether `behind`, a header behind a line that is no field to us, has such a field: others read on there."""
    known = {_folded(name) for name in ours} - {""}
    return any(claims(match[1], known) for match in _HIDDEN.finditer(behind))


def claims(value: bytes, known: Collection[str]) -> bool:
    """Whether a field's value claims one of these authserv-ids. `known`: as `_folded` gives them."""
    text = value.decode("utf-8", "replace")
    if len(text) > _LONGEST:
        return any(_contains(reading, known) for reading in (text, _decoded(text)))
    name = _strict(text)
    if name is not None:
        return _folded(name) in known
    return any(_shows(reading, known) for reading in (text, _uncommented(text), _decoded(text)))


def _strict(text: str) -> str | None:
    """The authserv-id of a field of the right form (RFC 8601 2.2), or None."""
    if not text.isascii():
        return None
    at = _after_blanks(text, 0)
    match = _WORD.match(text, at) if at is not None else None
    if match is None:
        return None
    end = _after_blanks(text, match.end())
    if end is None:
        return None
    version = re.compile(r"[0-9]{1,9}").match(text, end)
    if version is not None and end > match.end():
        end = _after_blanks(text, version.end())
    if end is None or (end < len(text) and text[end] != ";"):
        return None
    return _QUOTED_PAIR.sub(r"\1", match[1]) if match[1] is not None else match[2]


def _after_blanks(text: str, at: int) -> int | None:
    """Where blanks and comments (RFC 5322 3.2.2) that begin at `at` end; None where a comment does not."""
    while at < len(text):
        if text[at] in _SPACE:
            at += 1
        elif text[at] == "(":
            end = _after_comment(text, at)
            if end is None:
                return None
            at = end
        else:
            break
    return at


def _after_comment(text: str, at: int) -> int | None:
    depth = 0
    while at < len(text):
        match = _IN_COMMENT.match(text, at)
        if match is None:
            return None
        at = match.end()
        if match[1]:
            depth += 1 if match[1] == "(" else -1
            if not depth:
                return at
    return None


def _uncommented(text: str) -> str:
    """Without what careless readers take for a comment: each from its first bracket to the next closing one."""
    return re.sub(r"\([^()]*+\)", "", text)


def _decoded(text: str) -> str:
    """With encoded-words (RFC 2047) decoded, which some readers do first."""
    return _ENCODED.sub(_plain, text) if "=?" in text else text


def _plain(match: re.Match[str]) -> str:
    octets = match[2].encode("utf-8", "replace")
    try:
        plain = a2b_base64(octets) if match[1] in "bB" else a2b_qp(octets, header=True)
    except (Base64Error, ValueError):
        return match[0]
    return plain.decode("utf-8", "replace")


def _shows(text: str, known: Collection[str]) -> bool:
    """Whether one of our names stands before the first semicolon, blanks, quotes and invisible characters apart."""
    head = _flat(text.partition(";")[0])
    words = {_folded(word) for word in set(_NAMES.split(head))}
    joined = _folded("".join(head.split()).rstrip("0123456789"))
    return joined in known or not words.isdisjoint(known)


def _contains(text: str, known: Collection[str]) -> bool:
    """Whether one of our names stands anywhere in a field that is longer than any server writes."""
    joined = "".join(_flat(text).split())
    return any(name in joined for name in known)


def _flat(text: str) -> str:
    return unicodedata.normalize("NFKC", _NOISE.sub("", text)).casefold()


def _folded(name: str) -> str:
    """For comparing: case, width and the final dot apart, U-labels as A-labels."""
    text = unicodedata.normalize("NFKC", name).casefold().strip().rstrip(".")
    return domain_of(text) or text
