"""What a scan found, and that together with the spooled bytes. Values only: nothing here parses or judges."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

from gateway.message.decode import decoder_for
from gateway.message.headers import Field, unfolded
from gateway.message.part import Part
from gateway.message.topheader import TopHeader
from gateway.model import Attachment, Defect

if TYPE_CHECKING:  # with the event loop, which a document worker needs not
    from gateway.message.spool import Spool

_READ = 64 * 1024


class ScannedMessage:
    """A whole message's facts; a `gateway.model.Message`. Sizes and offsets are bytes of the content as forwarded.

    `leading_dots`: lines that begin with "." (0: the wire form after DATA is the content). `longest_line`: octets
    without CRLF where it is over 998, else 0. `header_bytes`: where the body begins. `header_block`: the raw top
    header, at most `ScanLimits.header_bytes`. `header_fields`: (lower-case name, raw value with folding and line end,
    start, end).

    `attachment_bytes`: what the attachments weigh together. A leaf weighs its decoded size; a nested message what is
    left of it without the raw bodies of the attachments inside it, which are listed by themselves.
    `suspicious`: another reasonable reading of the same bytes may show another attachment, size or content than this
    strict one. `disputes`: the defects that make a safe judgement impossible.
    """

    __slots__ = (
        "_fields",
        "_header",
        "_root",
        "attachment_bytes",
        "attachments",
        "defects",
        "disputes",
        "ends_with_crlf",
        "has_8bit",
        "header_bytes",
        "header_whole",
        "leading_dots",
        "longest_line",
        "sha256",
        "size",
        "suspicious",
    )

    size: int
    sha256: str
    attachments: tuple[Attachment, ...]
    attachment_bytes: int
    defects: tuple[Defect, ...]
    disputes: tuple[Defect, ...]
    suspicious: bool
    leading_dots: int
    longest_line: int
    ends_with_crlf: bool
    has_8bit: bool
    header_bytes: int
    header_whole: bool  # False: the top header is larger than the limits, so what it says is not known
    _root: Part | None
    _header: TopHeader
    _fields: list[Field] | None

    def __init__(self, root: Part | None, header: TopHeader, fields: list[Field] | None) -> None:
        """Without `fields`, `header` is a usual one and asked for them when they are wanted."""
        self._root = root
        self._header = header
        self._fields = fields

    @property
    def root(self) -> Part:
        """The whole message as a part."""
        assert self._root is not None
        return self._root

    @property
    def header_block(self) -> bytes:
        """The raw top header, without its blank line."""
        return self._header.block

    @property
    def header_fields(self) -> list[Field]:
        """The fields of the top header, in order."""
        return self._header.fields() if self._fields is None else self._fields

    def headers(self, name: str) -> Iterator[bytes]:
        """Raw values of the top header fields with this name (case-insensitive), unfolded, in order."""
        key = name.lower().encode("ascii", "replace")
        return map(unfolded, self._raw(key))

    def count(self, name: str) -> int:
        """How many top header fields have this name (case-insensitive)."""
        key = name.lower().encode("ascii", "replace")
        return self._header.count(key) if self._fields is None else sum(1 for _ in self._raw(key))

    def has_field_like(self, prefix: bytes) -> bool:
        """Whether some top header field's name begins with `prefix` (lower case)."""
        if self._fields is None:
            return self._header.begins(prefix)
        return any(field[0].startswith(prefix) for field in self._fields)

    def _raw(self, key: bytes) -> Iterator[bytes]:
        if self._fields is None:
            return self._header.values(key)
        return (field[1] for field in self._fields if field[0] == key)

    @property
    def parts(self) -> Iterator[Part]:
        """Every part, in the order of the message."""
        return self.root.walk()


class SpooledMessage:
    """The content that goes upstream: a finished spool and its scan. Whoever made the spool closes it."""

    __slots__ = ("ends_with_crlf", "leading_dots", "scan", "size", "spool")

    def __init__(self, spool: Spool, scan: ScannedMessage) -> None:
        self.spool = spool
        self.scan = scan
        self.size = spool.size
        self.leading_dots = scan.leading_dots
        self.ends_with_crlf = scan.ends_with_crlf

    def in_memory(self) -> list[bytes] | None:
        """All of it, if it never left memory."""
        return self.spool.in_memory()

    def chunks(self, size: int = 262144) -> AsyncIterator[bytes]:
        """All of it in order, in pieces of about `size` bytes."""
        return self.spool.chunks(size)

    def read(self, offset: int, size: int) -> bytes:
        """At most `size` bytes from `offset`. May wait for the disk: call it from a thread for more than a little."""
        return self.spool.read(offset, size)

    def raw(self, part: Part, limit: int) -> bytes:
        """The first `limit` bytes of a part's body as they stand in the message."""
        return self.spool.read(part.header_end, min(limit, part.end - part.header_end))

    def decoded(self, part: Part, limit: int) -> bytes:
        """The first `limit` bytes of a part's decoded body. Reads only as much as that needs; see `read`."""
        decoder = decoder_for(part.encoding)
        out: list[bytes] = []
        room, at = limit, part.header_end
        while room > 0 and at < part.end:
            piece = self.spool.read(at, min(_READ, part.end - at))
            if not piece:
                break
            at += len(piece)
            out.append(decoder.feed(piece))
            room -= len(out[-1])
        out.append(decoder.finish())
        return b"".join(out)[:limit]
