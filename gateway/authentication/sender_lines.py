"""Where a header's sender fields stand: as RFC 5322 says, and where any reader might see one more, or one less.

Readers differ in what ends a header, what a field's name may have around it and what a line is. Here every line that
some reader could take for From, Sender, Reply-To or one of their Resent- forms is found in one pass; those that are not
plainly fields become disputes. It must not know what stands in the fields.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_JUNK = rb"[^!-~\r\n]{0,64}+"  # blanks, controls and 8-bit octets, which some readers leave out of a name
_FIELD = re.compile(
    rb"\n(" + _JUNK + rb")((?:resent[-_])?+(?:from|sender|reply[-_]to))(" + _JUNK + rb")(:?)", re.IGNORECASE
)
_LINE = re.compile(rb"[^\n]*+")
_VALUE = re.compile(rb"[^\n]*+(?:\n[ \t][^\n]*+)*+")
_BLANK_LINE = re.compile(rb"\n[ \t]++\r?(?:\n|\Z)")
_EMPTY_LINE = re.compile(rb"(?:\A|\n)\r?\n")
_BARE_CR = re.compile(rb"\r(?!\n)")
_BARE_LF = re.compile(rb"(?<!\r)\n")
_BREAKS = bytes.maketrans(b"\0\x0b\x0c", b"\n\n\n")
_WIDE_COLONS = ("\N{FULLWIDTH COLON}".encode(), "\N{SMALL COLON}".encode(), "\N{MODIFIER LETTER COLON}".encode())
_NO_ENDS = bytes(set(range(256)) - set(b"\r\n\0\x0b\x0c"))
# Fields as nearly all write them; and whatever else some reader might see one in, or the header's end.
_PLAIN = rb"(from|sender|reply-to):([^\n]++(?:\n[ \t][^\n]*+)*+)"
_ODD = rb"[ \t]++(?:\r|\Z)|>from |" + _JUNK + rb"(?:from|sender|reply[-_]|resent[-_])"
_USUAL = re.compile(rb"\n(?=[^!-~]|[fsr>])(?:" + _PLAIN + rb"|(" + _ODD + rb"))", re.IGNORECASE)
_ODDLY = re.compile(rb"\n(?:" + _ODD + rb")", re.IGNORECASE)
_DEEP = 128 * 1024  # octets of a header after which not every reader still looks
_KEPT = 8  # fields of one name whose values are read


@dataclass(slots=True)
class SenderLines:
    """The raw values by lower-case name, at most a few each, and why readers might see other fields."""

    values: dict[str, list[bytes]] = field(default_factory=dict)
    strays: list[bytes] = field(default_factory=list)  # what stands on lines that only some readers take for a field
    disputes: dict[str, None] = field(default_factory=dict)  # a set that keeps its order

    def dispute(self, name: str) -> None:
        """Some reader sees something else."""
        self.disputes[name] = None

    def stray(self, text: bytes, dispute: str) -> None:
        """Some reader takes a line for a field, and sees this in it."""
        self.dispute(dispute)
        if len(self.strays) < _KEPT:
            self.strays.append(text)


def usual_values(header: bytes) -> tuple[bytes, bytes, bytes] | None:
    """The raw values of From, Sender and Reply-To, b"" for none, where that is all `sender_lines` finds; None in doubt.

    A fifth of its time: for headers as nearly all are, with an empty line behind them.
    """
    ends = len(header.translate(None, _NO_ENDS))  # and what some take for one
    if len(header) > _DEEP or not ends or ends != 2 * header.count(b"\r\n"):
        return None
    author = sender = reply_to = b""
    for name, value, odd in _USUAL.findall(b"\n" + header):
        if odd or (b"\n" in value and _ODDLY.search(value)):
            return None
        first = name[0] | 0x20  # in lower case
        if first == 0x66 and not author:
            author = value
        elif first == 0x73 and not sender:
            sender = value
        elif first == 0x72 and not reply_to:
            reply_to = value
        else:
            return None
    return (author, sender, reply_to) if author else None


def sender_lines(header: bytes, after: bytes = b"") -> SenderLines:
    """Find the fields in a raw header; `after`: what follows it, its blank line included, as much as is at hand."""
    found = SenderLines()
    text = b"\n" + _settled(header, found)
    ends = _BLANK_LINE.search(text)
    blank = ends.start() if ends else len(text)  # where the header ends for those who stop at a line of blanks
    for match in _FIELD.finditer(text):
        _take(match, text, found, past_blank=match.start() >= blank)
    _behind(after, found)
    for name, values in found.values.items():
        if len(values) > 1 and not name.startswith("resent-"):
            found.dispute(f"several-{name}")
    return found


def _settled(header: bytes, found: SenderLines) -> bytes:
    """The header with one kind of line end."""
    if header.startswith((b"From ", b">From ")):
        found.dispute("mbox-line")
    if b"\0" in header or b"\x0b" in header or b"\x0c" in header:  # where some readers end a line, or a text
        found.dispute("control")
        header = header.translate(_BREAKS)
    pairs = header.count(b"\r\n")
    bare = header.count(b"\r") != pairs
    if bare or pairs not in (0, header.count(b"\n")):
        found.dispute("line-ends")
        header = _BARE_CR.sub(b"\n", header) if bare else header
    return header


def _take(match: re.Match[bytes], text: bytes, found: SenderLines, *, past_blank: bool) -> None:
    before, name, junk, colon = match.groups()
    stands = bool(colon) or any(mark in junk for mark in _WIDE_COLONS)
    if before[:1] in (b" ", b"\t") and match.start():  # a continuation, to most
        line = _said(_LINE, text, match).partition(b";")[0]
        if stands and b"@" in line:  # a signature's list of fields has none
            found.stray(line, "folded-field")
        return
    if not stands:
        if junk and match.start():
            found.stray(_said(_LINE, text, match), "no-colon")
        return
    if before or junk or not colon or b"_" in name:
        found.dispute("odd-name")
    if past_blank:
        found.dispute("header-end")
    if match.start() > _DEEP:
        found.dispute("deep")
    values = found.values.setdefault(name.lower().replace(b"_", b"-").decode("ascii"), [])
    if len(values) < _KEPT:
        values.append(_said(_VALUE, text, match))


def _said(form: re.Pattern[bytes], text: bytes, name: re.Match[bytes]) -> bytes:
    value = form.match(text, name.end())
    return value[0] if value else b""


def _behind(after: bytes, found: SenderLines) -> None:
    """Lines behind the header that would be sender fields to those who read on."""
    if not after or after.startswith((b"\r\n", b"\n")):
        return
    end = _EMPTY_LINE.search(after)
    if end is None and len(after) > 1:
        found.dispute("header-end")  # it goes on for longer than is known
    text = b"\n" + _BARE_CR.sub(b"\n", after[: end.start() if end else len(after)])
    for match in _FIELD.finditer(text):
        if match[4] or match[3]:
            found.stray(_said(_LINE, text, match), "header-end")
