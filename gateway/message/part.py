"""One entity of a message as offsets into the spooled bytes. Knows no parsing."""

from __future__ import annotations

from collections.abc import Iterator


class Part:
    """A MIME entity. Offsets are bytes into the content: header at [start, header_end), body at [header_end, end).

    `content_type` is lower-case "type/subtype"; `charset`, `encoding` and `disposition` lower-case, empty if not said;
    `filename` decoded; `decoded_size` in bytes (0 for containers); `sha256` (hex, of the decoded bytes) and
    `sniffed_type` only for attachments; `path` is "1" for the message, "1.2" for its second child.
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
