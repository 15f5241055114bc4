"""One IMAP session of the poller: log in as a mailbox, ask without touching it, leave. Over aioimaplib's protocol.

Only CAPABILITY, STARTTLS, AUTHENTICATE, LOGIN, LIST, STATUS, GETQUOTAROOT, EXAMINE, UID SEARCH, UID FETCH of dates and
LOGOUT are ever sent. Every failure is a PollFailed with one of `Failure`'s names; the session is then of no use.
Time-outs are the caller's: one around the whole of it.
"""

from __future__ import annotations

import contextlib
import functools
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from gateway.access import Failure, Quota
from gateway.imap import parse
from gateway.imap.dial import connect, start_tls
from gateway.imap.failures import PollFailed
from gateway.imap.names import plain, quoted, separated
from gateway.imap.settings import Account, Server
from gateway.imap.together import Question, Refused
from gateway.imap.wire import Wire

T = TypeVar("T")
_TROUBLE = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "CONTACTADMIN"})  # RFC 5530: not a refused login
_OWN = frozenset({"AUTHORIZATIONFAILED", "NONEXISTENT", "EXPIRED"})  # RFC 5530: the account is good, the mailbox is not
_CONTROLS = frozenset("\0\r\n")
_ITEMS = ("MESSAGES", "RECENT", "UIDNEXT", "UIDVALIDITY", "UNSEEN")


class Session:
    """One connection. `open`, `login`, then one question at a time; `leave` or `abort` at its end, always."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._words: frozenset[str] = frozenset()

    @classmethod
    async def open(cls, server: Server, secure: ssl.SSLContext | None, limit: int) -> Session:
        """Connect, through TLS as configured, and read the greeting. `limit`: bytes of an answer."""
        wire = await connect(server, secure, limit)
        session = cls(wire)
        try:
            if server.tls != "starttls" or secure is None:
                session._learn(await wire.greeting)
            else:
                await session._start_tls(server, secure)
            if not session._words:
                await session._capability()
        except BaseException:
            session.abort()
            raise
        return session

    @classmethod
    async def open_known(cls, server: Server, secure: ssl.SSLContext | None, limit: int) -> Session:
        """The same, where it is known what the server can and `login_and_state` comes next: that waits for the
        greeting itself, where nothing has to be said in the clear before."""
        session = cls(await connect(server, secure, limit))
        if server.tls == "starttls" and secure is not None:
            try:
                await session._start_tls(server, secure)
            except BaseException:
                session.abort()
                raise
        return session

    async def _start_tls(self, server: Server, secure: ssl.SSLContext) -> None:
        await self._wire.greeting
        await self._ask("STARTTLS")
        await start_tls(self._wire, server, secure)

    def abort(self) -> None:
        """End it without a word. May be called at any time, and twice."""
        self._wire.abort()

    async def leave(self) -> None:
        """LOGOUT. What goes wrong now changes nothing."""
        with contextlib.suppress(PollFailed):
            await self._ask("LOGOUT")
            await self._wire.ended()
        self._wire.abort()

    @property
    def words(self) -> frozenset[str]:
        """What the server says that it can (RFC 3501 7.2.1): before the login, then after it."""
        return self._words

    def can(self, word: str) -> bool:
        """Whether the server says that it can."""
        return word in self._words

    async def login(self, account: Account, user: str) -> None:
        """Log in as this mailbox through the poller's account, by SASL PLAIN, else by LOGIN with the separator.

        PollFailed: AUTH where the login was refused, NAME where the name cannot be asked for, REFUSED or CLOSED where
        the user is gone, or for trouble of the server's own.
        """
        try:
            if self.can("AUTH=PLAIN"):
                text = await self._authenticate(plain(account, user))
            else:
                text = await self._login(account, user)
        except Refused as refused:
            raise _shut_out(refused) from refused
        except PollFailed as failed:  # Dovecot closes, now and then without a word, where the user is gone
            failed.entering = failed.kind is Failure.CLOSED
            raise
        self._words = frozenset()
        self._learn(text)
        if not self._words:
            await self._capability()

    async def _authenticate(self, secret: str) -> bytes:
        """SASL PLAIN (RFC 4616), its secret at once where the server takes it so (RFC 4959)."""
        if self.can("SASL-IR"):
            return await self._ask("AUTHENTICATE", "PLAIN", secret)
        self._wire.answer = secret.encode("ascii")
        return await self._ask("AUTHENTICATE", "PLAIN")

    async def _login(self, account: Account, user: str) -> bytes:
        if account.way != "separator" or self.can("LOGINDISABLED"):
            raise PollFailed(Failure.REFUSED, "AUTH=PLAIN is not offered")
        name = separated(account, user)
        if not (name + account.password).isascii():
            raise PollFailed(Failure.NAME, "LOGIN takes ASCII only", own=True)
        return await self._ask("LOGIN", quoted(name), quoted(account.password))

    async def folders(self) -> Sequence[tuple[frozenset[str], str]]:
        """(attributes, name) of each folder; names as the server writes them, those with line ends left out."""
        wanted = ["RETURN (SPECIAL-USE)"] if self.can("LIST-EXTENDED") and self.can("SPECIAL-USE") else []
        answers = await self._answers("LIST", '""', '"*"', *wanted)
        found = [self._read(parse.listed, rest) for rest in named(answers, b"LIST")]
        names = [(flags, name.decode("utf-8", "surrogateescape")) for flags, name in found]
        return [(flags, name) for flags, name in names if not _CONTROLS & set(name)]

    async def login_and_state(
        self,
        account: Account,
        user: str,
        words: frozenset[str],
        folders: Sequence[str],
        *,
        quota: bool,
        greeted: Callable[[], None],
    ) -> tuple[list[Mapping[str, int] | Refused], Quota | None]:
        """Everything in one go: SASL PLAIN with its secret, what `state` asks, LOGOUT. `words`: of an earlier session.

        Only for a server that takes the secret at once. `greeted` is called when the server has greeted. PollFailed as
        from `login` and `state`.
        """
        login = ("AUTHENTICATE", ("PLAIN", plain(account, user)))
        self._words = words
        try:
            return await self.state(folders, quota=quota, leave=True, first=[login], greeted=greeted)
        except Refused as refused:
            raise _shut_out(refused) from refused

    async def state(
        self,
        folders: Sequence[str],
        *,
        quota: bool,
        leave: bool,
        first: Sequence[Question] = (),
        greeted: Callable[[], None] = lambda: None,
    ) -> tuple[list[Mapping[str, int] | Refused], Quota | None]:
        """STATUS of each folder (RFC 3501 6.3.10) and GETQUOTAROOT of the inbox (RFC 9208 4.1.2), asked at once.

        Of each folder its items or the refusal; the first quota root that limits storage. `leave`: LOGOUT with them.
        `first`: what is asked before them.
        """
        questions = _questions(tuple(folders), self.can("CONDSTORE"), quota and self.can("QUOTA"), leave)
        results, answers = await self._wire.ask_all((*first, *questions), greeted)
        if leave:
            await self._wire.ended()
        found, storage = self._told(folders, answers)
        states = [
            result if isinstance(result, Refused) else self._stated(found, folder)
            for folder, result in zip(folders, results[len(first) :], strict=False)
        ]
        return states, storage

    def _told(
        self, folders: Sequence[str], answers: Iterable[list[parse.Part]]
    ) -> tuple[Mapping[str, Mapping[str, int]], Quota | None]:
        """The STATUS answers by the folder's name (of a single folder whatever the server calls it), and the quota."""
        found: dict[str, Mapping[str, int]] = {}
        quota: Quota | None = None
        for answer in answers:
            word, _, rest = answer[0].partition(b" ")
            word = word.upper()
            if word == b"STATUS":
                written, items = self._read(parse.status, [rest, *answer[1:]])
                name = written.decode("utf-8", "surrogateescape")
                found[folders[0] if len(folders) == 1 or name.upper() == "INBOX" else name] = items
            elif word == b"QUOTA" and quota is None:
                storage = self._read(parse.storage, [rest, *answer[1:]])
                quota = Quota(storage[0] * 1024, storage[1] * 1024) if storage is not None else None
        return found, quota

    def _stated(self, found: Mapping[str, Mapping[str, int]], folder: str) -> Mapping[str, int]:
        if folder not in found:
            raise self._garbage("STATUS without an answer")
        return found[folder]

    async def examine(self, folder: str = "INBOX") -> None:
        """EXAMINE: as SELECT, and it leaves \\Recent alone (RFC 3501 6.3.2)."""
        await self._ask("EXAMINE", quoted(folder))

    async def search(self, criteria: str) -> tuple[int, int, int]:
        """UID SEARCH in the examined folder: (lowest UID, highest UID, how many), zeros for none."""
        extended = self.can("ESEARCH")
        words = ["RETURN (MIN MAX COUNT)", criteria] if extended else [criteria]
        answers = await self._answers("SEARCH", *words, prefix="UID")
        if extended:
            numbers = self._read(parse.results, next(named(answers, b"ESEARCH"), [b""]))
            return numbers.get("MIN", 0), numbers.get("MAX", 0), numbers.get("COUNT", 0)
        found = [number for rest in named(answers, b"SEARCH") for number in self._read(parse.found, rest)]
        return (min(found), max(found), len(found)) if found else (0, 0, 0)

    async def date(self, uid: int) -> tuple[float | None, bool]:
        """When a message of the examined folder came: (seconds, whether it is a SAVEDATE, else INTERNALDATE)."""
        items = "(INTERNALDATE SAVEDATE)" if self.can("SAVEDATE") else "(INTERNALDATE)"
        line = [b"".join(parts) for parts in await self._answers("FETCH", str(uid), items, prefix="UID")]
        saved = self._read(lambda parts: parse.moment(b" ".join(parts), "SAVEDATE"), line)
        if saved is not None:
            return saved, True
        return self._read(lambda parts: parse.moment(b" ".join(parts), "INTERNALDATE"), line), False

    def _learn(self, text: bytes) -> None:
        if parse.code(text) == "CAPABILITY":
            self._words = parse.capabilities(text)

    async def _capability(self) -> None:
        for rest in named(await self._answers("CAPABILITY"), b"CAPABILITY"):
            self._words = parse.capabilities(b"".join(rest))

    def _read(self, reader: Callable[[Sequence[parse.Part]], T], rest: Sequence[parse.Part]) -> T:
        try:
            return reader(rest)
        except (ValueError, OverflowError) as error:
            raise self._garbage(str(error)[:80]) from error

    def _garbage(self, detail: str) -> PollFailed:
        """Whatever has become of the connection meanwhile: it is what was said that is wrong."""
        self._wire.fail(Failure.GARBAGE, detail)
        return PollFailed(Failure.GARBAGE, detail)

    async def _answers(self, name: str, *words: str, prefix: str | None = None) -> list[list[parse.Part]]:
        _, lines = await self._wire.ask(name, *words, prefix=prefix)
        return list(grouped(lines))

    async def _ask(self, name: str, *words: str) -> bytes:
        return (await self._wire.ask(name, *words))[0]


@functools.lru_cache(maxsize=64)  # of nearly all mailboxes the same
def _questions(folders: tuple[str, ...], modseq: bool, quota: bool, leave: bool) -> tuple[Question, ...]:
    """What a poll asks after its login."""
    wanted = f"({' '.join(_ITEMS)} HIGHESTMODSEQ)" if modseq else f"({' '.join(_ITEMS)})"
    questions: list[Question] = [("STATUS", (quoted(folder), wanted)) for folder in folders]
    questions += [("GETQUOTAROOT", ("INBOX",))] if quota else []
    questions += [("LOGOUT", ())] if leave else []
    return tuple(questions)


def _shut_out(refused: Refused) -> PollFailed:
    if refused.bad:
        return refused  # how it was asked, not who asked
    kind = Failure.REFUSED if refused.code in _TROUBLE else Failure.AUTH
    return PollFailed(kind, refused.code, own=refused.code in _OWN, entering=True)


def grouped(lines: Iterable[parse.Part]) -> Iterator[list[parse.Part]]:
    """Answers, each with its literals: the library lists a line, its literal and the rest of the line one by one."""
    answer: list[parse.Part] = []
    for part in lines:
        if isinstance(part, bytearray) and answer:
            answer[-1] = bytes(answer[-1]).rpartition(b"{")[0]
            answer.append(part)
        elif answer and isinstance(answer[-1], bytearray):
            answer.append(part)
        else:
            if answer:
                yield answer
            answer = [part]
    if answer:
        yield answer


def named(answers: Iterable[list[parse.Part]], word: bytes) -> Iterator[list[parse.Part]]:
    """The answers that begin with this word, without it."""
    for answer in answers:
        first, _, rest = bytes(answer[0]).partition(b" ")
        if first.upper() == word:
            yield [rest, *answer[1:]]
