"""The event loop's side of the journal: what the pipeline calls. Nothing here blocks.

A delivered message's row is appended and written within `commit_interval`; a refusal waits until its row is durable.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from gateway.config import Settings
from gateway.errors import JournalFull, JournalUnavailable, StartError
from gateway.journal.chain import load_key
from gateway.journal.decision import Decision, Note
from gateway.journal.incarnation import Identity, Incarnation
from gateway.journal.intake import Intake
from gateway.journal.migrate import start_lock
from gateway.journal.store import Store, resolve_url
from gateway.journal.writer import LATE, STORE_ERRORS, Entry, Item, Outcome, Writer
from gateway.logs import get_logger

_log = get_logger("journal")
COMMIT_TIMEOUT: Final = 5.0  # seconds; after it the client is told 451
CLOSE_TIMEOUT: Final = 10.0
_SPARE: Final = 10_000  # rows beyond the queue's limit for messages that were already being delivered when it filled


class Journal:
    """The record of decisions of one worker. Make it, `await start()`, use it from one event loop, `await close()`.

    `queue` bounds the rows that wait, `commit_interval` (seconds) is the longest wait of an appended row,
    `commit_timeout` (seconds) of a `commit`.
    """

    def __init__(
        self,
        url: str,
        data_dir: Path,
        *,
        node: str,
        worker: int = 0,
        queue: int = 10_000,
        commit_interval: float = 0.1,
        commit_timeout: float = COMMIT_TIMEOUT,
    ) -> None:
        self._url, self._data_dir = url, data_dir
        self._identity = Identity(node, worker, _version())
        self._most, self._commit_timeout = queue, commit_timeout
        self._intake: Intake[Item] = Intake(commit_interval)
        self._writer: Writer | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = False

    @classmethod
    def from_settings(cls, settings: Settings, worker: int = 0) -> Journal:
        """The journal that a configuration asks for."""
        gateway, store = settings.gateway, settings.store
        return cls(
            store.url,
            gateway.data_dir,
            node=gateway.node or gateway.hostname,
            worker=worker,
            queue=store.queue,
            commit_interval=store.commit_interval,
        )

    async def start(self) -> None:
        """Open the store, migrate it, begin a chain. StartError says what to do.

        A PostgreSQL that does not answer is no such error: the journal starts unhealthy and goes on trying.
        """
        self._loop = asyncio.get_running_loop()
        self._writer = await asyncio.to_thread(self._launch)

    def _launch(self) -> Writer:
        url = resolve_url(self._url, self._data_dir)
        store = Store(url, self._data_dir)
        try:
            with start_lock(self._data_dir):
                key = load_key(self._data_dir, create=True)
        except OSError as error:
            raise StartError(
                f"{error.filename or self._data_dir}: {error.strerror}; data_dir must be writable"
            ) from error
        writer = Writer(store, Incarnation(store, self._data_dir, key, self._identity), self._intake, self._notify)
        writer.start()
        writer.opened.wait()
        if writer.start_error is not None:
            self._judge(writer, writer.start_error, remote=url.get_backend_name() != "sqlite")
        return writer

    def _judge(self, writer: Writer, error: BaseException, *, remote: bool) -> None:
        known = isinstance(error, STORE_ERRORS)
        if remote and known and not isinstance(error, StartError):
            _log.error("journal.unavailable", error=_line(error))
            return
        writer.stop(time.monotonic())
        writer.join()
        if isinstance(error, StartError):
            raise error
        if not known:
            what = f"{type(error).__name__}: {_line(error)}".rstrip(": ")
            raise StartError(f"the journal's writer failed at start ({what}); the log has the whole story") from error
        hint = f"the journal cannot be opened ({_line(error)}); is data_dir writable?"
        raise StartError(f"{self._data_dir}: {hint}") from error

    @property
    def _running(self) -> Writer:
        if self._writer is None:
            raise RuntimeError("the journal was not started")
        return self._writer

    def room(self) -> bool:
        """Whether a decision can be taken now. False: answer 451 before the next hop gets its final dot."""
        writer = self._writer
        return writer is not None and not writer.broken and not self._closing and len(self._intake) < self._most

    def append(self, decision: Decision | Note) -> None:
        """Take a row that nobody waits for. It is written even when the queue filled meanwhile; beyond a last reserve
        it is said in the log instead, whole."""
        if len(self._intake) >= self._most + _SPARE or self._closing:
            _log.critical("journal.lost", row=repr(decision))
            self._running.failed += 1
            return
        self._intake.put(decision)

    async def commit(self, decision: Decision) -> None:
        """Return when the decision is durable. JournalFull or JournalUnavailable within `commit_timeout`.

        After an error (or a cancellation) the refusal must not be uttered; should its row be written after all, it
        carries the mark `late`.
        """
        if not self.room():
            self._refuse()
        assert self._loop is not None
        entry = Entry(decision, self._loop.create_future())
        self._intake.put_urgent(entry)
        timer = self._loop.call_later(self._commit_timeout, _expire, entry)
        try:
            await _waiter(entry)
        except TimeoutError:
            if not self._abandon(entry):
                raise JournalUnavailable(f"no commit within {self._commit_timeout} s") from None
        except asyncio.CancelledError:
            if self._abandon(entry):
                self.append(Note("outcome", decision.reference, LATE, time=time.time()))
            raise
        finally:
            timer.cancel()

    def _refuse(self) -> None:
        if self._writer is not None and self._writer.broken:
            raise JournalUnavailable("the journal's store does not answer")
        if self._writer is None or self._closing:
            raise JournalUnavailable("the journal is closed")
        raise JournalFull(f"{len(self._intake)} decisions wait to be written")

    def _abandon(self, entry: Entry) -> bool:
        """Nobody waits for it any more; True when it was stored before that."""
        with self._running.lock:
            entry.late = not entry.stored
            return entry.stored

    def _notify(self, outcomes: list[Outcome]) -> None:
        assert self._loop is not None
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
            self._loop.call_soon_threadsafe(_deliver, outcomes)

    async def close(self, timeout: float = CLOSE_TIMEOUT) -> None:  # noqa: ASYNC109 -- the thread has the deadline
        """Write what is queued and end. What cannot be written within `timeout` seconds is said in the log."""
        self._closing = True
        writer, self._writer = self._writer, None
        if writer is None:
            return
        writer.stop(time.monotonic() + timeout)
        await asyncio.to_thread(writer.join, timeout + 5)

    @property
    def healthy(self) -> bool:
        """Whether the last attempt to write succeeded."""
        return self._writer is not None and not self._writer.broken

    @property
    def queued(self) -> int:
        """Rows that wait, with those in the writer's hands."""
        return len(self._intake) + (self._writer.busy if self._writer else 0)

    @property
    def written(self) -> int:
        """Rows committed since the start."""
        return self._writer.written if self._writer else 0

    @property
    def failed(self) -> int:
        """Rows that could not be stored and stand in the log instead."""
        return self._writer.failed if self._writer else 0

    @property
    def lag_seconds(self) -> float:
        """How long the oldest row has waited, about."""
        if self._writer is None:
            return 0.0
        oldest = min((moment for moment in (self._intake.since, self._writer.since) if moment), default=0.0)
        return time.monotonic() - oldest if oldest else 0.0


def _line(error: BaseException) -> str:
    """An error on one line, without the statement that SQLAlchemy appends."""
    return " ".join(str(getattr(error, "orig", None) or error).split())[:500]


def _waiter(entry: Entry) -> asyncio.Future[None]:
    assert isinstance(entry.waiter, asyncio.Future)
    return entry.waiter


def _expire(entry: Entry) -> None:
    waiter = _waiter(entry)
    if not waiter.done():
        waiter.set_exception(TimeoutError())


def _deliver(outcomes: Sequence[Outcome]) -> None:
    for entry, error in outcomes:
        waiter = _waiter(entry)
        if waiter.done():
            continue
        if error is None:
            waiter.set_result(None)
        else:
            waiter.set_exception(error)


def _version() -> str:
    try:
        return version("congthu")
    except PackageNotFoundError:  # run from a source folder that was never installed
        return "unknown"
