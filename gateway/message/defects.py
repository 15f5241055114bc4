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
    BASE64_PADDING = "base64-padding"  # padding in the middle, missing or too much, or a lone last character
    QUOTED_PRINTABLE_MALFORMED = "quoted-printable-malformed"  # no escapes, or blanks after a soft line break
    ENCODING_UNBEGUN = "encoding-unbegun"  # uuencode, yEnc or BinHex is declared and never begins: nothing is decoded
    ENCODING_UNENDED = "encoding-unended"  # one of these, or an armour, without its end
    ENCODING_DAMAGED = "encoding-damaged"  # one of these with foreign lines, or a wrong length, size or checksum
    MESSAGE_PARTIAL = "message-partial"  # a piece of a message: whole nowhere but at the recipient (RFC 2046 5.2.2)
    EXTERNAL_BODY = "external-body"  # the content stands elsewhere (RFC 2046 5.2.3)
    FILENAME_RAW = "filename-raw"  # 8-bit bytes that say no charset
    FILENAME_INVALID = "filename-invalid"  # bytes that are wrong in the charset they claim
    FILENAME_TOO_LONG = "filename-too-long"
    # What the union of all readings finds (see `union`): clients disagree about these.
    STRUCTURE_AMBIGUOUS = "structure-ambiguous"  # a header says in more than one way what its body is
    HEADER_END_AMBIGUOUS = "header-end-ambiguous"  # a line of blanks, or one that is no field, ends it for some
    DELIMITER_AMBIGUOUS = "delimiter-ambiguous"  # a line that only some take for a delimiter
    NESTING_AMBIGUOUS = "nesting-ambiguous"  # a delimiter of two multiparts that are both open
    PARTS_AFTER_END = "parts-after-end"  # delimiters after the closing one
    LONE_CR = "lone-cr"  # a CR without LF, which ends a line for some
    ENCODED_PARTS = "encoded-parts"  # parts show once the multipart is decoded
    BOUNDARY_GUESSED = "boundary-guessed"  # parts show with a boundary that no header gives
    ENCODING_AMBIGUOUS = "encoding-ambiguous"  # declared twice, or in a way that is read differently
    ENCODING_MISMATCH = "encoding-mismatch"  # the body does not look like what is declared, and decodes as another
    HIDDEN_PART = "hidden-part"  # a header with Content- fields where no part begins
    HIDDEN_RUN = "hidden-run"  # uuencode, yEnc, BinHex, base64 or an armour within a text
    READINGS_CONFLICT = "readings-conflict"  # two readings each show an attachment that the other does not
    ENCODINGS_CONFLICT = "encodings-conflict"  # an attachment is another file in each of the encodings declared
    PART_OUTSIDE = "part-outside"  # an attachment in a preamble or epilogue, or after the closing delimiter
    TOO_MANY_READINGS = "too-many-readings"  # more than are tried
    TOO_MUCH_TO_READ = "too-much-to-read"  # headers, delimiters or bytes beyond what the union looks at
    TOO_MANY_CONTENTS = "too-many-contents"  # more than are handed on
    UNSNIFFED = "unsniffed"  # more attachments than are sniffed
    MORE = "more-defects"  # the list is full


ELSEWHERE = {"message/partial": Flaw.MESSAGE_PARTIAL, "message/external-body": Flaw.EXTERNAL_BODY}
"""Media types of parts whose content stands elsewhere."""


class DefectLog:
    """At most `limit` different defects, in the order of the message; the last one then says that there are more."""

    __slots__ = ("_found", "_limit")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._found: dict[Defect, None] = {}

    def add(self, name: Flaw, where: str = "") -> bool:
        """Note a defect of the part at path `where`; False if there was no room for it."""
        if len(self._found) < self._limit - 1:
            self._found[Defect(name.value, where)] = None
        elif Defect(name.value, where) not in self._found:
            self._found[Defect(Flaw.MORE.value)] = None
            return False
        return True

    def taken(self) -> tuple[Defect, ...]:
        """What was found."""
        return tuple(self._found)
