"""The bodies that readings show, decoded once each in one pass over their document: sizes, digests, runs in texts.

Knows ranges and encodings, not how a reading came to them. Memory is bounded: bodies that overlap stream side by side.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gateway.message.extract import JOINED, decoder_of
from gateway.message.leaf import HEAD
from gateway.message.readings.allowance import Allowance
from gateway.message.readings.values import UNKNOWN
from gateway.message.runs import Run, RunFinder

_RAW = 1024  # first bytes of a body that tell what it looks like
_LEAST = 40  # characters that can look like base64
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_DATA = bytes(set(range(256)) - set(_ALPHABET[:-1]))
_ESCAPE = re.compile(rb"=[0-9A-F]{2}|=[ \t]{0,8}\r?\n")
_QUOTED = re.compile(rb"=[ \t]{0,8}\r?\n")
_FIRST = re.compile(rb"\s*+(?!--)[^ \t\r\n]++[ \t]*+(?:\r?\n|\Z)")
_HEX = re.compile(rb"=[0-9A-F]{2}")
_BEGUN = ("x-uuencode", "x-yenc", "x-binhex")


class Want(NamedTuple):
    """A body [start, end) of a document. `search`: look for runs in what it decodes to; `digest`: it may be a file."""

    start: int
    end: int
    encoding: str
    search: bool = False
    digest: bool = True


@dataclass(slots=True)
class Content:
    """What a body decodes to. `padding`: offset in the document of base64's first padding, where more follows it."""

    size: int = 0
    sha256: str = ""
    head: bytes = b""
    sniffed: str | None = None
    raw: bytes = b""
    padding: int = -1
    runs: tuple[Run, ...] = ()
    whole: bool = True  # decoded to its end, with all its runs

    @property
    def key(self) -> tuple[str, int]:
        """Equal for equal bytes."""
        return self.sha256, self.size


def weigh(pieces: Iterable[bytes], at: int, wants: Sequence[Want], allowance: Allowance) -> dict[Want, Content]:
    """Decode every body that is wanted. `pieces` are the document's bytes from offset `at` on: none begins before."""
    waiting = sorted(set(wants), reverse=True)
    found = {want: Content() for want in waiting}
    active: list[_Taker] = []
    for piece in pieces:
        stop = at + len(piece)
        while waiting and waiting[-1].start < stop:
            want = waiting.pop()
            active.append(_Taker(want, found[want]))
        for taker in active:
            if not taker.feed(piece, at, allowance):
                break
        for taker in active:
            if taker.want.end <= stop or allowance.left < 0:
                taker.finish(allowance)
        active = [taker for taker in active if taker.want.end > stop]
        at = stop
        if allowance.left < 0:
            break
        if not waiting and not active:
            break
    for taker in active:
        taker.finish(allowance)
    for want in waiting:
        found[want].whole = want.start >= want.end
        found[want].sha256 = hashlib.sha256().hexdigest()
    return found


class _Taker:
    __slots__ = ("_content", "_decoder", "_fed", "_finder", "_more", "_sha256", "want")

    def __init__(self, want: Want, content: Content) -> None:
        self.want = want
        self._content = content
        self._decoder = decoder_of(want.encoding)
        self._sha256 = hashlib.sha256() if want.digest else None
        self._finder = RunFinder() if want.search else None
        self._fed = want.start
        self._more = False  # something follows the padding

    def feed(self, piece: bytes, at: int, allowance: Allowance) -> bool:
        begin, end = max(self.want.start, at) - at, min(self.want.end - at, len(piece))
        if begin >= end:
            return True
        if not allowance.take((end - begin) * (2 if self.want.search and self.want.digest else 1)):
            return False
        raw = piece if end - begin == len(piece) else piece[begin:end]
        if len(self._content.raw) < _RAW:
            self._content.raw += raw[: _RAW - len(self._content.raw)]
        if self.want.encoding == "base64":
            self._watch(raw)
        self._fed = at + end
        self._take(self._decoder.feed(raw))
        return True

    def finish(self, allowance: Allowance) -> None:
        content = self._content
        self._take(self._decoder.finish())
        if self._finder is not None:
            runs = self._finder.finish()
            content.runs = runs[: max(0, allowance.runs)]
            allowance.runs -= len(runs)
            content.whole = not self._finder.more and allowance.runs >= 0
        if self._sha256 is not None:
            content.sha256 = self._sha256.hexdigest()
        content.whole = content.whole and self._fed >= self.want.end
        if not self._more:
            content.padding = -1

    def _take(self, decoded: bytes) -> None:
        content = self._content
        content.size += len(decoded)
        if self._finder is not None:
            self._finder.feed(decoded)
        if self._sha256 is not None:
            self._sha256.update(decoded)
            if len(content.head) < HEAD:
                content.head += decoded[: HEAD - len(content.head)]

    def _watch(self, raw: bytes) -> None:
        """See where base64 has its first padding, and whether more follows."""
        content = self._content
        if self._more:
            return
        if content.padding < 0:
            found = raw.find(b"=")
            if found < 0:
                return
            content.padding = self._fed + found
            raw = raw[found:]
        self._more = bool(raw.translate(None, _NOT_DATA))


def looks_base64(raw: bytes) -> bool:
    """Nearly nothing but its alphabet, few of it padding, and a first line without blanks that delimits nothing."""
    text = raw.translate(None, b"\r\n")
    foreign = len(text.translate(None, _ALPHABET))
    return (
        len(text) >= _LEAST
        and 20 * foreign <= len(text)
        and 10 * text.count(b"=") <= len(text)
        and _FIRST.match(raw) is not None
    )


def looks_quoted(raw: bytes) -> bool:
    """Something in it is quoted-printable's."""
    return _ESCAPE.search(raw) is not None


def further(want: Want, content: Content, stated: tuple[str, ...]) -> list[Want]:
    """The ways to decode a body that its first bytes speak for, beside the one in which it was."""
    raw, start, end = content.raw, want.start, want.end
    if want.encoding == "base64":
        found = [Want(start, content.padding, "base64"), Want(start, end, JOINED)] if content.padding >= 0 else []
        if not looks_base64(raw) and len(raw) >= _LEAST:
            found += [Want(start, end, "")] + [Want(start, end, "quoted-printable")] * looks_quoted(raw)
        return found
    if want.encoding in _BEGUN and not content.size:  # it never begins: it stands as it is
        return [Want(start, end, "")]
    if looks_base64(raw) and not (want.encoding and looks_quoted(raw)):
        return [Want(start, end, "base64")]
    if (UNKNOWN in stated and looks_quoted(raw)) or (len(_QUOTED.findall(raw)) > 1 and _HEX.search(raw)):
        return [Want(start, end, "quoted-printable")]
    return []
