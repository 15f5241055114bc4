"""Which lines of a body quote or forward other mail: lines behind ">", and all that follows what clients put above it.

Knows lines only: a plain body's, or an HTML body's paragraphs. Vietnamese and English clients; other languages' lines
behind ">" are found all the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.documents.document import Unit
from gateway.documents.html import QUOTED

_RULED = re.compile(
    r"(?:-{3,}|_{3,})[ \t]*(?:original message|original appointment|forwarded (?:message|by.*)|reply message"
    r"|thư gốc|tin nhắn gốc|thư đã chuyển tiếp|thư được chuyển tiếp|tin nhắn đã chuyển tiếp)[ \t]*(?:-|_|\Z)"
    r"|begin forwarded message:|bắt đầu thư được chuyển tiếp:",
    re.IGNORECASE,
)
_FROM = re.compile(r"[*_ \t]{0,8}(?:from|từ|người gửi)[*_ \t]{0,8}:", re.IGNORECASE)
_SENT = re.compile(
    r"[*_ \t]{0,8}(?:sent|date|to|cc|subject|đã gửi|ngày|ngày gửi|gửi|tới|đến|người nhận|chủ đề|tiêu đề)[*_ \t]{0,8}:",
    re.IGNORECASE,
)
_WROTE = re.compile(r"(?:wrote|đã viết)[ \t]*:[ \t]*\Z", re.IGNORECASE)
_SAID = re.compile(r"[ \t]{0,8}(?:on|vào|lúc|at)\b", re.IGNORECASE)
_HINTS = ("From:", "wrote:", "forwarded message")
_ALL_HINTS = (*_HINTS, "Từ:", "viết:", "gửi:", "chuyển tiếp:")
_ATTRIBUTION = 3  # lines that the sentence above a quotation may take
_LONGEST = 500  # characters of a line that are looked at


def parted(units: Sequence[Unit]) -> tuple[list[Unit], list[Unit]]:
    """A body's units: what its sender wrote, and what is quoted; both in order. A unit of many lines may be cut."""
    if not may_quote(units):
        return list(units), []
    lines = _lines(units)
    own: list[Unit] = []
    quoted: list[Unit] = []
    for line, flag in zip(lines, quoted_lines(lines), strict=True):
        (quoted if flag else own).append(line)
    return (own, quoted) if quoted else (list(units), [])


def may_quote(units: Sequence[Unit]) -> bool:
    """False where a body quotes nothing for certain."""
    return any(map(_hints, units))


def _hints(unit: Unit) -> bool:
    """Whether a quotation may be in it. Asked of every body: a single character is found in a tenth of the time."""
    text = unit.text
    if ">" in text and (text.startswith(">") or "\n>" in text or "\n " in text or "\n\t" in text):
        return True
    if ("-" in text and "---" in text) or ("_" in text and "___" in text) or unit.place.startswith(QUOTED):
        return True
    return ":" in text and any(map(text.__contains__, _HINTS if text.isascii() else _ALL_HINTS))


def _lines(units: Sequence[Unit]) -> list[Unit]:
    """A text that is one unit, line by line; the paragraphs of others are what they are."""
    whole = units[0]
    if len(units) > 1 or whole.place or "\n" not in whole.text:
        return list(units)
    keeps = bool(whole.raw)
    return [
        Unit(f"line {number}", line.rstrip("\r"), whole.fonts, line.rstrip("\r").encode("utf-8") if keeps else b"")
        for number, line in enumerate(whole.text.split("\n"), 1)
    ]


def quoted_lines(lines: Sequence[Unit]) -> list[bool]:
    """Of each line, whether it is quoted."""
    flags = [_is_behind_mark(line) for line in lines]
    for at in range(len(lines)):
        if not flags[at] and _begins_rest(lines, flags, at):
            return flags[:at] + [True] * (len(lines) - at)
    return flags


def _is_behind_mark(line: Unit) -> bool:
    return line.place.startswith(QUOTED) or line.text[:4].lstrip(" \t").startswith(">")


def _begins_rest(lines: Sequence[Unit], flags: Sequence[bool], at: int) -> bool:
    """Whether everything from this line on is another mail."""
    text = lines[at].text[:_LONGEST]
    if _RULED.match(text.lstrip(" \t")):
        return True
    if _FROM.match(text):
        following = [*text.split("\n")[1:], *(line.text[:_LONGEST] for line in lines[at + 1 : at + 3])]
        return any(_SENT.match(line) for line in following[:2])
    if _SAID.match(text):
        for last in range(at, min(at + _ATTRIBUTION, len(lines))):
            if _WROTE.search(lines[last].text[-_LONGEST:]):
                return not _marked_next(lines, flags, last + 1)
    return False


def _marked_next(lines: Sequence[Unit], flags: Sequence[bool], at: int) -> bool:
    """Whether the next line that is not blank says by itself that it is quoted, so that others need not be."""
    while at < len(lines) and not lines[at].text.strip():
        at += 1
    return at < len(lines) and flags[at]
