"""What an IMAP server's untagged answers say (RFC 3501 7, 9). Pure: bytes in, values out; ValueError for all else.

A line is the bytes after "* ", literals already put in their place as `Answer.parts`. Numbers are bounded, and nothing
here grows with more than the length of its input.
"""

from __future__ import annotations

import calendar
import datetime
import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

_NUMBER = re.compile(rb"[0-9]{1,20}\Z")
_CODE = re.compile(rb"\[([A-Za-z-]{1,40})[ \]]")
_MOST = 2**63 - 1
_DATE = re.compile(rb" ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})\Z")
_MONTHS = {name.lower().encode(): number for number, name in enumerate(calendar.month_abbr) if number}
_TOKEN = re.compile(rb'"((?:[^"\\\r\n]|\\["\\])*)"|([^ ()"{}\r\n]+)|([()])')

_STATUS = re.compile(
    rb'(?:"([^"\\\r\n]*)"|([^ ()"{}\\\r\n]+)) \(([A-Z]{1,40} [0-9]{1,19}(?: [A-Z]{1,40} [0-9]{1,19}){0,19})\) ?\Z'
)

Part = bytes | bytearray
"""Text of a line, or (bytearray) a literal in it."""


def number(text: bytes) -> int:
    """A number as RFC 3501 and RFC 7162 have them: up to 63 bits."""
    if not _NUMBER.match(text) or (value := int(text)) > _MOST:
        raise ValueError("not a number")
    return value


def code(text: bytes) -> str:
    """The response code of a tagged answer's text in upper case, "" without one (RFC 5530)."""
    found = _CODE.match(text)
    return found[1].decode("ascii").upper() if found else ""


@functools.lru_cache(maxsize=32)  # a server says the same to everybody
def capabilities(text: bytes) -> frozenset[str]:
    """The words of a CAPABILITY answer or code, in upper case; of "[CAPABILITY …] text" those in the brackets."""
    words = text.removeprefix(b"[").partition(b"]")[0].upper().split()
    return frozenset(word.decode("ascii", "replace") for word in words if word != b"CAPABILITY")


def status(parts: Sequence[Part]) -> tuple[bytes, Mapping[str, int]]:
    """One STATUS answer: the folder's name and its items."""
    matched = _STATUS.match(parts[0]) if len(parts) == 1 else None
    if matched is None:  # a literal, an escaped sign, no items
        return status_name(parts), counters(parts)
    quoted, atom, items = matched.groups()
    words = items.decode("ascii").split()
    values = list(map(int, words[1::2]))
    if max(values) > _MOST:
        raise ValueError("not a number")
    return atom if quoted is None else quoted, dict(zip(words[::2], values, strict=True))


def counters(parts: Sequence[Part]) -> Mapping[str, int]:
    """The items of one STATUS answer by name, whatever the folder's name looks like."""
    last = parts[-1]
    if isinstance(last, bytearray) or not last.rstrip().endswith(b")"):
        raise ValueError("STATUS without items")
    words = last.rstrip()[last.rfind(b"(") + 1 : -1].split()
    if len(words) % 2 or len(words) > 40:
        raise ValueError("STATUS with odd items")
    return {name.decode("ascii").upper(): number(value) for name, value in zip(words[::2], words[1::2], strict=True)}


def status_name(parts: Sequence[Part]) -> bytes:
    """The folder's name of one STATUS answer."""
    name = next(_tokens(parts), None)
    if name is None:
        raise ValueError("STATUS without a name")
    return bytes(name)


def storage(parts: Sequence[Part]) -> tuple[int, int] | None:
    """(used, limit) in KiB of one QUOTA answer (RFC 9208 4.2.1), None where it limits no storage."""
    last = parts[-1]
    if isinstance(last, bytearray) or not last.rstrip().endswith(b")"):
        raise ValueError("QUOTA without a list")
    words = last.rstrip()[last.rfind(b"(") + 1 : -1].split()
    for name, used, limit in zip(words[::3], words[1::3], words[2::3], strict=False):
        if name.upper() == b"STORAGE":
            return number(used), number(limit)
    return None


def listed(parts: Sequence[Part]) -> tuple[frozenset[str], bytes]:
    """(attributes in lower case, the folder's name as the server wrote it) of one LIST answer."""
    tokens = list(_tokens(parts))
    if not tokens or tokens[0] != b"(" or b")" not in tokens:
        raise ValueError("LIST without attributes")
    close = tokens.index(b")")
    if len(tokens) < close + 3:
        raise ValueError("LIST without a name")
    flags = frozenset(bytes(word).decode("ascii", "replace").lower() for word in tokens[1:close])
    return flags, bytes(tokens[close + 2])


def _tokens(parts: Iterable[Part]) -> Iterator[Part]:
    for part in parts:
        if isinstance(part, bytearray):
            yield part
            continue
        for found in _TOKEN.finditer(part):
            quoted, atom, mark = found.groups()
            yield re.sub(rb"\\(.)", rb"\1", quoted) if quoted is not None else atom or mark


def results(parts: Sequence[Part]) -> Mapping[str, int]:
    """The numbers of an ESEARCH answer, `MIN`, `MAX`, `COUNT` (RFC 4731); empty where nothing was found."""
    text = b"".join(parts)
    words = text.partition(b")")[2].split() if text.startswith(b"(") else text.split()
    if words and words[0].upper() == b"UID":
        words = words[1:]
    pairs = zip(words[::2], words[1::2], strict=False)
    return {name.decode("ascii").upper(): number(value) for name, value in pairs}


def found(parts: Sequence[Part]) -> Sequence[int]:
    """The numbers of a SEARCH answer; a modification sequence at its end is left out (RFC 7162 3.1.5)."""
    return [number(word) for word in b"".join(parts).partition(b"(")[0].split()]


def moment(text: bytes, name: str) -> float | None:
    """A date of a FETCH answer (INTERNALDATE, SAVEDATE) in seconds since the epoch; None where it is not there."""
    _, mark, rest = text.partition(name.encode("ascii") + b' "')
    if not mark:
        return None
    matched = _DATE.match(rest.partition(b'"')[0])
    if matched is None or (month := _MONTHS.get(matched[2].lower())) is None:
        raise ValueError("not a date")
    day, year, hour, minute, second = (int(matched[index]) for index in (1, 3, 4, 5, 6))
    shift = (int(matched[8]) * 3600 + int(matched[9]) * 60) * (-1 if matched[7] == b"-" else 1)
    when = datetime.datetime(year, month, day, hour, minute, min(second, 59), tzinfo=datetime.UTC)
    return when.timestamp() - shift
