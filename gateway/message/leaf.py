"""The body of one leaf while it streams by: its decoded size and, for an attachment, digest and first bytes.

What says that it is a text may turn out to be a file: with NULs or a file's first bytes, which some programs offer to
save, or a calendar with files in it.
"""

from __future__ import annotations

import hashlib

from gateway.message.cards import FileSign
from gateway.message.decode import Base64Decoder, Decoder, decoder_for
from gateway.message.defects import Flaw
from gateway.message.latetype import LateType, may_be_late
from gateway.message.oddbody import DecodedText, decoded_text
from gateway.message.part import CARDS, ENCODED, Part

HEAD = 2048  # decoded bytes that are enough to tell a type
_WIDE = ("utf-16", "utf-32", "utf16", "utf32", "ucs-", "iso-10646", "csunicode", "unicode")  # texts with NULs
_FILES = (b"%PDF-", b"{\\rtf", b"PK\x03\x04", b"Rar!\x1a\x07", b"7z\xbc\xaf")  # what no text begins with


class Leaf:
    """Takes raw body bytes cut anywhere. `part` gets its figures at `finish`.

    The line end before a delimiter belongs to the delimiter (RFC 2046 5.1.1), so the last one is always kept back.
    `text`: takes the decoded bytes too where they are a text.
    """

    __slots__ = (
        "_base64",
        "_decoder",
        "_file",
        "_head",
        "_held",
        "_late",
        "_masked",
        "_sha256",
        "_size",
        "_sniffing",
        "part",
        "text",
    )

    def __init__(self, part: Part, *, sniffing: bool = True) -> None:
        self.part = part
        self._late: LateType | None = None
        self.text: DecodedText | None = None
        if part.encoding in ENCODED and part.content_type.startswith("text/"):
            self.text = decoded_text(part.charset)
        self._file = FileSign() if part.content_type in CARDS and not part.attachment else None
        # The beginning of what says that it is a text, until it is known whether it is one.
        self._masked: bytes | None = None if self.text is None or part.attachment or self._file is not None else b""
        self._decoder: Decoder = decoder_for(part.encoding)
        self._base64 = self._decoder if isinstance(self._decoder, Base64Decoder) else None
        self._sha256 = hashlib.sha256() if part.attachment or self._file is not None else None
        self._sniffing = sniffing and part.attachment
        self._head = b""
        self._held = b""
        self._size = 0

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the body."""
        if self._base64 is not None:
            self._take(self._base64.feed(data))
            return
        data = self._held + data if self._held else data
        keep = 2 if data.endswith(b"\r\n") else int(data.endswith((b"\n", b"\r")))
        self._held = data[len(data) - keep :]
        self._take(self._decoder.feed(data[:-keep] if keep else data))

    def lines(self, data: bytes, start: int, end: int) -> tuple[int, int]:
        """The fast way for whole base64 lines: (where it stopped, the lines' width); (start, 0) if there are none."""
        taken = self._base64.lines(data, start, end) if self._base64 is not None else None
        if taken is None:
            return start, 0
        self._take(taken[0])
        return taken[1], taken[2]

    def finish(self, line_end: int) -> None:
        """The body is over; its last `line_end` octets (0, 1 or 2) belong to a delimiter."""
        held = self._held[: max(0, len(self._held) - line_end)]
        if held:
            self._take(self._decoder.feed(held))
        self._take(self._decoder.finish())
        if self._masked is not None:
            self._unmask(self._masked)
        self.part.decoded_size = self._size
        if self._file is not None:
            self.part.attachment = self._file.found or self._is_file(self._head)
        if self._sha256 is not None and self.part.attachment:
            self.part.sha256 = self._sha256.hexdigest()

    @property
    def head(self) -> bytes:
        """The first decoded bytes of an attachment, at most `HEAD`."""
        return self._head

    def type(self, sniffed: str) -> str:
        """Its type, where `head` was taken for `sniffed`."""
        late = self._late
        return sniffed if late is None or not may_be_late(self._head, self.part.filename) else late.type(sniffed)

    @property
    def is_base64(self) -> bool:
        """What is not base64 in it is named as a flaw."""
        return self._base64 is not None

    @property
    def flaws(self) -> list[Flaw]:
        """What the decoder met, in a stable order."""
        return sorted(self._decoder.flaws)

    def _is_file(self, beginning: bytes) -> bool:
        return beginning.startswith(_FILES) or (b"\0" in beginning[:HEAD] and not self.part.charset.startswith(_WIDE))

    def _unmask(self, beginning: bytes) -> None:
        self._masked = None
        if self._is_file(beginning):
            self.part.attachment = True
            self._head = beginning[:HEAD]
            self._sha256 = hashlib.sha256(beginning)

    def _take(self, decoded: bytes) -> None:
        if self._masked is not None:
            self._masked += decoded
            if len(self._masked) >= HEAD:
                self._unmask(self._masked)
            self._size += len(decoded)
            if self.text is not None:
                self.text.feed(decoded)
            return
        if not self._size and self._sniffing and decoded and may_be_late(decoded, self.part.filename):
            self._late = LateType(self.part.filename)
        self._size += len(decoded)
        if self._file is not None:
            self._file.feed(decoded)
        if self._sha256 is not None:
            self._sha256.update(decoded)
            if len(self._head) < HEAD:
                self._head += decoded[: HEAD - len(self._head)]
        if self._late is not None:
            self._late.feed(decoded)
        if self.text is not None:
            self.text.feed(decoded)
