"""One poll of one mailbox: a session of its own, one time-out around it all.

The connection is aborted on any error. What is asked is what changes nothing on the server: STATUS of the inbox and of
the folders of interest, GETQUOTAROOT, and once, to begin with, EXAMINE with the dates of the newest claimed and the
oldest unclaimed message.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence

from gateway.access import Dates, Failure, Folder, Observation, Use
from gateway.imap.baseline import Baseline
from gateway.imap.client import Session
from gateway.imap.dial import context
from gateway.imap.failures import PollFailed
from gateway.imap.folders import of_interest
from gateway.imap.settings import Account, Asking, Server, Target
from gateway.imap.together import Refused

_ELSEWHERE = frozenset({Failure.CONNECT, Failure.TLS, Failure.VANISHED})  # no trouble with how it was asked
_GONE = frozenset({"", "NONEXISTENT", "TRYCREATE"})
_SKEW = 86400.0  # seconds by which a server's dates may be ahead of us before they are worth nothing
_DAY = 86400.0


class Poller:
    """Asks one server through one account. `clock`: seconds since the epoch. OSError for an unreadable authority."""

    def __init__(
        self, server: Server, account: Account, asking: Asking | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._server = server
        self._account = account
        self._asking = asking or Asking()
        self._clock = clock
        self._secure = context(server)
        self._words: frozenset[str] = frozenset()  # what the server can after a login, where all may be asked at once
        self._tries = True  # whether that may be tried

    async def poll(self, target: Target, before: Baseline | None = None) -> Observation:
        """What the mailbox's counters are now. PollFailed with the reason for any failure, within the time-out.

        In one go where the server is known to take that and there is no more to ask; else step by step. What stands
        between us and the server may not take it (proxies that read on after a login): where it fails and the other way
        works, it is not tried again.
        """
        if before is None or not self._words or self._counts(before) or self._lists(before):
            return await self._stepwise(target, before, self._asking.timeout)
        half = self._asking.timeout / 2
        try:
            return await self._at_once(target, before, self._words, half)
        except PollFailed as failed:
            if failed.entering or failed.own or failed.kind in _ELSEWHERE:
                raise
        seen = await self._stepwise(target, before, half)
        self._words, self._tries = frozenset(), False
        return seen

    async def probe(self, target: Target) -> None:
        """Log in and leave: whether our account is good. PollFailed as from `poll`."""
        try:
            async with asyncio.timeout(self._asking.timeout), self._opened() as session:
                await session.login(self._account, target.login)
                await session.leave()
        except TimeoutError as error:
            raise PollFailed(Failure.TIMEOUT) from error

    @contextlib.asynccontextmanager
    async def _opened(self) -> AsyncIterator[Session]:
        try:
            async with asyncio.timeout(self._asking.connect):
                session = await Session.open(self._server, self._secure, self._asking.answer)
        except TimeoutError as error:
            raise PollFailed(Failure.TIMEOUT, "no greeting in time") from error
        try:
            yield session
        finally:
            session.abort()

    async def _at_once(self, target: Target, before: Baseline, words: frozenset[str], seconds: float) -> Observation:
        """All in one go, under one timer: first for the greeting, then for all the rest."""
        names = [(folder.use, folder.name) for folder in before.seen.folders[1:]]
        folders = ["INBOX", *(name for _, name in names)]
        end, session = asyncio.get_running_loop().time() + seconds, None
        try:
            async with asyncio.timeout(min(self._asking.connect, seconds)) as patience:
                session = await Session.open_known(self._server, self._secure, self._asking.answer)
                began = self._clock()
                found, storage = await session.login_and_state(
                    self._account,
                    target.login,
                    words,
                    folders,
                    quota=self._asking.quota,
                    greeted=lambda: patience.reschedule(end),
                )
        except TimeoutError as error:
            raise PollFailed(Failure.TIMEOUT) from error
        finally:
            if session is not None:
                session.abort()
        seen, listed = _folders(names, found, before.seen.listed)
        return Observation(target.mailbox, began, max(began, self._clock()), seen, storage, listed=listed)

    async def _stepwise(self, target: Target, before: Baseline | None, seconds: float) -> Observation:
        try:
            async with asyncio.timeout(seconds), self._opened() as session:
                direct = {"AUTH=PLAIN", "SASL-IR"} <= session.words
                await session.login(self._account, target.login)
                seen = await self._ask(session, target, before)
        except TimeoutError as error:
            raise PollFailed(Failure.TIMEOUT) from error
        self._words = session.words if direct and self._tries else frozenset()
        return seen

    async def _ask(self, session: Session, target: Target, before: Baseline | None) -> Observation:
        began = self._clock()
        names, listed = await self._names(session, before, began)
        counts = self._counts(before)
        more = counts or before is None
        found, storage = await session.state(
            ["INBOX", *(name for _, name in names)], quota=self._asking.quota, leave=not more
        )
        folders, listed = _folders(names, found, listed)
        at = max(began, self._clock())
        dates, doubts = await self._dates(session, at) if before is None else (None, ())
        old = await self._old(session, at, examined=before is None) if counts else None
        if more:
            await session.leave()
        return Observation(target.mailbox, began, at, folders, storage, dates, old, listed, doubts)

    async def _names(
        self, session: Session, before: Baseline | None, now: float
    ) -> tuple[Sequence[tuple[Use, str]], float]:
        if not self._asking.uses:
            return (), now
        if before is not None and not self._lists(before):
            return [(folder.use, folder.name) for folder in before.seen.folders[1:]], before.seen.listed
        return of_interest(await session.folders(), self._asking.uses)[: self._asking.folders], now

    def _lists(self, before: Baseline) -> bool:
        """Whether it is time to look for the folders again."""
        return not 0 <= self._clock() - before.seen.listed < self._asking.relist

    def _counts(self, before: Baseline | None) -> bool:
        """Whether it is time to count old messages."""
        due = before is None or self._clock() - before.counted >= self._asking.recount
        return bool(self._asking.old_days) and due

    async def _dates(self, session: Session, now: float) -> tuple[Dates, tuple[Failure, ...]]:
        """The bounds of the first poll. Dates that cannot be are left out, and said to be."""
        await session.examine()
        claimed, saved = await self._date(session, (await session.search("OLD"))[1])
        unclaimed, also_saved = await self._date(session, (await session.search("RECENT"))[0])
        if any(date is not None and not 0 < date < now + _SKEW for date in (claimed, unclaimed)):
            return Dates(), (Failure.CLOCK,)
        return Dates(claimed, unclaimed, saved and also_saved), ()

    async def _date(self, session: Session, uid: int) -> tuple[float | None, bool]:
        return await session.date(uid) if uid else (None, True)

    async def _old(self, session: Session, now: float, *, examined: bool) -> int:
        """How many messages of the inbox came before `old_days` ago, without touching one."""
        if not examined:
            await session.examine()
        return (await session.search(f"BEFORE {imap_date(now - self._asking.old_days * _DAY)}"))[2]


def _folders(
    names: Sequence[tuple[Use, str]], found: Sequence[Mapping[str, int] | Refused], listed: float
) -> tuple[tuple[Folder, ...], float]:
    """The inbox and the folders that are there; where one is gone they are to be looked for again."""
    folders = [_inbox(found[0])]
    for (use, name), state in zip(names, found[1:], strict=True):
        if isinstance(state, Refused):
            listed = 0.0
        else:
            folders.append(_folder(name, use, state))
    return tuple(folders), listed


def _inbox(found: Mapping[str, int] | Refused) -> Folder:
    if not isinstance(found, Refused):
        return _folder("INBOX", Use.INBOX, found)
    if found.code not in _GONE:
        raise found
    raise PollFailed(Failure.VANISHED, "no inbox", own=True) from found


def _folder(name: str, use: Use, found: Mapping[str, int]) -> Folder:
    if not {"MESSAGES", "UIDNEXT", "UIDVALIDITY"} <= found.keys():
        raise PollFailed(Failure.GARBAGE, "STATUS without its items")
    return Folder(
        name,
        use,
        uidvalidity=found["UIDVALIDITY"],
        uidnext=found["UIDNEXT"],
        messages=found["MESSAGES"],
        recent=found.get("RECENT", 0),
        unseen=found.get("UNSEEN", 0),
        modseq=found.get("HIGHESTMODSEQ", 0),
    )


def imap_date(seconds: float) -> str:
    """A day as SEARCH wants it, in UTC: "5-Nov-2026" (RFC 3501 9), in English whatever the locale."""
    day = time.gmtime(seconds)
    month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][day.tm_mon - 1]
    return f"{day.tm_mday}-{month}-{day.tm_year}"
