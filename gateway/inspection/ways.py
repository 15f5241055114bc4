"""How one file would be opened, told by its first bytes, its kind and its name. Opens nothing.

A child opens files in these ways; a worker asks only whether there is any.
"""

from __future__ import annotations

from enum import Enum, auto

from gateway.archives.kinds import by_head, can_expand
from gateway.documents.read import format_of
from gateway.inspection.kinds import is_message
from gateway.inspection.need import harmless
from gateway.inspection.sealed import has_content, is_encrypted

_TEXT = ("text/", "message/")
_ONLY_TEXT = ("txt",)  # documents that hold nothing but words


class Way(Enum):
    """One way to open a file."""

    ENCRYPTED = auto()  # an encrypted message: nothing to open, but to be named
    MESSAGE = auto()
    ENVELOPE = auto()  # S/MIME around a whole message, signed or compressed
    DOCUMENT = auto()
    ARCHIVE = auto()
    PERHAPS_ZIP = auto()  # an archive where it ends as a zip does (`kinds.ends_like_zip`), else nothing


def ways_of(kind: str, name: str, head: bytes, declared: str, *, text: bool) -> tuple[Way, ...]:
    """The ways to try in turn; the first that succeeds is the last that is tried.

    `kind`: "type/subtype" by content. `head`: the first bytes, `content.HEAD` of them where there are so many.
    `declared`: what the message calls it. `text`: the words in documents are wanted, too.
    """
    enveloped = has_content(head)
    message = not enveloped and is_message(kind, name, declared, head)
    if not head or (harmless(kind, name) and not message and not text):
        return ()
    if is_encrypted(kind, head):
        return (Way.ENCRYPTED,)
    ways = [Way.MESSAGE] if message else []
    if message and kind.startswith(_TEXT):
        return tuple(ways)
    if enveloped:
        ways.append(Way.ENVELOPE)
    elif _is_document(kind, name, head, text=text):
        ways.append(Way.DOCUMENT)
    if can_expand(kind, name, head):
        ways.append(Way.ARCHIVE)
    elif not harmless(kind, name):
        ways.append(Way.PERHAPS_ZIP)
    return tuple(ways)


def _is_document(kind: str, name: str, head: bytes, *, text: bool) -> bool:
    reader = format_of(kind, name, head)
    if by_head(head) is not None and reader != "package":  # an archive, and a document by its name only
        return False
    return bool(reader) and (text or reader not in _ONLY_TEXT)
