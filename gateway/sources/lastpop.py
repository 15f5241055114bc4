"""Cyrus' last POP3 login of a mailbox, asked over IMAP by METADATA (RFC 5464). It touches nothing in the mailbox.

POP3 only: Cyrus keeps no such date of IMAP, so this source never covers a time. A mailbox that says nothing has not
been fetched by POP3, or its server is not Cyrus.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from typing import Final

from gateway.access import Evidence, Failure, Source
from gateway.imap import parse
from gateway.imap.client import Session, named
from gateway.imap.dial import context
from gateway.imap.failures import PollFailed
from gateway.imap.settings import Account, Asking, Server, Target
from gateway.imap.together import Refused
from gateway.sources.told import last_login

ENTRY: Final = "/shared/vendor/cmu/cyrus-imapd/lastpop"
_DAY: Final = re.compile(r"^(?:[A-Za-z]{3}, )?( ?\d{1,2})[ -]([A-Za-z]{3})[ -](\d{4} .{14})")


class LastPop:
    """Asks one mailbox after the other; the caller holds the rate. OSError for an authority that cannot be read."""

    def __init__(
        self, server: Server, account: Account, asking: Asking | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._server, self._account, self._clock = server, account, clock
        self._asking = asking or Asking()
        self._secure = context(server)

    async def read(self, target: Target) -> Evidence | None:
        """The last POP3 login, None for none that the server knows of. PollFailed as from a poll."""
        try:
            async with asyncio.timeout(self._asking.timeout):
                at = await self._ask(target)
        except TimeoutError as error:
            raise PollFailed(Failure.TIMEOUT, "lastpop") from error
        return None if at is None else last_login(target.mailbox, Source.LASTPOP, at, self._clock(), actor="pop3")

    async def _ask(self, target: Target) -> float | None:
        session = await _Asks.open(self._server, self._secure, self._asking.answer)
        assert isinstance(session, _Asks)
        try:
            await session.login(self._account, target.login)
            made = await session.lastpop()
            await session.leave()
            return made
        finally:
            session.abort()


class _Asks(Session):
    """A session that knows one question more."""

    async def lastpop(self) -> float | None:
        """The inbox's entry; a server that does not know it has no such date."""
        if not ({"METADATA", "ANNOTATEMORE"} & self.words):
            return None
        try:
            answers = await self._answers("GETMETADATA", "INBOX", f"({ENTRY})")
        except Refused:
            return None
        for rest in named(answers, b"METADATA"):
            return self._read(value, rest)
        return None


def value(parts: Sequence[parse.Part]) -> float | None:
    """The date in one METADATA answer, quoted or a literal; None for NIL. ValueError for all else."""
    text = b" ".join(bytes(part) for part in parts).decode("ascii", "replace")
    _, found, rest = text.partition(ENTRY)
    said = rest.strip().rstrip(")").strip().strip('"')
    if not found or said.upper() in ("NIL", ""):
        return None
    return date(said)


def date(said: str) -> float:
    """A date as Cyrus writes it: RFC 3501's ("22-Nov-2026 17:02:12 +0700") or RFC 5322's. ValueError."""
    shaped = _DAY.match(said)
    if shaped is None:
        raise ValueError("not a date")
    made = parse.moment(f'AT "{shaped[1]}-{shaped[2]}-{shaped[3]}"'.encode("ascii", "replace"), "AT")
    if made is None:
        raise ValueError("not a date")
    return made
