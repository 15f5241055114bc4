"""What a child is asked, as it reads it out of a worker's frames. The worker is trusted: a wrong form is a bug."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from gateway.archives.limits import ArchiveLimits
from gateway.documents.limits import DocumentLimits
from gateway.inspection.forms import attachments_of, extracts_of, view_form
from gateway.inspection.limits import WalkLimits
from gateway.inspection.listing import Listing
from gateway.inspection.reading import reading_of
from gateway.inspection.texts import Texts, known_bodies
from gateway.inspection.walk import Sniff, Walk
from gateway.inspection.words_forms import bodies_of
from gateway.message.extract import Extract, Read
from gateway.message.limits import ScanLimits
from gateway.message.readings.limits import UnionLimits
from gateway.model import Attachment
from gateway.wording.bodies import Body

_WORDS = 0.7  # share of the time after which no more words are read: files come first
Send = Callable[[dict[str, Any]], None]


def limits_of(fields: dict[str, Any]) -> WalkLimits:
    """The limits, as JSON made them of the worker's."""
    rooms: dict[str, Callable[..., Any]] = {
        "scan": ScanLimits,
        "union": UnionLimits,
        "archives": ArchiveLimits,
        "documents": DocumentLimits,
    }
    made: dict[str, Any] = {key: rooms[key](**value) if key in rooms else value for key, value in fields.items()}
    return WalkLimits(**made)


def look(request: dict[str, Any], fd: int, send: Send, limits: WalkLimits, sniff: Sniff) -> bool:
    """Look into the message behind a descriptor; send what is found. Returns whether this process is worn out."""
    size, wants = request["size"], request["wants"]
    begin, seconds = time.monotonic(), float(request["seconds"])
    read = _reader(fd, size)
    attachments, extracts, bodies = _message(request, read, send, limits, sniff)
    if not wants:
        return False

    def late(share: float = 1.0) -> bool:
        return time.monotonic() > begin + share * seconds

    texts = Texts(wants, limits, send, partial(late, _WORDS))
    if texts.wanted:
        texts.bodies(read, bodies)
        texts.flush()
    listing = Listing(limits, send)
    walk = Walk(limits, sniff, listing, late, text="text" in wants, texts=texts if texts.wanted else None)
    walk.message(read, size, attachments, extracts)
    texts.end()
    return walk.worn or texts.worn


def _message(
    request: dict[str, Any], read: Read, send: Send, limits: WalkLimits, sniff: Sniff
) -> tuple[Sequence[Attachment], Sequence[Extract], list[tuple[Extract, Body]]]:
    """A message's attachments, its contents, and those of them that are shown as texts."""
    if "extracts" in request:
        attachments, extracts = attachments_of(request["attachments"]), extracts_of(request["extracts"])
        known = {body.part: body for body in bodies_of(request.get("bodies", []))}
        return attachments, extracts, [(one, known[one.part]) for one in extracts if one.part in known]
    scanned, view = reading_of(read, request["size"], limits, sniff)
    send({"view": view_form(view)})
    known = {body.part: body for body in known_bodies(scanned)}
    shown = [one for one in view.extracts if not one.attachment]
    return (
        view.attachments,
        view.extracts,
        [(one, known.get(one.part) or Body(one.part, one.declared_type, "")) for one in shown],
    )


def _reader(fd: int, total: int) -> Read:
    def read(offset: int, size: int) -> bytes:
        return os.pread(fd, max(0, min(size, total - offset)), offset)

    return read
