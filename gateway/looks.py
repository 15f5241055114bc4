"""The looks beyond the scan that a listener's rules ask for: into files, through the virus scanner and the spam filter.

All at once, each bounded in time by its own room. What the files' look finds out about the message itself (other
readings of the same bytes) goes into the message's facts, so that every rule judges the union. It decides nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateway.archives.limits import ArchiveLimits
from gateway.config import Settings
from gateway.contents import (
    NO_WORDS,
    NOTHING,
    READINGS_LATER,
    UNREACHED,
    Inspection,
    Spam,
    Threat,
    Unchecked,
    Why,
    Words,
)
from gateway.inspection.bugs import place_of
from gateway.inspection.closed import stays_closed
from gateway.inspection.inspector import Inspector, PoolLimits, WalkLimits, needs_look
from gateway.logs import get_logger
from gateway.malware.clamd import Clamd, Content, Failure, Scan
from gateway.message.extract import Extract, open_extract
from gateway.message.result import ScannedMessage, SpooledMessage
from gateway.message.union import UnionView, strict_view
from gateway.metrics import ScannerMetrics, SpamFilterMetrics
from gateway.model import Defect, Envelope
from gateway.rules.listed import WORDS, Need
from gateway.wording.inline import read_inline
from gateway.wording.kept import merged
from gateway.wording.warm import warm

if TYPE_CHECKING:
    from gateway.spam.rspamd import Rspamd

SCANNER = "ClamAV"
_WARM = 2.0  # seconds after which the document workers are started without being needed
_DEEP = 8  # containers in one another
_MARGIN = 1.0  # seconds beyond the longest look before tools that are no longer in force end
_ASK, _ASK_SILENT = 10.0, 2.0  # seconds between questions whether the scanner is there
_FILES, _REQUEST = frozenset({"files"}), frozenset({Need.REQUEST.value})
_NOTHING_WANTED: frozenset[str] = frozenset()
_log = get_logger("congthu.looks")


@dataclass(frozen=True, slots=True)
class _Asked:
    """One message, and what is asked of its files."""

    content: SpooledMessage
    message: ScannedMessage
    behalf: str
    wants: frozenset[str]
    left: bool  # texts are left that could not be read in the worker


class Looks:
    """What the rules with these needs are told. One for each listener; `tools` are shared and may change under it.

    `reads`: every message's texts are read, so that each needs a look.
    """

    def __init__(self, needs: Iterable[str], tools: Tools) -> None:
        given = frozenset(needs)
        self._files = Need.FILES in given
        self._malware = Need.MALWARE in given
        self._spam = Need.SPAM in given
        self._words = frozenset(need.value for need in WORDS & given)
        self.reads = bool(self._words)
        self._into = _FILES if self._files else _NOTHING_WANTED
        if self._words or Need.REQUEST in given:
            _learn()
        self._tools = tools

    def wanted(self, message: ScannedMessage) -> bool:
        """Whether this message's files, readings or bytes need more than its scan. Asked for every message: cheap."""
        return self._malware or self._spam or self._openable(message)

    async def look(
        self,
        content: SpooledMessage,
        message: ScannedMessage,
        behalf: str = "",
        *,
        request: bool = False,
        envelope: Envelope | None = None,
        reference: str = "",
    ) -> Inspection:
        """Look, at once where there is little to see. Changes the message's facts to those of the union.

        `behalf`: for whom; where many wait, turns are shared out among those. `request`: it goes to a request channel,
        so read whether it is a request. `envelope`, `reference`: what the spam filter is told.
        """
        if not self._spam:
            return await self._inside(content, message, behalf, request=request)
        seen, (spam, failed) = await asyncio.gather(
            self._inside(content, message, behalf, request=request),
            _filtered(self._tools.rspamd, content, envelope, reference),
        )
        return replace(seen, spam=spam, spam_failed=failed)

    async def _inside(
        self, content: SpooledMessage, message: ScannedMessage, behalf: str, *, request: bool
    ) -> Inspection:
        """What is in its texts and files, and what the scanner finds."""
        texts = self._words | _REQUEST if request else self._words
        words, failed, left = self._read(content, message, texts) if texts else (NO_WORDS, "", False)
        if not (left or self._malware or self._openable(message)):
            return NOTHING if words is NO_WORDS and not failed else Inspection(words=words, words_failed=failed)
        asked = _Asked(content, message, behalf, texts | self._into, left=left)
        seen = await self._further(asked)
        return replace(seen, words=merged(words, seen.words), words_failed=failed or seen.words_failed)

    def _read(self, content: SpooledMessage, message: ScannedMessage, texts: frozenset[str]) -> tuple[Words, str, bool]:
        """What stands in the texts that are read here, what went wrong, and whether others are left."""
        try:
            words, left = read_inline(content, message, texts)
        except Exception as error:  # the rules that need them say 451, and the others judge
            _log.error("words.bug", where=place_of(error))
            return NO_WORDS, "bug", False
        return words, "", left

    async def _further(self, asked: _Asked) -> Inspection:
        if not self._malware:
            return (await self._into_files(asked))[0]
        content, clamd = asked.content, self._tools.clamd
        if clamd is None:  # taken out of the configuration under a session whose rules still count on it
            seen = (await self._into_files(asked))[0]
            return replace(seen, malware=SCANNER, malware_failed="down")
        (seen, contents), scan = await asyncio.gather(self._into_files(asked), _scan(clamd, content.chunks))
        threats = [Threat(scan.signature)] if scan.signature else []
        failed: Failure = scan.failed
        if not threats and not failed:
            threats, failed = await _through_scanner(clamd, content, contents)
        return replace(seen, threats=tuple(threats), malware=SCANNER, malware_failed=failed)

    def _openable(self, message: ScannedMessage) -> bool:
        return message.suspicious or (self._files and needs_look(message))

    async def _into_files(self, asked: _Asked) -> tuple[Inspection, Sequence[Extract]]:
        """What is in the files; and the contents that the scanner may not find by itself.

        Those are all of a message that has several readings, and all of one that is nested deeply.
        """
        content, message = asked.content, asked.message
        if not asked.left and (not self._openable(message) or stays_closed(content.spool, message)):
            return NOTHING, strict_view(message).extracts if self._malware and _is_deep(message) else ()
        inspect = self._tools.inspector.inspect
        result = await inspect(content.spool, message, asked.wants, key=asked.behalf)
        if any(one.reason is Why.DIED for one in result.unchecked):
            # Perhaps of what another message had left behind, or the machine ran out of memory: once more, in another.
            result = await inspect(content.spool, message, asked.wants, key=asked.behalf)
        off = not self._tools.inspector.limits.count
        contents: Sequence[Extract] = ()
        if self._malware and (message.suspicious or _is_deep(message)):
            contents = (result.view or strict_view(message)).extracts
        if result.view is not None:
            _widen(message, result.view)
        elif message.suspicious and not off:
            message.disputes = (*message.disputes, Defect(READINGS_LATER))
        unchecked = _off(result.unchecked) if off else result.unchecked
        failed = result.words_failed
        if any(one.reason in (failed, Why.OFF) for one in unchecked):  # said already, as a thing that was not checked
            failed = ""
        elif failed in UNREACHED:  # nobody came, or not to the end; anything else is a 451 for the rules that asked
            unchecked, failed = (*unchecked, Unchecked("", (), Why(failed))), ""
        return Inspection(result.files, unchecked, words=result.words, words_failed=failed), contents


async def _through_scanner(
    clamd: Clamd, content: SpooledMessage, extracts: Sequence[Extract]
) -> tuple[list[Threat], Failure]:
    """Each content by itself: the scanner has a reading of the message too, and it is only one."""
    try:
        async with asyncio.timeout(clamd.timeout):
            for extract in extracts:
                scan = await _scan(clamd, _decoded(content, extract))
                if scan.signature:
                    return [Threat(scan.signature, extract.part)], ""
                if scan.failed:
                    return [], scan.failed
    except TimeoutError:
        return [], "time"
    return [], ""


async def _scan(clamd: Clamd, content: Content) -> Scan:
    began = time.monotonic()
    scan = await clamd.scan(content)
    figures = ScannerMetrics()
    figures.scanned(scan.failed or ("found" if scan.signature else "clean"), time.monotonic() - began)
    figures.up = clamd.healthy
    return scan


async def _filtered(
    rspamd: Rspamd | None, content: SpooledMessage, envelope: Envelope | None, reference: str
) -> tuple[Spam | None, str]:
    """The spam filter's answer, or why there is none."""
    if rspamd is None:  # taken out of the configuration under a session whose rules still count on it
        return None, "down"
    if envelope is None:
        return None, "error"
    began = time.monotonic()
    answer = await rspamd.check(content.chunks, content.size, envelope, reference)
    figures = SpamFilterMetrics()
    said = answer.failed or (answer.spam.action if answer.spam is not None else "other")
    figures.answered(said, time.monotonic() - began)
    figures.up = rspamd.healthy
    return answer.spam, answer.failed


@cache
def _learn() -> None:
    """What is known of Vietnamese is put together once, before mail waits for it."""
    warm()


class Tools:
    """One worker's document workers, scanner and spam filter, as the configuration in force has them.

    `apply` comes first.
    """

    inspector: Inspector

    def __init__(self) -> None:
        self.clamd: Clamd | None = None
        self.rspamd: Rspamd | None = None
        self._settings: Settings | None = None
        self._waits: frozenset[str] = frozenset()
        self._asked = {"clamd": 0.0, "rspamd": 0.0}
        self._tasks: set[asyncio.Task[None]] = set()
        self._leaving: list[Callable[[], Coroutine[Any, Any, None]]] = []  # ends of what was replaced

    async def apply(self, settings: Settings, *, waits: frozenset[str] = frozenset()) -> None:
        """Take a configuration: what it changes is made anew. Waits for nothing and does not fail.

        What was there ends when no message can be under way in it any more. `waits`: the needs without which some
        listener answers 451.
        """
        before, self._settings, self._waits = self._settings, settings, waits
        if before is None or before.clamd != settings.clamd:
            if before is not None and self.clamd is not None:
                self._later(self.clamd.close, before.clamd.timeout)
            self.clamd = _clamd(settings)
        if before is None or before.rspamd != settings.rspamd:
            if before is not None and self.rspamd is not None:
                self._later(self.rspamd.close, before.rspamd.timeout)
            self.rspamd = _rspamd(settings)
        if before is None or (before.document_workers, before.archives) != (
            settings.document_workers,
            settings.archives,
        ):
            if before is not None:
                self._later(self.inspector.close, before.document_workers.timeout)
            self.inspector = Inspector(_pool_limits(settings), _walk_limits(settings))
            self._run(_warm(self.inspector))

    async def close(self) -> None:
        """End the processes and connections."""
        for task in (tasks := tuple(self._tasks)):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for leave in self._leaving:  # not left to the tasks: one that was cancelled before it began runs nothing
            await leave()
        self._leaving.clear()
        if self._settings is not None:
            await self.inspector.close()
        if self.clamd is not None:
            await self.clamd.close()
        if self.rspamd is not None:
            await self.rspamd.close()

    def tick(self) -> None:
        """Called about once a second: ask both now and then, so that nobody must wait for mail to know."""
        if self.clamd is not None:
            ScannerMetrics().up = self.clamd.healthy
            self._ask("clamd", self.clamd)
        if self.rspamd is not None:
            SpamFilterMetrics().up = self.rspamd.healthy
            self._ask("rspamd", self.rspamd)

    @property
    def missing(self) -> str:
        """Why mail cannot be judged now for want of the scanner, "" where it can."""
        clamd = self.clamd
        if clamd is None or clamd.healthy or Need.MALWARE not in self._waits:
            return ""
        return f"clamd does not answer at {clamd.address}"

    @property
    def unfiltered(self) -> str:
        """Why mail cannot be judged now for want of the spam filter, "" where it can."""
        rspamd = self.rspamd
        if rspamd is None or rspamd.healthy or Need.SPAM not in self._waits:
            return ""
        return f"rspamd does not answer at {rspamd.url}"

    def _ask(self, name: str, tool: Clamd | Rspamd) -> None:
        now = time.monotonic()
        if now - self._asked[name] > (_ASK if tool.healthy else _ASK_SILENT):
            self._asked[name] = now
            self._run(_ping(tool))

    def _later(self, close: Callable[[], Coroutine[Any, Any, None]], seconds: float) -> None:
        async def wait() -> None:
            await asyncio.sleep(seconds + _MARGIN)
            await close()
            self._leaving.remove(close)

        self._leaving.append(close)
        self._run(wait())

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _warm(inspector: Inspector) -> None:
    """The first moments belong to the relay; a message that cannot wait starts its process itself."""
    await asyncio.sleep(_WARM)
    await inspector.start()


async def _ping(tool: Clamd | Rspamd) -> None:
    await tool.ping()


def _clamd(settings: Settings) -> Clamd | None:
    given = settings.clamd
    return Clamd(given.address, connections=given.connections, timeout=given.timeout) if given.address else None


def _rspamd(settings: Settings) -> Rspamd | None:
    given = settings.rspamd
    if not given.url:
        return None
    from gateway.spam.rspamd import Rspamd  # and its HTTP library: nobody else needs it

    password = _first_line(given.password_file) if given.password_file is not None else ""
    return Rspamd(
        given.url,
        connections=given.connections,
        timeout=given.timeout,
        max_size=given.max_size,
        password=password,
    )


def _first_line(path: Path) -> str:
    """A secret out of its file. Where it cannot be read mail goes on, and the filter refuses to answer."""
    try:
        return path.read_text("utf-8").partition("\n")[0].strip()
    except (OSError, ValueError):
        _log.error("rspamd.password_unreadable", file=str(path))
        return ""


def _pool_limits(settings: Settings) -> PoolLimits:
    given = settings.document_workers
    return PoolLimits(
        count=given.count,
        memory=given.memory,
        timeout=given.timeout,
        cpu_time=given.cpu_time,
        queue=given.queue,
        max_uses=given.max_uses,
    )


def _walk_limits(settings: Settings) -> WalkLimits:
    given = settings.archives
    archives = ArchiveLimits(depth=given.depth, entries=given.entries, size=given.size, ratio=given.ratio)
    return WalkLimits(files=max(1000, given.entries), archives=archives)


def _is_deep(message: ScannedMessage) -> bool:
    """Whether a scanner may have given up before it came to everything (clamd: at 17 containers in one another)."""
    return any(part.path.count(".") > _DEEP for part in message.parts)


def _widen(message: ScannedMessage, view: UnionView) -> None:
    """The message's facts become those of all its readings."""
    message.attachments, message.attachment_bytes = view.attachments, view.attachment_bytes
    message.defects, message.disputes = view.defects, view.disputes


def _off(unchecked: Sequence[Unchecked]) -> tuple[Unchecked, ...]:
    """Where the configuration has no processes, nothing was missed that the next attempt would find."""
    return tuple(replace(one, reason=Why.OFF) for one in unchecked)


def _decoded(content: SpooledMessage, extract: Extract) -> Callable[[], AsyncIterator[bytes]]:
    async def pieces() -> AsyncIterator[bytes]:
        for piece in open_extract(content.read, extract, content.size):
            yield piece
            await asyncio.sleep(0)  # decoding takes the loop's time: let others have a turn

    return pieces
