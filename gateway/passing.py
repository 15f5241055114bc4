"""What a message carries that only we may say of it: marks and tags of an earlier passage, or of a forger.

A genuine mark, from a server that we trust and for this envelope, spares the message another judgement. Everything else
that speaks in our name is left out of what is delivered. Decides nothing else, and keeps nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Sequence
from typing import Final

from gateway.message.result import ScannedMessage, SpooledMessage
from gateway.model import Envelope
from gateway.proving import Origins
from gateway.trace import MARK, OURS, Mark, PassMarks, hides_ours, only_trace_above, tags_digest, until_empty
from gateway.upstream.base import Content

_BEHIND: Final = 256 * 1024  # bytes behind a line that is no field in which others may still see a header


class Passages:
    """One listener's view. `origins`: what else speaks in our name (Authentication-Results); None: nothing does."""

    def __init__(self, marks: PassMarks, origins: Origins | None) -> None:
        self._marks, self._origins = marks, origins

    async def ours_of(
        self, envelope: Envelope, message: ScannedMessage, content: SpooledMessage
    ) -> tuple[Sequence[tuple[int, int]], bool]:
        """Byte ranges of fields to leave out, and whether a genuine mark spares the judgement.

        Left out are forged marks, and every tag: what is true of it will be said anew.
        """
        fields = [f for f in message.header_fields if f[0].startswith(OURS)]
        skip: list[tuple[int, int]] = []
        tags: list[tuple[bytes, bytes]] = []
        judged = False
        for name, value, start, end in fields:
            mark = self._marks.read(value, start, end) if name == MARK else None
            if mark is None or not envelope.session.trusted or not self._marks.genuine(mark, envelope):
                tags.append((name, value))
                skip.append((start, end))
            elif not judged and self._spares(mark, envelope, message, tags):
                judged = await _digest_after(content, mark) == mark.digest
                if judged:
                    skip.clear()  # what stands above is ours: the mark says so
        return skip, judged

    async def hides_ours(self, message: ScannedMessage, content: SpooledMessage) -> bool:
        """Whether a field of ours stands in a header that others read further than we do: it could not be taken out."""
        end = len(message.header_block)
        if end == content.size or (end and content.read(end, 2) == b"\r\n"):
            return False  # it ends where everybody says so
        return await asyncio.to_thread(self._speaks_for_us, content, end)

    def _speaks_for_us(self, content: SpooledMessage, start: int) -> bool:
        """The same of what stands from `start` on. In a thread: a stranger may make reading it long."""
        behind = content.read(start, _BEHIND)
        return hides_ours(behind) or (self._origins is not None and self._origins.hides_results(until_empty(behind)))

    def _spares(
        self, mark: Mark, envelope: Envelope, message: ScannedMessage, tags: Sequence[tuple[bytes, bytes]]
    ) -> bool:
        """Whether a genuine mark is for this envelope, and nothing above it changes how the message is read."""
        return (
            tags_digest(tags) == mark.tags
            and self._marks.covers(mark, envelope, time.time())
            and only_trace_above(message.header_fields, mark.end)
        )


async def _digest_after(content: Content, mark: Mark) -> str:
    """SHA-256 (hex) of the content's bytes after the mark's field."""
    digest = hashlib.sha256()
    at = 0
    async for chunk in content.chunks():
        if at + len(chunk) > mark.end:
            digest.update(chunk[max(0, mark.end - at) :])
        at += len(chunk)
    return digest.hexdigest()
