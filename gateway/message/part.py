"""One entity of a message as offsets into the spooled bytes. Knows no parsing."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.message.decode import RUN_ENCODINGS

ENCODED = frozenset(("base64", "quoted-printable", *RUN_ENCODINGS))
PLAIN = ("", "7bit", "8bit", "binary")

CARDS = frozenset(("text/calendar", "text/vcard", "text/x-vcard", "text/x-vcalendar", "text/directory"))
"""Calendars and visiting cards: texts that clients show, and that may have files in them."""
_TEXTS = "plain html enriched richtext x-amp-html watch-html rfc822-headers"
_SHOWN = CARDS.union(f"text/{kind}" for kind in _TEXTS.split(" "))


def is_shown(content_type: str) -> bool:
    """True for a text that clients show among the others. What they do not know they offer to save, text or not."""
    return content_type in _SHOWN


class Part:
    """A MIME entity. Offsets are bytes into the content: header at [start, header_end), body at [header_end, end).

    `content_type` is lower-case "type/subtype"; `charset`, `encoding` and `disposition` lower-case, empty if not said;
    `filename` decoded; `decoded_size` in bytes (0 for multiparts, all of its bytes for a nested message); `sha256`
    (hex, of the decoded bytes) and `sniffed_type` only for attachments (no digest of a message that is nested more than
    fourfold); `path` is "1" for the message, "1.2" for its second child.

    `attachment`: a client would offer to save it. That is a leaf which is no text that clients show (`is_shown`), or
    has a file name, or a disposition other than "inline" (RFC 2183 2.8); so S/MIME and PGP containers are, as a whole,
    and so is a calendar or card with a file in it. A nested message is one, and its own attachments, which stand below
    it, are others. A multipart is one only if its boundary never appears.
    """

    __slots__ = (
        "attachment",
        "charset",
        "children",
        "content_type",
        "decoded_size",
        "disposition",
        "encoding",
        "end",
        "filename",
        "header_end",
        "path",
        "sha256",
        "sniffed_type",
        "start",
    )

    def __init__(self, path: str, start: int) -> None:
        self.path = path
        self.start = start
        self.header_end = start
        self.end = start
        self.content_type = "text/plain"
        self.charset = ""
        self.encoding = ""
        self.disposition = ""
        self.filename = ""
        self.decoded_size = 0
        self.sha256 = ""
        self.sniffed_type = ""
        self.attachment = False
        self.children: list[Part] = []

    def walk(self) -> Iterator[Part]:
        """This part and all below it, in the order of the message."""
        waiting = [self]
        while waiting:
            part = waiting.pop()
            yield part
            waiting.extend(reversed(part.children))

    def __repr__(self) -> str:
        return f"Part({self.path} {self.content_type} [{self.start}:{self.header_end}:{self.end}])"
