"""Looks for one kind of encoded run in a text and follows it to its end. Knows no kind: `Opener` and `Coder` do.

Opener  says where in a block a run may begin, and gives the coder that reads it
Coder   reads one run: decodes what belongs to it, and says where it ends and whether it was one at all
Seeker  goes from opener to coder and back, and tells a Sink what was found
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from gateway.message.defects import Flaw
from gateway.message.textlines import TextLines


class Coder(Protocol):
    """Reads one run from its first line on."""

    flaws: set[Flaw]
    filename: bytes  # raw, "" for none
    ended: bool  # nothing that follows belongs to the run
    accepted: bool  # it is a run, not a text that begins like one

    def take(self, data: bytes, start: int, end: int, first: bool, last: bool) -> tuple[bytes, int, int]:
        """Decode from data[start:end], see `textlines.Taker`: (decoded, where it stopped, where its last line ended).

        The last is -1 where nothing here belongs to the run. It stops before `end` only when it has ended.
        """

    def finish(self) -> bytes:
        """The text or the run is over; called once."""


class Opening(NamedTuple):
    """A run may begin in this block, or a little before it."""

    start: int  # offset in the stream
    at: int  # where in the block its coder begins, at the beginning of a line
    coder: Coder


class Opener(Protocol):
    """Finds where runs of one kind may begin."""

    def block(self, data: bytes, start: int, end: int, base: int, last: bool) -> None:
        """The next block of whole lines, or the first piece of a long line (then not `last`)."""

    def next(self, at: int) -> Opening | None:
        """The first opening in the block from `at` (the beginning of a line) on."""


class LineOpener:
    """The part of an opener that looks at whole lines alone: what it keeps of a block."""

    __slots__ = ("_base", "_data", "_end")

    def __init__(self) -> None:
        self._data, self._end, self._base = b"", 0, 0

    def block(self, data: bytes, start: int, end: int, base: int, last: bool) -> None:
        """See `Opener`."""
        self._data, self._end, self._base = data, end if last else start, base


class Sink(Protocol):
    """Is told what a run has decoded."""

    def begin(self) -> None:
        """A run may have begun."""

    def take(self, decoded: bytes) -> None:
        """Its next bytes."""

    def end(self, coder: Coder, start: int, end: int) -> None:
        """It is over: [start, end) of the stream; not a run at all unless `coder.accepted`."""


_OPENINGS = 20_000  # tried in one text, most of them for nothing; each costs as much as 10 KB of ordinary text
_SHORT = 40  # octets of a line: shorter ones are taken one at a time
_LINES = 200_000  # such lines taken in one text


class Seeker:
    """One kind of run. `take` is a `textlines.Taker`. Each byte is looked at a bounded number of times."""

    __slots__ = ("_coder", "_end", "_left", "_lines", "_opener", "_sink", "_start")

    def __init__(self, opener: Opener, sink: Sink) -> None:
        self._opener = opener
        self._sink = sink
        self._coder: Coder | None = None
        self._start = self._end = 0
        self._left, self._lines = _OPENINGS, _LINES

    @property
    def exhausted(self) -> bool:
        """Too many beginnings were tried, or too many short lines taken: no more are looked for."""
        return not self._left

    def take(self, data: bytes, start: int, end: int, base: int, first: bool, last: bool) -> None:
        """Look at the next lines."""
        at = start
        if self._coder is not None:
            at = self._follow(self._coder, data, at, end, base, first, last)
        if at == end or not first or (at > start and not last) or not self._left:
            return
        self._opener.block(data, at, end, base, last)
        while at < end and self._left and (opening := self._opener.next(at)):
            self._left -= 1
            self._start = self._end = opening.start
            self._coder = opening.coder
            self._sink.begin()
            at = self._follow(opening.coder, data, opening.at, end, base, first, last)

    def finish(self) -> None:
        """The text is over."""
        if self._coder is not None:
            self._close(self._coder)

    def _follow(self, coder: Coder, data: bytes, at: int, end: int, base: int, first: bool, last: bool) -> int:
        if at < end:
            begun = at
            decoded, at, good = coder.take(data, at, end, first, last)
            if decoded:
                self._sink.take(decoded)
            if good >= 0:
                self._end = base + good
            self._count(coder, data.count(b"\n", begun, at), at - begun)
        if coder.ended:
            self._close(coder)
        return at

    def _count(self, coder: Coder, lines: int, size: int) -> None:
        if lines * _SHORT > size:
            self._lines -= lines
            if self._lines < 0:
                self._left = 0
                coder.ended = True

    def _close(self, coder: Coder) -> None:
        self._coder = None
        decoded = coder.finish()
        if decoded:
            self._sink.take(decoded)
        self._sink.end(coder, self._start, self._end)


class RunDecoder:
    """A `decode.Decoder` of the first run in a body; what stands around it is dropped."""

    __slots__ = ("_decoded", "_done", "_lines", "_seeker", "flaws")

    def __init__(self, opener: Opener) -> None:
        self.flaws: set[Flaw] = set()
        self._decoded: list[bytes] = []
        self._done = False
        self._seeker = Seeker(opener, self)
        self._lines = TextLines(self._seeker.take)

    def feed(self, data: bytes) -> bytes:
        """Decode what can be decoded by now."""
        if not self._done:
            self._lines.feed(data)
        return self._taken()

    def finish(self) -> bytes:
        """Decode the rest."""
        if not self._done:
            self._lines.finish()
            self._seeker.finish()
        if not self._done:
            self.flaws.add(Flaw.ENCODING_UNBEGUN)
        return self._taken()

    def begin(self) -> None:
        """See `Sink`."""

    def take(self, decoded: bytes) -> None:
        """See `Sink`."""
        if not self._done:
            self._decoded.append(decoded)

    def end(self, coder: Coder, start: int, end: int) -> None:
        """See `Sink`."""
        if coder.accepted and not self._done:
            self._done = True
            self.flaws |= coder.flaws

    def _taken(self) -> bytes:
        decoded, self._decoded = b"".join(self._decoded), []
        return decoded
