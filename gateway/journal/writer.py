"""The writer: one thread that turns what waits into chained rows, a group a transaction.

It serialises, hashes, stores, makes durable and only then tells who waits. It never drops a row silently: while the
store is down it keeps what it has and tries again; a row that no store can take is logged and does not stop the others.
It knows the queue and the store, nothing of the event loop (see journal.py).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import sqlalchemy as sa

from gateway.errors import JournalUnavailable, StartError
from gateway.journal.decision import Decision, Note, new_reference
from gateway.journal.incarnation import Incarnation
from gateway.journal.intake import LONGEST_SLEEP, Intake
from gateway.journal.payload import Extracted, Record, encode, extract, note_record, record_of
from gateway.journal.store import Store, line_of
from gateway.logs import get_logger

_log = get_logger("journal")
_BATCH: Final = 1024  # rows a transaction
_YIELD: Final = 64  # rows, half a millisecond: then the event loop may have the GIL; each time costs both a switch
_FIRST_PAUSE: Final = 0.05  # seconds, doubled while the store fails
_LONGEST_PAUSE: Final = 2.0
ANCHOR_INTERVAL: Final = 600.0  # seconds between two anchors in the log
STORE_ERRORS: Final = (StartError, OSError, sa.exc.SQLAlchemyError)  # what opening a store may raise
_POISON: Final = (sa.exc.IntegrityError, sa.exc.DataError, ValueError, TypeError, OverflowError, KeyError)


class Entry:
    """A decision that somebody waits for. `late` and `stored` change under `Writer.lock` only."""

    __slots__ = ("decision", "late", "marked", "stored", "waiter")

    def __init__(self, decision: Decision, waiter: object) -> None:
        self.decision, self.waiter = decision, waiter
        self.late = False  # nobody waits any more: the client was told 451
        self.marked = False  # the row says so itself
        self.stored = False


Item = Decision | Note | Entry
Outcome = tuple[Entry, JournalUnavailable | None]


class Writer(threading.Thread):
    """Owns the store. `notify` is called in this thread with what became of those who wait."""

    def __init__(
        self, store: Store, chain: Incarnation, intake: Intake[Item], notify: Callable[[list[Outcome]], None]
    ) -> None:
        super().__init__(name="journal", daemon=True)
        self._store, self._chain, self._intake, self._notify = store, chain, intake, notify
        self.lock = threading.Lock()
        self.opened = threading.Event()  # the first attempt to open is over; see `start_error`
        self.start_error: BaseException | None = None
        self.broken = False
        self.written = self.failed = self.busy = 0
        self.since = 0.0  # monotonic time of the oldest row in our hands; 0 for none
        self._ready = False
        self._landed = False
        self._deadline = float("inf")  # monotonic: when to stop trying
        self._stopping = threading.Event()
        self._anchored = time.monotonic()

    def stop(self, deadline: float) -> None:
        """Write what is queued, try until `deadline` (monotonic seconds) at the latest, and end."""
        self._deadline = deadline
        self._stopping.set()
        self._intake.finish()

    def run(self) -> None:
        """The thread."""
        try:
            self._first_open()
        finally:
            self.opened.set()
        try:
            while not (self._stopping.is_set() and not len(self._intake)):
                self._round()
        finally:
            self._leave()

    def _first_open(self) -> None:
        try:
            self._open()
        except STORE_ERRORS as error:
            self.start_error, self.broken = error, True
        except BaseException as error:  # ours, and trying again would not mend it; somebody waits to hear of it
            _log.critical("journal.crashed", exc_info=error)
            self.start_error, self.broken = error, True
            self._stopping.set()

    def _open(self) -> None:
        """Make the store usable; `_landed` tells that the rows of the last attempt are in it."""
        self._store.open()
        self._landed = self._chain.attach()
        self._ready = True

    def _round(self) -> None:
        # While the store is away no mail is taken, so no row would wake us: look for it as often as with rows in hand.
        batch = self._intake.take(_BATCH, _LONGEST_PAUSE if self.broken else LONGEST_SLEEP)
        if batch:
            self.busy, self.since = len(batch), time.monotonic()
            self._persist(batch)
            self.busy, self.since = 0, 0.0
        elif self.broken or self._store.is_gone():
            self._persist([])
        if time.monotonic() - self._anchored > ANCHOR_INTERVAL:
            self._anchored = time.monotonic()
            self._chain.anchor()

    def _persist(self, batch: Sequence[Item]) -> None:
        """Store a batch, however long it takes; rows that cannot be stored are singled out by halving."""
        pause = _FIRST_PAUSE
        while True:
            try:
                self._attempt(batch)
                return
            except _POISON as error:
                self._chain.forget()
                self._close()
                if len(batch) > 1:
                    self._persist(batch[: len(batch) // 2])
                    self._persist(batch[len(batch) // 2 :])
                    return
                if batch:
                    self._poison(batch[0], error)
                return
            except Exception as error:  # whatever it is, the rows are kept and whoever asks is told
                self._trouble(error, len(batch))
            if time.monotonic() + pause > self._deadline:
                self._give_up(batch)
                return
            self._pause(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _pause(self, seconds: float) -> None:
        if self._stopping.is_set():
            time.sleep(seconds)
        else:
            self._stopping.wait(seconds)

    def _attempt(self, batch: Sequence[Item]) -> None:
        if not self._ready or self._store.is_gone():
            self._ready = False
            self._open()
        if self._landed:
            self._landed = False
        elif batch:
            self._chain.write(self._encode(batch))
        self._finish(batch)

    def _encode(self, batch: Sequence[Item]) -> list[tuple[bytes, Extracted]]:
        made = []
        for index, item in enumerate(batch):
            if not index % _YIELD:
                time.sleep(0)
            payload, record = encode(_record(item))
            made.append((payload, extract(record)))
        return made

    def _finish(self, batch: Sequence[Item]) -> None:
        self.written += len(batch)  # before it is well again: who sees that it is sees these, too
        if self.broken:
            self.broken = False
            _log.warning("journal.recovered", chain=self._chain.name)
        waiting = [item for item in batch if isinstance(item, Entry)]
        if waiting:
            self._answer(waiting)

    def _answer(self, waiting: list[Entry]) -> None:
        with self.lock:
            for entry in waiting:
                entry.stored = True
            late = [entry for entry in waiting if entry.late and not entry.marked]
        self._notify([(entry, None) for entry in waiting])
        for entry in late:
            self._intake.put(Note("outcome", entry.decision.reference, LATE, time=time.time()))

    def _trouble(self, error: Exception, rows: int) -> None:
        """The store failed: who asks is told, rows are kept, and the connection is not trusted any more."""
        if not self.broken:
            _log.error("journal.unavailable", error=_told(error), rows=rows)
        self.broken = True
        self._close()

    def _close(self) -> None:
        self._ready = False
        self._store.close()

    def _poison(self, item: Item, error: Exception) -> None:
        """A row that no store takes: its whole content goes to the log, and whoever waits for it is told."""
        self.failed += 1
        decision = item.decision if isinstance(item, Entry) else item
        reference = decision.about if isinstance(decision, Note) else decision.reference
        _log.critical("journal.poison", reference=reference, error=_told(error), row=repr(decision))
        if isinstance(item, Entry):
            self._notify([(item, JournalUnavailable(f"the row of {reference} cannot be stored"))])

    def _give_up(self, batch: Sequence[Item]) -> None:
        """The deadline of `stop` has passed: what is lost is said row by row."""
        for item in batch:
            self._poison(item, TimeoutError("the journal was closed while its store did not answer"))

    def _leave(self) -> None:
        self.broken = True  # a thread that ended, for whatever reason, takes nothing more
        self._chain.anchor()
        self._chain.close()
        self._store.close()


LATE: Final = "late: the journal did not answer in time, the client was told 451"


def _record(item: Item) -> Record:
    if isinstance(item, Entry):
        record = record_of(item.decision)
        if item.late:
            record["late"], item.marked = LATE, True
        return record
    if isinstance(item, Note):
        dated = item if item.time else replace(item, time=time.time())
        return note_record(dated, new_reference(dated.time))
    return record_of(item)


def _told(error: Exception) -> str:
    """An error for the log."""
    return f"{type(error).__name__}: {line_of(error)}"
