"""What is read of every message, in the worker, while it is there: its header, its files' names, its texts if small.

Runs on the event loop: an ordinary message takes some tens of microseconds. Texts that may take longer, documents and
messages with several readings are left for whoever opens files, who then reads everything but the header again.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from gateway.contents import Source, Words
from gateway.documents.read import can_read
from gateway.message.part import CARDS, Part
from gateway.message.result import ScannedMessage, SpooledMessage
from gateway.model import Attachment
from gateway.vietnamese.prefilter import spelled, suspects
from gateway.wording.bodies import HTML, body_of, leaves_of, read_body
from gateway.wording.fields import read_header, read_inner_header
from gateway.wording.judge import Origin
from gateway.wording.reader import Reader

SMALL = 128 * 1024  # bytes of all texts together, decoded, that are read here where that takes no time
_MARKED_UP = 2  # times as much of it is a text in HTML, which may have to be read tag by tag, and one that is no UTF-8
DENSE = 8 * 1024  # the same, whatever they are
_NAMES = 8 * 1024  # characters of files' names that are read here
_INNER = 20  # messages inside the message whose subjects are read here
_HEAD = 4096  # bytes of a file
_HEADER = 16 * 1024  # octets of a header of a message inside the message
_NO_WORDS = ("image/", "audio/", "video/", "font/")
_DRAWING = "image/svg+xml"
_PAGES = CARDS | {HTML}  # a calendar may have pages in it
_NEITHER = frozenset(
    f"application/{kind}"
    for kind in ("pgp-signature", "pgp-keys", "pkcs7-signature", "x-pkcs7-signature", "x-dosexec", "vnd.microsoft.icon")
)
_UNKNOWN = "application/octet-stream"
_SIGNATURES = (".p7s", ".sig")


def read_inline(content: SpooledMessage, message: ScannedMessage, wants: frozenset[str]) -> tuple[Words, bool]:
    """What is remarkable in the texts that are read at once, and whether others are left for another process.

    `wants`: some of `gateway.wording.reader.ALL`. `contents.NO_WORDS` itself where there is nothing.
    """
    reader = Reader(wants)
    read_header(reader, message)
    done = read_names(reader, message)
    if message.root.children:
        _inner_headers(reader, content, message)
    done = _read_bodies(reader, content, message) and done
    left = message.suspicious or not done or _has_documents(content, message)
    return reader.words, left


def read_names(reader: Reader, message: ScannedMessage) -> bool:
    """Read the names of attached files, and return whether these were all of them."""
    room = _NAMES
    for attachment in message.attachments:
        room -= len(attachment.filename)
        if room < 0:
            return False
        if attachment.filename:
            reader.text(Source.NAME, attachment.filename, part=attachment.part, names=(attachment.filename,))
    return True


def _read_bodies(reader: Reader, content: SpooledMessage, message: ScannedMessage) -> bool:
    """Read all texts that the message shows, or none, and return whether that was done."""
    leaves = list(leaves_of(message))
    size = sum(part.decoded_size for part, _quoted in leaves)
    if _is_long(reader, leaves, size) or content.in_memory() is None:
        return not size
    texts = [(body_of(part, quoted), content.decoded(part, SMALL)) for part, quoted in leaves]
    if size > DENSE and sum(_suspect(data) for _body, data in texts) > DENSE:
        return False
    for body, data in texts:
        read_body(reader, body, data)
    return True


def _is_long(reader: Reader, leaves: Sequence[tuple[Part, bool]], size: int) -> bool:
    if reader.is_thorough:
        return size > DENSE
    weights = (part.decoded_size * (_MARKED_UP if part.content_type in _PAGES else 1) for part, _quoted in leaves)
    return sum(weights) > SMALL


def _suspect(data: bytes) -> int:
    """How much of a text is neither ASCII nor good Unicode, and so takes far longer. Characters."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        if len(data) > SMALL // _MARKED_UP:
            return len(data)  # whose bytes may be read in several ways, each in turn
        text = data.decode("latin-1")
    return sum(end - start for start, end in chain(suspects(text), spelled(text)))


def _inner_headers(reader: Reader, content: SpooledMessage, message: ScannedMessage) -> None:
    """The subjects of messages inside the message."""
    inner = [part for part in message.parts if part.content_type == "message/rfc822" and part.children]
    for part in inner[:_INNER]:
        head = part.children[0]
        block = content.read(head.start, min(_HEADER, head.header_end - head.start))
        read_inner_header(reader, block, Origin(Source.QUOTED, part.path, where="Subject"))


def _has_documents(content: SpooledMessage, message: ScannedMessage) -> bool:
    return any(_has_words(content, message, attachment) for attachment in message.attachments)


def may_hold_words(attachment: Attachment) -> bool:
    """False for a file that is known to hold no text: a picture, a sound, a signature, nothing at all.

    A message that stands in its message as it is holds none either: its parts are looked at by themselves.
    """
    kind = attachment.sniffed_type
    if not attachment.decoded_size or kind in _NEITHER:
        return False
    if kind == _UNKNOWN and attachment.filename.lower().endswith(_SIGNATURES):
        return False
    if kind == "message/rfc822" and attachment.counted >= 0:
        return False
    return kind == _DRAWING or not kind.startswith(_NO_WORDS)


def _has_words(content: SpooledMessage, message: ScannedMessage, attachment: Attachment) -> bool:
    """Whether a file is to be opened for its words; of bytes of no known kind their beginning decides."""
    if attachment.sniffed_type != _UNKNOWN or content.in_memory() is None:
        return may_hold_words(attachment)
    part = next((part for part in message.parts if part.path == attachment.part), None)
    return part is not None and can_read(_UNKNOWN, attachment.filename, _head(content, part))


def _head(content: SpooledMessage, part: Part) -> bytes:
    return content.decoded(part, _HEAD)
