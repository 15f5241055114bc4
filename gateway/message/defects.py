"""The names of everything that can be wrong with a message's form, and the bounded list of what was."""

from __future__ import annotations

from enum import StrEnum

from gateway.model import Defect


class Flaw(StrEnum):
    """A defect's stable name, as in the journal and in `congthu inspect`. Renaming one breaks stored queries."""

    HEADER_MALFORMED = "header-malformed"  # a line that is neither field nor continuation ended the header
    HEADER_UNENDED = "header-unended"  # no blank line between header and body
    HEADER_TOO_LARGE = "header-too-large"
    HEADER_TOO_MANY = "header-too-many"
    MBOX_FROM = "mbox-from"  # "From " before the first field
    DUPLICATE_FIELD = "duplicate-field"  # two of Content-Type, -Transfer-Encoding or -Disposition: the first is taken
    DUPLICATE_PARAMETER = "duplicate-parameter"  # the first is taken
    CONTENT_TYPE_INVALID = "content-type-invalid"  # read as text/plain (RFC 2045 5.2)
    ENCODING_UNKNOWN = "encoding-unknown"  # taken as it stands
    ENCODED_CONTAINER = "encoded-container"  # multipart with base64 or quoted-printable (RFC 2045 6.4)
    ENCODED_MESSAGE = "encoded-message"  # message/rfc822 with base64 or quoted-printable: one leaf
    BOUNDARY_MISSING = "boundary-missing"  # multipart without a boundary: one leaf
    BOUNDARY_TOO_LONG = "boundary-too-long"
    BOUNDARY_REUSED = "boundary-reused"  # the boundary of an enclosing multipart; the outer one is obeyed
    BOUNDARY_SUFFIX = "boundary-suffix"  # a line that begins with a boundary and goes on: not a delimiter
    MULTIPART_UNENDED = "multipart-unended"  # no closing delimiter
    MULTIPART_EMPTY = "multipart-empty"  # its boundary never appeared
    TOO_DEEP = "too-deep"
    TOO_MANY_PARTS = "too-many-parts"
    BASE64_JUNK = "base64-junk"  # characters outside the alphabet, skipped
    BASE64_PADDING = "base64-padding"  # padding in the middle, missing, or a lone last character
    FILENAME_RAW = "filename-raw"  # 8-bit bytes that say no charset
    FILENAME_INVALID = "filename-invalid"  # bytes that are wrong in the charset they claim
    FILENAME_TOO_LONG = "filename-too-long"
    UNSNIFFED = "unsniffed"  # more attachments than are sniffed
    MORE = "more-defects"  # the list is full


class DefectLog:
    """At most `limit` different defects, in the order of the message; the last one then says that there are more."""

    __slots__ = ("_found", "_limit")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._found: dict[Defect, None] = {}

    def add(self, name: Flaw, where: str = "") -> None:
        """Note a defect of the part at path `where`."""
        if len(self._found) < self._limit - 1:
            self._found[Defect(name.value, where)] = None
        elif Defect(name.value, where) not in self._found:
            self._found[Defect(Flaw.MORE.value)] = None

    def taken(self) -> tuple[Defect, ...]:
        """What was found."""
        return tuple(self._found)
