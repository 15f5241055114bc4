"""What kind of file some bytes are, as far as opening it depends on that. Opens nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import BinaryIO

from gateway.message.latetype import disc_of
from gateway.message.part import CARDS

MACROS_OF_MHTML = b"ActiveMime"  # Word puts the macros of a document that it saves as MHTML into such a part
_ONENOTE = bytes.fromhex("e4525c7b8cd8a74d"), bytes.fromhex("a12fff43d9ef764c")  # libmagic takes some for text
_FEW = 4 * 1024  # bytes that tell nearly every kind; libmagic takes longer over more
UNKNOWN = "application/octet-stream"
_UNKNOWN = (UNKNOWN, "")
_CARD = "text/calendar"
_MESSAGES = frozenset(("message/rfc822", "message/global", "message/news"))
_MESSAGE_ENDINGS = frozenset(["eml", "mht", "mhtml", "mhtm", "nws"])
_MIME_LINE = re.compile(rb"(?im)^MIME-Version:[ \t]*1\.0")  # Word finds an MHTML document behind anything else, too
_MESSAGE_HEAD = re.compile(rb"(?i)(?:\xef\xbb\xbf)?\s{0,16}MIME-Version:[ \t]*1\.0")  # Word opens such a file, too
_END = b"PK\x05\x06"  # the record at the end of a zip's directory, before a comment of at most 64 KiB
_END_WITHIN = 22 + 65_535

# What libmagic says of a document where the file's first bytes do not tell which, and what its reader then finds.
_UNTOLD = "zip octet-stream x-ole-storage cdfv2 vnd.ms-office xml"
_VAGUE = frozenset(["text/plain", "text/xml"] + [f"application/{kind}" for kind in _UNTOLD.split()])
_OFFICE, _MICROSOFT = "application/vnd.openxmlformats-officedocument", "application/vnd.ms"
_OPEN = "application/vnd.oasis.opendocument"
_FORMATS = {
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "pptx": f"{_OFFICE}.presentationml.presentation",
    "docm": f"{_MICROSOFT}-word.document.macroenabled.12",
    "xlsm": f"{_MICROSOFT}-excel.sheet.macroenabled.12",
    "xlsb": f"{_MICROSOFT}-excel.sheet.binary.macroenabled.12",
    "pptm": f"{_MICROSOFT}-powerpoint.presentation.macroenabled.12",
    "odt": f"{_OPEN}.text",
    "ods": f"{_OPEN}.spreadsheet",
    "odp": f"{_OPEN}.presentation",
    "doc": "application/msword",
    "xls": f"{_MICROSOFT}-excel",
    "ppt": f"{_MICROSOFT}-powerpoint",
    "msg": f"{_MICROSOFT}-outlook",
}


def precise(kind: str, format: str) -> str:
    """The kind of a document that was read, where it was not clear before. `format`: as its reader names it."""
    return _FORMATS.get(format, kind) if kind.lower() in _VAGUE else kind


def declared_kind(kind: str, declared: str) -> str:
    """The kind of a text that its message calls a calendar or card: clients look for one behind anything else."""
    return _CARD if declared in CARDS and (kind.startswith("text/") or kind in _UNKNOWN) else kind


def kind_of(sniff: Callable[[bytes], str], head: bytes) -> str:
    """ "type/subtype" by content."""
    if head.startswith(_ONENOTE):
        return "application/onenote"
    kind = sniff(head[:_FEW])
    if kind not in _UNKNOWN or len(head) <= _FEW:
        return kind
    # What else libmagic tells by bytes further on, of what it does not know by now, is no file that anybody opens.
    return disc_of(head) or kind


def is_message(kind: str, name: str, declared: str, head: bytes) -> bool:
    """True where some program would open it as a mail message: by content, by what is declared, or text by its name."""
    if kind in _MESSAGES or declared in _MESSAGES or _MESSAGE_HEAD.match(head):
        return True
    if b"ersion:" in head and _MIME_LINE.search(head):
        return True
    return name.rpartition(".")[2].lower() in _MESSAGE_ENDINGS and (kind.startswith("text/") or kind in _UNKNOWN)


def ends_like_zip(file: BinaryIO, size: int) -> bool:
    """True where a zip's directory ends near the end: programs find it there, whatever stands before it."""
    file.seek(max(0, size - _END_WITHIN))
    return file.read(_END_WITHIN).rfind(_END) >= 0  # twice as fast as looking from the front
