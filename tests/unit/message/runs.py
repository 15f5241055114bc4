"""What the tests of encoded runs share: finding them however the text is cut, and decoding them again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from gateway.message.decode import decoder_for
from gateway.message.defects import Flaw
from gateway.message.runs import Run, RunFinder, RunLimits

ENDS = (b"\r\n", b"\n", b"\r")


def find(*pieces: bytes, limits: RunLimits | None = None) -> tuple[Run, ...]:
    """The runs of a text that comes in these pieces."""
    finder = RunFinder(limits or RunLimits())
    for piece in pieces:
        finder.feed(piece)
    return finder.finish()


def octets(text: bytes) -> list[bytes]:
    """The text in its smallest pieces."""
    return [text[at : at + 1] for at in range(len(text))]


def decode(encoding: str, pieces: Iterable[bytes]) -> tuple[bytes, set[Flaw]]:
    """What the declared encoding gives, and what was wrong."""
    decoder = decoder_for(encoding)
    return b"".join([decoder.feed(piece) for piece in pieces]) + decoder.finish(), decoder.flaws


def only(text: bytes, kind: str, raw: bytes) -> Run:
    """The one run of a text, which is of this kind and decodes to this, however the text is cut."""
    (run,) = find(text)
    assert (run.kind, run.decoded_size, run.sha256) == (kind, len(raw), hashlib.sha256(raw).hexdigest())
    assert run.head == raw[:2048]
    assert run.whole is not bool(run.flaws)
    assert find(*octets(text)) == (run,)
    assert decode(run.encoding, [text[run.body_start : run.body_end]])[0] == raw
    return run
