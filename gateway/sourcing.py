"""Sources that know when a mailbox was used, at work: what Dovecot posts, what is read, who logs in here to send.

One for each worker. Worker 0 of a machine has the endpoint; of all machines that share counters one reads the sources
that are asked. Everything goes to the record of mailboxes' use. Nothing here judges a mailbox.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from gateway.access import Coverage, Evidence, Sign, Source
from gateway.changing import Change, quick
from gateway.config import Settings
from gateway.config_values import HostPort
from gateway.directory.database import Database
from gateway.directory.errors import DirectoryUnavailable
from gateway.directory.store import DirectoryStore
from gateway.errors import LimitsUnavailable, StartError
from gateway.imap.settings import Target
from gateway.logs import get_logger
from gateway.metrics import watch_sources
from gateway.processes.sockets import listen
from gateway.pulling import judge_of, longest, readers_of
from gateway.rates import LimitStore
from gateway.rules.compiled import Known
from gateway.senders import mailbox_of_login
from gateway.sources.endpoint import Endpoint, Place
from gateway.sources.feed import FATES, PUSHED, Feed, Feeding
from gateway.sources.ldap_times import LdapTold
from gateway.sources.rounds import Rounds
from gateway.sources.sight import MAX_NAME, Sighting, text
from gateway.sources.told import Told
from gateway.throttle.lease import Lease
from gateway.upkeep.passwords import PasswordKept
from gateway.upkeep.records import Upkeep
from gateway.upkeep.tables import chunks
from gateway.using import secret_lines
from gateway.who import State

LEASE: Final = 60.0
"""Seconds for which one gateway of many reads the sources."""
_NONE: Final = {(source.value, fate): 0 for source in (*PUSHED, Source.SUBMISSION) for fate in FATES}
_ON_ITS_WAY: Final = 1.0  # seconds
_log = get_logger("congthu.sources")


class Sourcing:
    """`start`, then `prepare` each configuration, at last `close`. `database`: the store's; `known`: the directory.

    `counters`: where machines agree who reads; `worker`: 0 has the endpoint and reads.
    """

    def __init__(self, settings: Settings, database: Database, known: Known, counters: LimitStore, worker: int) -> None:
        self._settings, self._known, self._first = settings, known, worker == 0
        self._upkeep, self._prepared = Upkeep(database), False
        hold = 5.0 if self._first else 10.0
        self._feed = Feed(self._keep, self._address_of, feeding=Feeding(hold=hold, longest=longest(settings)))
        self._endpoint = Endpoint(self._feed, _listen, self._state_of)
        owner = f"{settings.gateway.node or settings.gateway.hostname}:{os.getpid()}:{secrets.token_hex(4)}"[-200:]
        self._lease = Lease(counters, "sources", owner, LEASE)
        self._rounds = Rounds(self._keep_told, self._covered, lambda: self._lease.held)
        self._leasing: asyncio.Task[None] | None = None
        self._began = time.time()
        self._leaderless: float | None = None

    async def start(self) -> None:
        """Begin to take in what is seen. StartError: the record's tables cannot be made."""
        try:
            await self._ready()
        except DirectoryUnavailable as error:  # a server that is away is asked again when there is something to keep
            _log.error("sources.unkept", reason=str(error))
        await self._feed.start()
        watch_sources(self._counts, self._ages)
        if self._first:
            self._leasing = asyncio.create_task(self._lead(), name="sources lease")

    async def prepare(self, settings: Settings) -> Change:
        """A new configuration: address, certificate, tokens, sources. StartError."""
        readers = readers_of(settings, self._address_of, self._targets) if self._first else ()
        judge = judge_of(settings)
        place = await self._endpoint.prepare(_place(settings)) if self._first else quick(lambda: None)

        async def take() -> None:
            await place.commit()
            if readers or self._rounds.readers:
                await self._rounds.begin(readers)
            self._settings, self._feed.judge, self._rounds.every = settings, judge, settings.access.every

        return Change(take, place.discard)

    async def close(self) -> None:
        """Keep what is left, and end."""
        if self._leasing is not None:
            self._leasing.cancel()
            await asyncio.gather(self._leasing, return_exceptions=True)
        await self._rounds.end()
        await self._endpoint.close()
        await self._feed.close()
        if self._lease.held:
            with contextlib.suppress(LimitsUnavailable):
                await self._lease.release()

    def expect(self, mailbox: str, at: float) -> None:
        """A good poll of this mailbox ended at this time (seconds, epoch): Dovecot must have told of its login."""
        for source in self._endpoint.serves:
            self._feed.expect(source, mailbox, at)

    async def look(self, mailboxes: Collection[str]) -> None:
        """Before something is done to these mailboxes: read the sources that are asked, and keep what Dovecot told.

        A poll right before this was seen by Dovecot, too, and what it posts of it needs a moment to come.
        """
        await self._rounds.look(mailboxes)
        if self._endpoint.serves:
            await asyncio.sleep(_ON_ITS_WAY)
        await self._feed.flush()

    def logged_in(self, login: str, client: str) -> None:
        """The mail server took this login on a submission listener of ours, from the address `client`."""
        now = self._feed.now()
        who = text(login, MAX_NAME)
        self._feed.note(
            Sighting(who, Source.SUBMISSION, Sign.LOGIN, now, now, master="", service="submission", remote=client)
        )

    # What others are asked, and what they are told

    def _mailbox(self, login: str) -> tuple[str, State] | None:
        given = self._settings
        realm = given.authentication.login_domain.lower()
        found = mailbox_of_login(login, self._known.directory, given.gateway.domains, realm)
        return (found.key, found.state) if found is not None else None

    def _address_of(self, login: str) -> str:
        found = self._mailbox(login)
        return found[0] if found is not None else ""

    def _state_of(self, login: str) -> State | None:
        found = self._mailbox(login)
        return found[1] if found is not None else None

    def _targets(self) -> Iterator[Target]:
        store = DirectoryStore(self._settings.store.url, self._settings.gateway.data_dir)
        return (Target(one.key) for one in store.snapshot().mailboxes if one.state is not State.RECLAIMED)

    async def _ready(self) -> None:
        if not self._prepared:
            await self._upkeep.prepare()
            self._prepared = True

    async def _covered(self, source: Source) -> Mapping[str, Coverage]:
        await self._ready()
        return await self._upkeep.covered(source)

    async def _keep(self, evidence: Sequence[Evidence], coverage: Sequence[Coverage]) -> None:
        await self._ready()
        await self._upkeep.keep_sources(evidence, coverage)

    async def _keep_told(self, told: Told, now: float) -> None:
        """In short transactions, for the journal waits for each on SQLite.

        Evidence before coverage, and all of it each time: what is covered and not told would be silence.
        """
        for some in chunks(told.evidence):
            await self._keep(some, ())
        for watched in chunks(told.coverage):
            await self._keep((), watched)
        if isinstance(told, LdapTold):
            for dates in chunks(told.passwords):
                kept = [PasswordKept(one.mailbox, one.changed, one.must_change, now) for one in dates]
                await self._upkeep.keep_passwords(kept)

    async def _lead(self) -> None:
        """Hold the lease where there is something to read and nobody else holds it."""
        while True:
            try:
                if self._rounds.readers:
                    await self._lease.acquire()
                self._leaderless = None
            except LimitsUnavailable as error:
                if self._leaderless is None:
                    _log.warning("sources.no_lease", reason=str(error))
                    self._leaderless = time.time()
            await asyncio.sleep(LEASE / 4 if self._rounds.readers else 1.0)

    # What is shown

    def _counts(self) -> Mapping[tuple[str, str], int]:
        pushed = {(source.value, fate): number for (source, fate), number in self._feed.by_source.items()}
        return {**_NONE, **pushed, **self._rounds.counted}

    def _ages(self) -> Mapping[str, float]:
        """Seconds since each source told something; 0 for one that is not here or that another gateway reads."""
        now = time.time()
        ages = dict.fromkeys((source for source, _ in _NONE), 0.0)
        ages |= {one.value: now - self._feed.heard.get(one, self._began) for one in self._endpoint.serves}
        since = self._began if self._lease.held else self._leaderless or now
        return ages | {one.name: now - self._rounds.read_at.get(one.name, since) for one in self._rounds.readers}


def _listen(bind: HostPort) -> socket.socket:
    return listen(bind, "access")


def _place(settings: Settings) -> Place | None:
    """Where Dovecot posts. StartError: a file cannot be read, or a token is none."""
    access = settings.access
    serves = [Source.DOVECOT_EVENTS] if access.events else []
    serves += [Source.DOVECOT_POLICY] if access.policy else []
    if access.bind is None or not serves:
        return None
    from gateway.sources.server import Certificate  # and the libraries of a web server: only where there is one
    from gateway.sources.web import Door

    if (access.certificate is None) != (access.key is None):
        raise StartError("access.certificate and access.key: set both, or none for no TLS")
    certificate = Certificate(access.certificate, access.key) if access.certificate and access.key else None
    try:
        door = Door(secret_lines(access.tokens_file, "access.tokens_file"))
    except ValueError as error:
        raise StartError(f"access.tokens_file: {error}") from None
    return Place(access.bind, door, certificate, tuple(serves))
