"""The look into a message's files, for the pipeline: one object for each worker. It never raises and never takes long.

`needs_look` says for nearly nothing whether a message needs one. What a child found so far is kept when it dies: then
the attachments that it did not come to are named as unchecked.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Coroutine
from typing import Any

from gateway.contents import NO_WORDS, ContainedFile, Unchecked, Why
from gateway.inspection.forms import attachment_rows, document_of, extract_rows, files_of, unchecked_of, view_of
from gateway.inspection.limits import PoolLimits, WalkLimits
from gateway.inspection.need import needs_look
from gateway.inspection.pool import Pool
from gateway.inspection.process import Child, ChildError, log
from gateway.inspection.result import DocumentText, Result
from gateway.inspection.source import Source, descriptor
from gateway.inspection.texts import known_bodies
from gateway.inspection.wire import text
from gateway.inspection.words_forms import body_rows, words_of
from gateway.message.result import ScannedMessage
from gateway.message.union import UnionView, strict_view
from gateway.metrics import InspectionMetrics, watch_inspection
from gateway.wording.kept import merged
from gateway.wording.reader import ALL

__all__ = ["DocumentText", "Inspector", "PoolLimits", "Result", "WalkLimits", "needs_look"]

_GRACE = 1.0  # seconds that a child may go on with a message whose client is gone, before it is replaced
_SOFT = 0.8  # share of the time after which a child itself stops looking further, so that what it has arrives
_LEAST = 0.1  # seconds without which it is not worth beginning
_DEATHS = frozenset((Why.DIED, Why.TIME, Why.TOO_LARGE))  # of which the child is to blame, or what it was given
_PROGRAM = "gateway.inspection.child"


class Inspector:
    """Looks into messages. Belongs to its event loop; `program`: the module that children run."""

    def __init__(
        self,
        limits: PoolLimits | None = None,
        walk: WalkLimits | None = None,
        *,
        program: str = _PROGRAM,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.limits = limits or PoolLimits()
        self._walk = walk or WalkLimits()
        self._program, self._environment = program, environment
        self._pool = Pool(self.limits, self._start_child)
        self._tasks: set[asyncio.Task[bool]] = set()
        self._warned = False
        self._metrics = InspectionMetrics()
        watch_inspection(self._pool)

    @property
    def lacking(self) -> tuple[str, ...]:
        """What children lack on this machine, of confinement and of readers, by name; empty while none has started."""
        return self._pool.lacking

    @property
    def running(self) -> int:
        """Children that are ready or at work."""
        return self._pool.running

    async def start(self) -> None:
        """Begin to start children where they are prewarmed. Does not wait for them and does not fail."""
        self._pool.prewarm()

    async def close(self) -> None:
        """End all children at once; looks that are under way end with what they have."""
        for task in tuple(self._tasks):
            task.cancel()
        await self._pool.close()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def inspect(self, source: Source, scanned: ScannedMessage, wants: frozenset[str], *, key: str = "") -> Result:
        """Look into a message. Raises nothing; what could not be looked into is in the result's `unchecked`.

        `source`: its bytes, kept until this returns. `scanned`: its strict scan. `wants`: "files" for what is in its
        attachments, "text" for their text besides, and any of `gateway.wording.reader.ALL` for what is told of
        all texts but those of the header; empty for the view alone, which a message that is not
        suspicious does not need. `key`: on whose behalf, a client's or an account's; where messages wait for a child,
        those of others have their turn first (see `turns`).
        """
        began = time.monotonic()
        answer = _Answer(scanned, words=not ALL.isdisjoint(wants))
        if not (scanned.suspicious or wants):
            return Result()
        try:
            child = await self._pool.take(self.limits.timeout, key)
        except ChildError as error:
            answer.failed(error.reason)
        else:
            if not await self._guarded(self._ask(child, source, scanned, wants, began, answer)):
                answer.failed(Why.UNAVAILABLE)  # we closed before the child was asked
        self._metrics.looked(answer.outcome, time.monotonic() - began)
        return answer.result()

    async def _guarded(self, work: Coroutine[Any, Any, bool]) -> bool:
        """Wait for the work; when the waiting is cancelled (the client is gone) it may go on for a moment.

        False where it was ended before it began: a cancelled task that never ran runs nothing, not even its `finally`.
        """
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError:
            asyncio.get_running_loop().call_later(_GRACE, task.cancel)
            raise
        return not task.cancelled() and task.result()

    async def _ask(
        self,
        child: Child,
        source: Source,
        scanned: ScannedMessage,
        wants: frozenset[str],
        began: float,
        answer: _Answer,
    ) -> bool:
        """One message, one child: whatever happens, the child is given back, and the answer says what happened."""
        fd, gone = -1, True
        try:
            fd, size = await descriptor(source)
            left = max(_LEAST, began + self.limits.timeout - time.monotonic())
            request = self._request(scanned, size, wants, left)
            if answer.words is not None and not scanned.suspicious:
                request["bodies"] = body_rows(known_bodies(scanned))
            await child.ask(request, fd, left, answer.take)
            gone = False
        except ChildError as error:
            answer.failed(error.reason)
            log.warning("inspection.failed", pid=child.pid, reason=error.reason.value, size=scanned.size)
        except OSError as error:
            answer.failed(Why.UNAVAILABLE)
            log.error("inspection.no_descriptor", error=error.strerror or str(error))
        except Exception:  # a bug of ours: the message is not checked, and says so
            answer.failed(Why.DIED)
            log.exception("inspection.bug")
        except asyncio.CancelledError:  # the client is gone, or we are closing
            answer.failed(Why.UNAVAILABLE)
        finally:
            if fd >= 0:
                os.close(fd)
            self._pool.release(child, died=gone and answer.outcome in _DEATHS, worn=gone or answer.worn)
        return True

    def _request(self, scanned: ScannedMessage, size: int, wants: frozenset[str], seconds: float) -> dict[str, Any]:
        request: dict[str, Any] = {
            "size": size,
            "wants": sorted(wants),
            "seconds": seconds * _SOFT,
            "cpu": min(self.limits.cpu_time, seconds),
        }
        if not scanned.suspicious:  # the child need not read the message again to know where its files are
            view = strict_view(scanned)
            request["attachments"] = attachment_rows(view.attachments)
            request["extracts"] = extract_rows(view.extracts)
        return request

    async def _start_child(self) -> Child:
        child = await Child.start(self._program, self.limits.memory, self._walk, self._environment)
        if child.lacking and not self._warned:
            self._warned = True
            log.warning("inspection.lacking", lacking=list(child.lacking))
        return child


class _Answer:
    """What has arrived of one message's answer. `words`: None where they are not wanted."""

    __slots__ = (
        "_documents",
        "_files",
        "_parts",
        "_scanned",
        "_unchecked",
        "_view",
        "outcome",
        "words",
        "words_failed",
        "worn",
    )

    def __init__(self, scanned: ScannedMessage, *, words: bool) -> None:
        self.words = NO_WORDS if words else None
        self.words_failed = Why.DIED.value if words else ""  # until the child says that it came to the end
        self._scanned = scanned
        self._view: UnionView | None = None
        self._files: list[ContainedFile] = []
        self._unchecked: list[Unchecked] = []
        self._documents: list[DocumentText] = []
        self._parts: set[str] = set()
        self.outcome = "done"
        self.worn = False

    def take(self, frame: dict[str, Any]) -> None:
        """One frame of a child. FrameError or ValueError where it is not as agreed."""
        if "view" in frame:
            self._view = view_of(frame["view"])
        self._files += files_of(frame.get("files", []))
        self._unchecked += unchecked_of(frame.get("unchecked", []))
        if "document" in frame:
            self._document(document_of(frame["document"]), bool(frame.get("goes_on")))
        if self.words is not None and "words" in frame:
            self.words = merged(self.words, words_of(frame["words"]))
        if self.words is not None and "words_failed" in frame:
            self.words_failed = text(frame["words_failed"])
        if "part" in frame:
            self._parts.add(str(frame["part"]))
        self.worn = frame.get("end") == "worn"
        if "failed" in frame:
            self.failed(Why(frame["failed"]))
        for line in frame.get("bugs", [])[:10]:
            log.error("inspection.bug", where=str(line)[:200])

    def _document(self, document: DocumentText, goes_on: bool) -> None:
        if goes_on and self._documents:
            before = self._documents.pop()
            document = DocumentText(before.part, before.names, before.format, before.units + document.units)
        self._documents.append(document)

    def failed(self, reason: Why) -> None:
        """No more will come: what was not reached is unchecked."""
        self.outcome = reason.value
        if self.words is not None:
            self.words_failed = reason.value
        view = self._view or self._scanned
        left = [a for a in view.attachments if a.part not in self._parts]
        self._unchecked += [Unchecked(a.part, (a.filename,), reason) for a in left] or [Unchecked("", (), reason)]

    def result(self) -> Result:
        """All of it."""
        return Result(
            self._view, tuple(self._files), tuple(self._unchecked), tuple(self._documents),
            self.words or NO_WORDS, self.words_failed,
        )  # fmt: skip
