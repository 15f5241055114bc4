"""Where a content stands in a message, and its bytes: ranges and encodings, one inside the other. Knows no parsing.

The bytes are made again on demand, in pieces, by whoever may read the message; nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gateway.message.decode import Base64Decoder, Decoder, decoder_for
from gateway.message.defects import Flaw

Read = Callable[[int, int], bytes]
"""(offset, size) -> at most that many bytes of the message; fewer only at its end."""

Step = tuple[int, int, str]
"""(start, end, encoding): a range, and how what stands there is encoded."""

JOINED = "x-base64-joined"
"""base64 as clients read it that skip padding in the middle as if it were not there."""

PIECE = 64 * 1024
_LINE = 1024  # longer than any line that is decoded together with others


@dataclass(frozen=True, slots=True)
class Extract:
    """One content that some client could decode.

    The first step is a range of the message, each further one a range of the bytes that the step before gives. The
    encodings are those of `decoder_of`; "" stands for bytes as they are. `part`: its place, "1.2"; with the offset at
    which it begins where no part does, "1.2@1234"; behind "1.3/" in the container 1.3, decoded. `attachment`: a client
    would offer to save it; else it would be shown.
    """

    part: str
    steps: tuple[Step, ...]
    filename: str = ""
    declared_type: str = ""
    attachment: bool = True


class JoinedBase64:
    """base64 without any padding: all characters in one row."""

    __slots__ = ("_decoder", "flaws")

    def __init__(self) -> None:
        self.flaws: set[Flaw] = set()
        self._decoder = Base64Decoder()

    def feed(self, data: bytes) -> bytes:
        """Decode what can be decoded by now."""
        return self._decoder.feed(data.translate(None, b"="))

    def finish(self) -> bytes:
        """Decode the rest."""
        return self._decoder.finish()


def decoder_of(encoding: str) -> Decoder:
    """The decoder of a step's encoding: that of `decode.decoder_for`, or of `JOINED`."""
    return JoinedBase64() if encoding == JOINED else decoder_for(encoding)


def open_extract(read: Read, extract: Extract, limit: int) -> Iterator[bytes]:
    """The decoded bytes in pieces, at most `limit` of them. Raises only what `read` raises."""
    for piece in opened(read, extract.steps):
        if len(piece) >= limit:
            yield piece[:limit]
            return
        limit -= len(piece)
        yield piece


def opened(read: Read, steps: tuple[Step, ...]) -> Iterator[bytes]:
    """The bytes that the last of the steps gives, in pieces that are not empty."""
    start, end, encoding = steps[0]
    pieces = _decoded(_range(read, start, end), encoding)
    for start, end, encoding in steps[1:]:
        pieces = _decoded(_cut(pieces, start, end), encoding)
    return pieces


def into(steps: tuple[Step, ...], step: Step) -> tuple[Step, ...]:
    """The steps to what one of them more gives; the message as it is needs none before it."""
    return (*steps, step) if steps[0][2] else (step,)


def _range(read: Read, start: int, end: int) -> Iterator[bytes]:
    while start < end:
        piece = read(start, min(PIECE, end - start))
        if not piece:
            return
        yield piece
        start += len(piece)


def _cut(pieces: Iterator[bytes], start: int, end: int) -> Iterator[bytes]:
    at = 0
    for piece in pieces if start < end else ():
        if at + len(piece) > start:
            yield piece[max(0, start - at) : end - at]
        at += len(piece)
        if at >= end:
            return


def _decoded(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    if not encoding:
        yield from pieces
        return
    decoder = decoder_of(encoding)
    yield from filter(
        None, _in_lines(pieces, decoder) if isinstance(decoder, Base64Decoder) else map(decoder.feed, pieces)
    )
    if decoded := decoder.finish():
        yield decoded


def _in_lines(pieces: Iterator[bytes], decoder: Base64Decoder) -> Iterator[bytes]:
    """Lines of one width are decoded at once, which takes a fifth of the time; one that is cut waits for its rest."""
    held = b""
    for piece in pieces:
        data = held + piece if held else piece
        held = b""
        taken = decoder.lines(data, 0, len(data))
        if taken is not None:
            decoded, stop, _width = taken
            yield decoded
            data = data[stop:]
            if len(data) < _LINE:
                held, data = data, b""
        if data:
            yield decoder.feed(data)
    if held:
        yield decoder.feed(held)
