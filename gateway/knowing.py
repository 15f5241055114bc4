"""One worker's knowledge of who writes: the directory in force, DNS, keys that sign, signatures seen, our notices.

    knowledge = Knowledge(settings)
    await knowledge.start()                     # the directory's first snapshot
    knowledge.known                             # what the rules look into
    origins = knowledge.origins(settings, listener)

Knows the rooms' constructors and none of their business. It must not know SMTP.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any

from gateway import metrics
from gateway.authentication.exchange import Server
from gateway.authentication.keys import SigningKey, load_key
from gateway.authentication.replay import ReplayCache, SignatureMemory
from gateway.authentication.resolver import Resolver, system_servers
from gateway.authentication.signing import Signer
from gateway.config import Listener, Settings
from gateway.directory.database import Database
from gateway.directory.entry import Snapshot
from gateway.directory.errors import DirectoryUnavailable
from gateway.directory.index import Directory
from gateway.directory.outbox import Outbox
from gateway.directory.request_store import RequestSeen, RequestStore
from gateway.directory.requests import RequestBook
from gateway.directory.seen import SharedMemory
from gateway.directory.store import DirectoryStore
from gateway.directory.watch import Watcher, breathe
from gateway.errors import StartError
from gateway.journal.decision import Decision
from gateway.logs import get_logger
from gateway.model import Direction
from gateway.proving import Origins, Prover
from gateway.regulations import load
from gateway.rules.compiled import Known
from gateway.rules.patterns import in_domains
from gateway.rules.request_channel import NAME as REQUEST_CHANNEL
from gateway.rules.request_channel import request_in
from gateway.who import Channel, Lookup

_SKEW = 300.0  # seconds by which clocks may differ, as `IdentitySettings.future`
_log = get_logger("congthu.knowing")


class _Source:
    """The store as the watcher reads it. `makes`: its tables are made first, as soon as the store answers."""

    def __init__(self, store: DirectoryStore) -> None:
        self._store, self.makes = store, False

    def version(self) -> int:
        """See `gateway.directory.watch.Source`. StartError where a newer version made the tables."""
        if self.makes:
            self._store.prepare()
            self.makes = False
        return self._store.version()

    def snapshot(self) -> Snapshot:
        """See `gateway.directory.watch.Source`."""
        return self._store.snapshot()


class Knowledge:
    """What the listeners of a worker share about senders. Rules ask `known`; its directory changes under them."""

    def __init__(self, settings: Settings) -> None:
        self.known = Known()
        self._settings = settings
        self._store = DirectoryStore(settings.store.url, settings.gateway.data_dir)
        self._source = _Source(self._store)
        self._shared = SharedMemory(self._store.database, _remembered(settings))
        self._memory: SignatureMemory = self._shared
        self._servers = _servers(settings)
        self._resolver = Resolver(self._servers, preferred=_preferred(settings))
        self._book = RequestBook(RequestStore(self._store.database))
        self._watcher = Watcher(self._source, self._build, every=settings.directory.refresh)
        self._watching: asyncio.Task[None] | None = None
        self._left: list[Resolver] = []
        self.outbox = Outbox(self._store.database)

    @property
    def database(self) -> Database:
        """The store, for others who keep something beside the directory."""
        return self._store.database

    async def start(self) -> None:
        """Make the directory's tables where they are not, and read it. StartError says what is in the way.

        A PostgreSQL that does not answer is no such error, as with the journal: it is asked again and again, and no
        mail is taken before it has answered once (`Known.missing`).
        """
        self._source.makes = self.known.missing = True
        try:
            await self._watcher.start()
        except DirectoryUnavailable as error:
            if not self._store.database.remote:
                raise StartError(f"{error}; gateway.data_dir must be writable") from error
            _log.error("directory.unavailable", reason=str(error))
        await self._book.start()
        self._watching = asyncio.create_task(self._watcher.run(), name="directory")
        metrics.watch_directory(
            lambda: self.known.directory.size,
            lambda: time.monotonic() - self._watcher.checked,
            lambda: self._book.dropped,
        )

    async def peek(self) -> None:
        """Read the directory as it is, for a command: nothing is made, and where there is none nobody is known.

        What a command looks at is not delivered, so its signatures are not remembered.
        """
        self._memory = ReplayCache(self._shared.seconds)
        await self._watcher.start()

    async def apply(self, settings: Settings) -> None:
        """Take a new configuration: channels, separators, DNS servers, how long signatures are remembered."""
        before, self._settings = self._settings, settings
        try:
            await self._watcher.rebuild()
        except BaseException:
            self._settings = before
            raise
        self._watcher.every, self._shared.seconds = settings.directory.refresh, _remembered(settings)
        servers = _servers(settings)
        if servers != self._servers:
            self._left.append(self._resolver)  # sessions that are open go on asking it
            self._servers, self._resolver = servers, Resolver(servers, preferred=_preferred(settings))

    async def close(self) -> None:
        """End what runs."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        await self._book.close()
        await asyncio.gather(*(resolver.close() for resolver in (self._resolver, *self._left)))

    def note(self, decision: Decision) -> None:
        """Keep a request that passed, so that the office sees it. Never waits, never raises."""
        seen: set[str] = set()
        for finding in decision.findings:
            found = request_in(finding)
            if found is not None and found["channel"] not in seen:
                seen.add(found["channel"])
                self._book.note(_request(decision, found))

    def _build(self, snapshot: Snapshot) -> Lookup:
        """Called in a thread; what it returns is in force at once, for every listener."""
        settings = self._settings
        made = Directory.build(
            snapshot,
            channels_of(settings, kept=bool(snapshot.mailboxes)),
            separators=settings.directory.separator,
            own_domains=settings.gateway.domains,
            hosts=_hosts(settings),
            pause=breathe,
        )
        self.known.directory, self.known.missing = made, False
        return made

    def origins(self, settings: Settings, listener: Listener, signer: Signer | None) -> Origins:
        """One listener's view. `signer`: see `signer_of`."""
        prover = Prover(settings, self._resolver, self._memory, self.known)
        authserv_id = settings.authentication.authserv_id or settings.gateway.hostname
        signs = listener.direction is Direction.OUTBOUND if listener.sign is None else listener.sign
        return Origins(prover, signer if signs else None, authserv_id, listener.direction, _sealing(settings, signer))


def _request(decision: Decision, found: Mapping[str, Any]) -> RequestSeen:
    return RequestSeen(
        decision.reference,
        decision.time,
        found["channel"],
        found["mailbox"],
        unit=found["unit"],
        how=found["how"],
        kinds=tuple(found["kinds"]),
        reason=found["reason"],
        rows=found["rows"],
        lists=found["lists"],
        message_id=decision.message_id,
    )


def signer_of(settings: Settings) -> Signer | None:
    """The keys of the configuration, read from their files; None without any. StartError names what is no key."""
    keys = [load_key(key.key, key.domain, key.selector) for key in settings.dkim]
    return Signer(keys) if keys else None


def _sealing(settings: Settings, signer: Signer | None) -> SigningKey | None:
    """The key that seals: of the first of our domains, where sealing is asked for."""
    domains = settings.gateway.domains
    if signer is None or not domains or not settings.authentication.arc_seal:
        return None
    return next(iter(signer.for_domain(domains[0].removeprefix("*."))), None)


def _preferred(settings: Settings) -> tuple[str, ...]:
    """The domains whose keys a 451 waits for."""
    return (*settings.authentication.binding_domains, *settings.gateway.domains)


def _hosts(settings: Settings) -> set[str]:
    """The names by which the mail server behind us may know itself, as far as the configuration tells them."""
    given = settings.upstream.values()
    return {settings.gateway.hostname, *(one.tls_name for one in given), *(h.host for one in given for h in one.hosts)}


def _remembered(settings: Settings) -> float:
    """Seconds for which a delivered message is remembered: longer than its signature is fresh, by any clock."""
    return settings.authentication.fresh + 2 * _SKEW


def _servers(settings: Settings) -> tuple[Server, ...]:
    """The DNS servers that are configured, else the system's as they are now."""
    given = settings.authentication.servers
    return tuple((server.host, server.port) for server in given) or system_servers()


def channels_of(settings: Settings, *, kept: bool) -> Sequence[Channel]:
    """The request channels: those configured, else those that the regulations name, where a directory is kept.

    Without a directory nobody could be told from a stranger, so a regulation's own address does not begin to refuse.
    """
    if settings.request_channel:
        return [Channel(one.address, one.also, one.exclusive) for one in settings.request_channel]
    rule = settings.rules.get(REQUEST_CHANNEL)
    given = (rule.model_extra or {}).get("addresses", ()) if rule is not None else ()
    if given:  # the rule's parameter, which stands before the regulation's as any does
        return [Channel(address) for address in given]
    return [Channel(address) for address in _named(settings)] if kept else []


def _named(settings: Settings) -> Sequence[str]:
    own = frozenset(domain.lower() for domain in settings.gateway.domains)
    names = dict.fromkeys((settings.gateway.regulation, *(profile.regulation for profile in settings.profile)))
    found = (
        address for name in names for address in load(name).parameters.get(REQUEST_CHANNEL, {}).get("addresses", ())
    )
    return [address for address in found if in_domains(address.rpartition("@")[2].lower(), own)]
