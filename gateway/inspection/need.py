"""Whether a message's files have to be opened: asked for every message, in the worker, so it looks nothing up twice.

What a content is decides; a name can only make it worse. Whatever is not known to be harmless is opened.
"""

from __future__ import annotations

from functools import lru_cache

from gateway.message.part import CARDS
from gateway.message.result import ScannedMessage
from gateway.model import Attachment
from gateway.wording.inline import may_hold_words

_PICTURES = "jpg jpeg jpe jfif png gif bmp dib tif tiff webp heic heif avif ico jp2"
_SOUNDS = "mp3 m4a wav ogg oga opus flac aac amr mid midi wma"
_FILMS = "mp4 m4v mov avi mkv webm 3gp mpg mpeg wmv"
_TEXTS = "txt text log md"
_OTHERS = "p7s sig asc"  # detached signatures
_EXTENSIONS = frozenset(["", *f"{_PICTURES} {_SOUNDS} {_FILMS} {_TEXTS} {_OTHERS}".split()])

# Kinds that libmagic tells by more than a few bits; what only looks a little like a sound or a picture is opened.
_STILL = "jpeg png gif bmp x-ms-bmp tiff webp heic heif avif vnd.microsoft.icon x-icon jp2"
_HEARD = "mp4 x-m4a x-wav wav ogg flac x-flac amr midi"
_MOVING = "mp4 quicktime x-msvideo webm x-matroska 3gpp mpeg"
_SIGNED = "pgp-signature pkcs7-signature x-pkcs7-signature"
_KINDS = frozenset(
    ["inode/x-empty", "text/plain"]
    + [f"image/{kind}" for kind in _STILL.split()]
    + [f"audio/{kind}" for kind in _HEARD.split()]
    + [f"video/{kind}" for kind in _MOVING.split()]
    + [f"application/{kind}" for kind in _SIGNED.split()]
)
_SOUND = "audio/mpeg"  # two octets tell it
_SIGNATURE = "application/pgp-signature"
_SIGNATURES = frozenset(("p7s", "sig"))  # DER that libmagic does not name
_LONGEST = 16  # characters at a name's end that are looked at: no harmless extension is as long


def needs_look(scanned: ScannedMessage, *, text: bool = False) -> bool:
    """True where a message's files must be opened to know what is in them, or where it can be read in several ways.

    `text`: the words in its documents and texts are wanted, too.
    """
    if scanned.suspicious:
        return True
    for attachment in scanned.attachments:  # a loop: half of what any() over a generator takes
        if attachment.decoded_size and not _is_harmless(attachment) and not _is_envelope(attachment):
            return True
        if text and may_hold_words(attachment):
            return True
    return False


def is_closed(attachment: Attachment) -> bool:
    """True for an attachment that by itself does not make a look necessary."""
    return _is_harmless(attachment) or not attachment.decoded_size or _is_envelope(attachment)


def _is_harmless(attachment: Attachment) -> bool:
    """A calendar or card that is a file has files in it, whatever it looks like at its beginning."""
    return attachment.declared_type not in CARDS and harmless(attachment.sniffed_type, attachment.filename)


def _is_envelope(attachment: Attachment) -> bool:
    """True for a message that stands in its message as it is: the scan listed what is attached to it."""
    return attachment.counted >= 0 and attachment.sniffed_type == "message/rfc822"


def harmless(kind: str, name: str) -> bool:
    """True for a content that holds no other file and runs nothing, under a name that does not claim otherwise.

    `kind`: "type/subtype" by content, "" for one that was not looked at.
    """
    extension = name.rstrip(" .")[-_LONGEST:].rpartition(".")[2] if "." in name else ""  # Windows strips them, too
    return _harmless(kind, extension)


@lru_cache(4096)
def _harmless(kind: str, extension: str) -> bool:
    ending = extension.lower()
    if ending not in _EXTENSIONS:
        return False
    if kind == _SOUND or ending == "asc":
        return (kind, ending) in ((_SOUND, "mp3"), (_SIGNATURE, "asc"))
    return kind in _KINDS or (kind == "application/octet-stream" and ending in _SIGNATURES)
