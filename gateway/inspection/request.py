"""What a child is asked, as it reads it out of a worker's frames. The worker is trusted: a wrong form is a bug."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from gateway.archives.limits import ArchiveLimits
from gateway.documents.limits import DocumentLimits
from gateway.inspection.forms import attachments_of, extracts_of, view_form
from gateway.inspection.limits import WalkLimits
from gateway.inspection.listing import Listing
from gateway.inspection.reading import reading_of
from gateway.inspection.walk import Sniff, Walk
from gateway.message.extract import Read
from gateway.message.limits import ScanLimits
from gateway.message.readings.limits import UnionLimits

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
    end = time.monotonic() + request["seconds"]
    read = _reader(fd, size)
    if "extracts" in request:
        attachments, extracts = attachments_of(request["attachments"]), extracts_of(request["extracts"])
    else:
        _scanned, view = reading_of(read, size, limits, sniff)
        attachments, extracts = view.attachments, view.extracts
        send({"view": view_form(view)})
    if not wants:
        return False
    walk = Walk(limits, sniff, Listing(limits, send), lambda: time.monotonic() > end, text="text" in wants)
    walk.message(read, size, attachments, extracts)
    return walk.worn


def _reader(fd: int, total: int) -> Read:
    def read(offset: int, size: int) -> bytes:
        return os.pread(fd, max(0, min(size, total - offset)), offset)

    return read
