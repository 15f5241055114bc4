"""Every encoded run in a text, wherever it stands: uuencode, yEnc, BinHex, bare base64, ASCII armour. Sans-IO, bounded.

Each kind is looked for by itself over all of the text, so no run hides another. Nothing raises, time is linear.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from gateway.message.armour import ArmourOpener
from gateway.message.bare64 import Base64Opener
from gateway.message.binhex import BinHexOpener
from gateway.message.defects import Flaw
from gateway.message.leaf import HEAD
from gateway.message.names import filename_of
from gateway.message.seek import Coder, Opener, Seeker
from gateway.message.textlines import TextLines
from gateway.message.uu import UuOpener
from gateway.message.yenc import YencOpener

_ENCODINGS = {"uuencode": "x-uuencode", "yenc": "x-yenc", "binhex": "x-binhex", "base64": "base64", "pgp": ""}


@dataclass(frozen=True, slots=True)
class RunLimits:
    """`runs`: kept of each kind. `filename`: characters of a name. `base64`: least characters of a bare run."""

    runs: int = 200
    filename: int = 255
    base64: int = 80


@dataclass(frozen=True, slots=True)
class Run:
    """One encoded run; offsets are bytes of what was fed.

    `kind`: uuencode, yenc, binhex, base64 or pgp (an armour, taken as it stands). [start, end): all of it.
    [body_start, body_end): what the decoder of `encoding` is to be fed. `decoded_size` bytes with digest `sha256`
    (hex) and first bytes `head` (at most 2 KiB). `flaws`: what is wrong with it; `whole`: nothing is.
    """

    kind: str
    start: int
    end: int
    body_start: int
    body_end: int
    filename: str
    decoded_size: int
    sha256: str
    head: bytes
    whole: bool
    flaws: tuple[Flaw, ...] = ()

    @property
    def encoding(self) -> str:
        """Its name for `decode.decoder_for`."""
        return _ENCODINGS[self.kind]


_DEFAULTS = RunLimits()


class RunFinder:
    """Feed a text cut anywhere, then `finish` once."""

    __slots__ = ("_lines", "_seekers", "_tallies")

    def __init__(self, limits: RunLimits = _DEFAULTS) -> None:
        self._tallies = {kind: _Tally(kind, limits) for kind in _ENCODINGS}
        openers: tuple[Opener, ...] = (
            UuOpener(),
            YencOpener(),
            BinHexOpener(),
            Base64Opener(limits.base64),
            ArmourOpener(),
        )
        self._seekers = [Seeker(opener, tally) for opener, tally in zip(openers, self._tallies.values(), strict=True)]
        self._lines = TextLines(self._take)

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        self._lines.feed(data)

    def finish(self) -> tuple[Run, ...]:
        """Every run, in the order of the text; base64 that is the body of another run only as that."""
        self._lines.finish()
        for seeker in self._seekers:
            seeker.finish()
        found = [run for tally in self._tallies.values() for run in tally.runs(self._lines.size)]
        return tuple(_without_bodies(sorted(found, key=lambda run: (run.start, -run.end))))

    @property
    def more(self) -> bool:
        """There may be more runs than were found: too many, or too many beginnings of none."""
        return any(tally.more for tally in self._tallies.values()) or any(seek.exhausted for seek in self._seekers)

    def _take(self, data: bytes, start: int, end: int, base: int, first: bool, last: bool) -> None:
        for seeker in self._seekers:
            seeker.take(data, start, end, base, first, last)


def _without_bodies(runs: list[Run]) -> list[Run]:
    kept, covered = [], -1
    for run in runs:
        if run.kind == "base64" and run.start < covered and run.end <= covered + 2:  # a line end more
            continue
        if run.kind in ("uuencode", "pgp"):
            covered = max(covered, run.end)
        kept.append(run)
    return kept


class _Tally:
    """A `seek.Sink`: what the runs of one kind decode to."""

    __slots__ = ("_found", "_head", "_kind", "_limits", "_sha256", "_size", "more")

    def __init__(self, kind: str, limits: RunLimits) -> None:
        self._kind, self._limits = kind, limits
        self._found: list[Run] = []
        self.more = False

    def begin(self) -> None:
        self._sha256 = hashlib.sha256()
        self._size = 0
        self._head = b""

    def take(self, decoded: bytes) -> None:
        self._size += len(decoded)
        self._sha256.update(decoded)
        if len(self._head) < HEAD:
            self._head += decoded[: HEAD - len(self._head)]

    def end(self, coder: Coder, start: int, end: int) -> None:
        if not coder.accepted:
            return
        if len(self._found) >= self._limits.runs:
            self.more = True
            return
        name = filename_of({b"filename": coder.filename}, {}, "", self._limits.filename)[0]
        digest, flaws = self._sha256.hexdigest(), tuple(sorted(coder.flaws))
        self._found.append(
            Run(self._kind, start, end, start, end, name, self._size, digest, self._head, not flaws, flaws)
        )

    def runs(self, size: int) -> list[Run]:
        """What was found in a text of `size` bytes: a line end that it lacks is no part of it."""
        return [run if run.end <= size else replace(run, end=size, body_end=size) for run in self._found]
