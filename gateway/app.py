"""The one place that builds objects: everything one worker needs, out of settings and listening sockets.

Knows every room's constructor and no room's business.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import secrets
import socket
import ssl
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from pathlib import Path

from gateway import metrics
from gateway.authentication.signing import Signer
from gateway.charging import Charging, ListenerTariff
from gateway.config import Listener, Settings, UpstreamConfig
from gateway.copying import Copier, copier_of
from gateway.errors import StartError
from gateway.journal.journal import Journal
from gateway.keyfile import derived, key_path, shared_key
from gateway.knowing import Knowledge, signer_of
from gateway.logs import get_logger
from gateway.looks import Looks, Tools
from gateway.lookup import Lookup
from gateway.message.scan import Scanner
from gateway.message.sniff import Sniffer
from gateway.message.spool import SpoolPool
from gateway.metrics import ListenerMetrics, UpstreamMetrics
from gateway.model import Direction, Mode, Stage
from gateway.noticing import Noticer
from gateway.ordering import Ordering
from gateway.parts import Parts
from gateway.passwords.watch import Watch
from gateway.pipeline import Pipeline
from gateway.rates import LimitStore
from gateway.rules.crash import Alert, Crash, TempfailWatch
from gateway.rules.outbound_throttle import OutboundThrottle
from gateway.rules.password_policy import PasswordPolicy
from gateway.rules.patterns import in_domains
from gateway.rules.policy import ListenerPolicy, Policy, today_in_vietnam
from gateway.senders import address_of_login, mailbox_of_login
from gateway.smtp.context import ListenerContext
from gateway.smtp.listener import SMTPListener, server_tls
from gateway.tariff import Tariff
from gateway.throttle.sqlite import SqliteLimits
from gateway.trace import COVERS, PassMarks
from gateway.upstream.base import Upstream
from gateway.upstream.maildir import MaildirUpstream
from gateway.upstream.smtp import SmtpUpstream
from gateway.watching import Watching

_log = get_logger("congthu.app")
THROTTLE = OutboundThrottle.name


class UpstreamObserver:
    """Turns what happens to upstream connections into metrics."""

    def __init__(self, name: str) -> None:
        self._metrics = UpstreamMetrics(name)

    def connected(self, host: str) -> None:
        """A connection is ready."""
        self._metrics.up = True

    def failed(self, host: str, kind: str) -> None:
        """A connection failed."""
        _log.warning("upstream.connection_failed", host=host, kind=kind)

    def replied(self, host: str, seconds: float, code: int) -> None:
        """The final reply to a message came."""
        self._metrics.replied(code, seconds)


class App:
    """One worker's whole gateway. `sockets`: listener name → listening socket; the supervisor holds them too."""

    def __init__(self, settings: Settings, worker: int, sockets: dict[str, socket.socket]) -> None:
        self.settings = settings
        self.worker = worker
        self.sockets = sockets
        self.data_dir = settings.gateway.data_dir
        self.node = settings.gateway.node or settings.gateway.hostname
        self._sniff = Sniffer()
        self._tempfails = TempfailWatch(_log_alert)
        self._ids = (f"{worker:x}{secrets.token_hex(3)}-{n:x}" for n in itertools.count(1))
        self._tls: dict[str, ssl.SSLContext] = {}
        self.listeners: dict[str, SMTPListener] = {}
        self.upstreams: dict[str, Upstream] = {}
        self._leaving: list[Upstream] = []
        self._configs: dict[str, UpstreamConfig] = {}
        self._ticker: asyncio.Task[None] | None = None
        self._noticing: asyncio.Task[None] | None = None
        self._retiring: set[asyncio.Task[None]] = set()
        self._tools = Tools()
        self._knowledge = Knowledge(settings)
        self.spools: SpoolPool
        self.journal: Journal
        self.marks: PassMarks
        self.charging: Charging
        self._watching: Watching
        self._ordering: Ordering
        self._changing = asyncio.Lock()  # a reload and an order at once would each build upon what the other replaces
        self._signer: Signer | None = None
        self._lookup: Lookup | None = None
        self._parts: Parts
        self._key = b""

    # Life

    async def start(self) -> None:
        """Open stores, contact upstreams, begin to accept. StartError or ConfigError when it cannot."""
        gateway = self.settings.gateway
        _make_folder(self.data_dir)
        self.spools = SpoolPool(
            self.data_dir / "spool", gateway.spool_threshold, gateway.spool_memory, gateway.spool_disk
        )
        metrics.watch_spool(self.spools)
        self._key = shared_key(key_path(self.settings))
        self.marks = PassMarks(self._key)
        self.journal = Journal.from_settings(self.settings, self.worker)
        await self.journal.start()
        metrics.watch_journal(self.journal)
        await self._knowledge.start()
        counters = self._limit_store()
        known = self._knowledge.known
        self._watching = Watching(self.settings, self._knowledge.database, known, counters)
        watching = self._watching
        self.charging = Charging(counters, known, watching.note, watching.likeness, watches=watching.watches)
        await self.charging.start()
        await self._watching.start()
        self._parts = self._beside(counters)
        await self._parts.start()
        async with self._changing:  # an order that comes meanwhile is put in force after this
            self._ordering = Ordering(self._knowledge.database, known, self._rule)
            await self._ordering.start()
            await self._apply(self.settings)
        self._ticker = asyncio.create_task(self._tick(), name="ticker")
        if self.worker == 0:
            noticer = Noticer(self._knowledge.outbox, self._notices_upstream, gateway.hostname)
            self._noticing = asyncio.create_task(noticer.run(), name="notices")

    async def reload(self, settings: Settings) -> None:
        """Put new settings in force; sessions that are open keep the ones they began with. All or nothing."""
        async with self._changing:
            await self._apply(settings)
            self.settings = settings

    async def drain(self, timeout: float) -> None:  # noqa: ASYNC109
        """Stop accepting, let what is in flight end within `timeout` seconds, close everything."""
        await asyncio.gather(*(listener.stop(timeout) for listener in self.listeners.values()), self._retired(timeout))
        for task in (self._ticker, self._noticing):
            if task is not None:
                task.cancel()
        upstreams = (*self.upstreams.values(), *self._leaving)
        await asyncio.gather(*(upstream.close() for upstream in upstreams), return_exceptions=True)
        await self._tools.close()
        # Both have something left to write, and a store that is slow for the one must not cost the other its time.
        await asyncio.gather(self._watching.close(), self._parts.close(), self._ordering.close())
        await asyncio.gather(self._knowledge.close(), self.journal.close(), self.charging.close())

    async def ready(self) -> dict[str, str]:
        """What a message needs: an upstream that answers, and the journal; "" when fine, else the reason."""
        silent = ", ".join(name for name, upstream in self.upstreams.items() if not upstream.healthy)
        some = any(upstream.healthy for upstream in self.upstreams.values())
        return {
            "upstream": "" if some else f"no host answers: {silent}",
            "journal": "" if self.journal.healthy else "cannot be written",
            "directory": "was not read yet" if self._knowledge.known.missing else "",
            "scanner": self._tools.missing,
            "spam filter": self._tools.unfiltered,
            "senders": self._watching.missing,
            "orders": self._ordering.missing,
        }

    def _beside(self, counters: LimitStore) -> Parts:
        """What runs beside the mail's path."""
        shared = self.settings.gateway.pass_key is not None or not self._knowledge.database.remote
        return Parts(
            self.settings,
            self._knowledge,
            counters,
            self.journal,
            worker=self.worker,
            node=self.node,
            # Nodes that share a store must digest alike; those that share no key share what anybody can compute.
            secret=self._secret if shared else str.encode,
            healths=self._healths,
        )

    def _healths(self) -> dict[str, bool]:
        """Whether each upstream that a listener's mail goes to answers."""
        used = {listener.upstream for listener in self.settings.listener}
        return {name: upstream.healthy for name, upstream in self.upstreams.items() if name in used}

    def _limit_store(self) -> LimitStore:
        """Where senders are counted: our own file, or what many nodes share."""
        shared, timeout = self.settings.store.shared, self.settings.limits.store_timeout
        if shared:
            from gateway.throttle.redis import RedisLimits  # and the library of a store that most do not have

            # Nodes must mean the same by it; those that do not share the key share what anybody can compute.
            secret = self._secret("limits") if self.settings.gateway.pass_key else b"congthu"
            try:
                return RedisLimits(shared, timeout=timeout, secret=secret)
            except ValueError:
                raise StartError('store.shared: no URL of a Redis; write "redis://host:6379/0"') from None
        return SqliteLimits(self.data_dir / "limits.db", timeout=timeout)

    def _secret(self, purpose: str) -> bytes:
        """A key for one purpose. Nodes have it in common where they have the key of the pass marks in common."""
        return derived(self._key, purpose)

    def _notices_upstream(self) -> Upstream | None:
        return self.upstreams.get(self.settings.notices.upstream)

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(1.0)
            now = loop.time()
            for listener in self.listeners.values():
                listener.tick(now)
            for name, upstream in self.upstreams.items():
                figures = UpstreamMetrics(name)
                figures.up = upstream.healthy
                figures.connections = upstream.open_connections if isinstance(upstream, SmtpUpstream) else 0
            self._tools.tick()

    # Building

    async def _apply(self, settings: Settings) -> None:
        """Build everything first, then switch: a failure leaves what was there."""
        ruled = self._ordering.over(settings)
        policy = Policy(ruled, on_crash=_log_crash, known=self._knowledge.known)
        signer, lookup = signer_of(settings), Lookup.of(settings)
        upstreams, fresh = self._upstreams(settings)
        async with contextlib.AsyncExitStack() as undo:
            for upstream in fresh:
                undo.push_async_callback(upstream.close)
            await asyncio.gather(*(upstream.start() for upstream in fresh))
            await _first_contact(fresh)
            senders, beside = self._watching.prepare(settings), await self._parts.prepare(settings)
            undo.callback(beside.discard)
            tls = self._certificates(settings)
            await self._knowledge.apply(settings)
            undo.pop_all()
        # From here on nothing refuses the configuration any more.
        await senders.commit()
        await beside.commit()
        made = self._contexts(ruled, policy, upstreams, tls, signer, lookup)
        self._lookup = lookup
        gone = [up for name, up in self.upstreams.items() if upstreams.get(name) is not up]
        self.upstreams, self._configs, self._signer = upstreams, dict(settings.upstream), signer
        await self._tools.apply(settings, waits=_waits(policy, made))
        await self._switch(made)
        self._leaving += gone
        for upstream in gone:
            upstream.retire()  # sessions that began with it may still use it

    async def _rule(self) -> None:
        """Orders have changed: the rules are made anew; sockets, certificates, next hops and stores stay."""
        async with self._changing:
            settings = self._ordering.over(self.settings)
            policy = Policy(settings, on_crash=_log_crash, known=self._knowledge.known)
            tls = {one.name: self._tls.get(one.name) if one.tls != "none" else None for one in settings.listener}
            made = self._contexts(settings, policy, self.upstreams, tls, self._signer, self._lookup)
            await self._tools.apply(settings, waits=_waits(policy, made))
            await self._switch(made)

    def _contexts(
        self,
        settings: Settings,
        policy: Policy,
        upstreams: dict[str, Upstream],
        tls: dict[str, ssl.SSLContext | None],
        signer: Signer | None,
        lookup: Lookup | None,
    ) -> dict[str, ListenerContext]:
        return {
            one.name: self._context(
                settings,
                one,
                policy,
                upstreams[one.upstream],
                tls[one.name],
                signer,
                lookup,
                copier_of(settings, one, upstreams),
            )
            for one in settings.listener
        }

    def _upstreams(self, settings: Settings) -> tuple[dict[str, Upstream], list[Upstream]]:
        """All upstreams of the settings (those whose configuration is unchanged are kept), and the new ones."""
        kept = {n: up for n, up in self.upstreams.items() if self._configs.get(n) == settings.upstream.get(n)}
        hostname = settings.gateway.hostname
        fresh = {n: self._upstream(n, config, hostname) for n, config in settings.upstream.items() if n not in kept}
        return kept | fresh, list(fresh.values())

    def _upstream(self, name: str, config: UpstreamConfig, hostname: str) -> Upstream:
        if config.maildir is not None:
            return MaildirUpstream(name, self.data_dir / config.maildir)
        return SmtpUpstream(name, config, hostname, UpstreamObserver(name))

    def _certificates(self, settings: Settings) -> dict[str, ssl.SSLContext | None]:
        """The listeners' TLS contexts. All files are looked at before one of them is shown to anybody. StartError."""
        made = {listener.name: self._server_tls(listener, None) for listener in settings.listener}
        return {listener.name: self._server_tls(listener, made[listener.name]) for listener in settings.listener}

    def _server_tls(self, listener: Listener, made: ssl.SSLContext | None) -> ssl.SSLContext | None:
        """A listener's TLS context, new; or, with this one `made`, the one in force.

        On reload the same object gets the new certificate, for implicit TLS too.
        """
        if listener.tls == "none" or listener.certificate is None or listener.key is None:
            return None
        try:
            if made is None:
                return server_tls(str(listener.certificate), str(listener.key))
            known = self._tls.get(listener.name)
            if known is not None:
                known.load_cert_chain(listener.certificate, listener.key)
        except (OSError, ssl.SSLError) as error:
            hint = f"listener {listener.name}: cannot use certificate {listener.certificate} with key {listener.key}"
            raise StartError(f"{hint}: {getattr(error, 'reason', None) or error}") from None
        return self._tls.setdefault(listener.name, made)

    def _context(
        self,
        settings: Settings,
        listener: Listener,
        policy: Policy,
        upstream: Upstream,
        tls: ssl.SSLContext | None,
        signer: Signer | None,
        lookup: Lookup | None,
        copier: Copier | None,
    ) -> ListenerContext:
        gateway = settings.gateway
        own = policy.own_domains
        counts = ListenerMetrics(listener.name)
        rules = policy.for_listener(listener.name)
        pipeline = Pipeline(
            hostname=gateway.hostname,
            listener=listener.name,
            upstream=listener.upstream,
            policy=rules,
            journal=self.journal,
            metrics=counts,
            marks=self.marks,
            add_mark=_may_return(listener, settings.listener),
            tempfails=self._tempfails,
            contact=gateway.contact,
            lookup=lookup,
            looks=Looks(rules.needs, self._tools),
            origins=self._knowledge.origins(settings, listener, signer),
            on_accepted=self._knowledge.note,
            tariff=self._tariff(settings, listener, rules, own),
            passwords=self._password_watch(settings, rules, own),
            on_delivered=self._parts.delivered,
            on_refused=self._parts.refused,
            copier=copier,
        )
        return ListenerContext(
            listener,
            hostname=gateway.hostname,
            trusted_networks=gateway.trusted_networks,
            own_domain=lru_cache(4096)(lambda domain: in_domains(domain, own)),
            upstream=upstream,
            pipeline=pipeline,
            spools=self.spools,
            scanner=self._scanner(),
            metrics=counts,
            tls=tls,
            new_id=self._ids.__next__,
            login_checked=settings.authentication.login_checked,
            on_login=self._parts.logged_in if listener.direction is Direction.SUBMISSION else None,
        )

    def _tariff(
        self, settings: Settings, listener: Listener, rules: ListenerPolicy, own: frozenset[str]
    ) -> ListenerTariff | None:
        """What senders pay on a listener; None where nobody is counted."""
        if listener.direction is Direction.INBOUND:
            return None
        counted = rules.runs(THROTTLE)
        if not counted and not settings.senders.watch:
            return None
        return ListenerTariff(
            self.charging,
            Tariff(
                settings.limits,
                settings.limit_override,
                today_in_vietnam,
                counts=counted,
                watched=settings.senders.watch,
            ),
            ours=lru_cache(4096)(lambda domain: in_domains(domain, own)),
            own_domains=own,
            realm=settings.authentication.login_domain.lower(),
            late=_may_have_passed(listener, settings.listener),
            observes=cache(lambda name: rules.mode_of(THROTTLE, name) is not Mode.ENFORCE),
        )

    def _password_watch(self, settings: Settings, rules: ListenerPolicy, own: frozenset[str]) -> Watch | None:
        """Who looks at the passwords of a listener's logins; None where that was not asked for."""
        if not rules.runs(PasswordPolicy.name, Stage.AUTH):
            return None
        known, realm = self._knowledge.known, settings.authentication.login_domain.lower()

        def name_of(login: str) -> str:
            found = mailbox_of_login(login, known.directory, own, realm)
            return found.key if found is not None else address_of_login(login, own, realm)

        return Watch(self.charging.store, self._secret("passwords"), name_of)

    def _scanner(self) -> Callable[[], Scanner]:
        sniff = self._sniff
        return lambda: Scanner(sniff=sniff)

    async def _switch(self, contexts: dict[str, ListenerContext]) -> None:
        for name, listener in list(self.listeners.items()):
            if name not in contexts or listener.socket is not self.sockets[name]:
                await self._retire(name)
        for name, context in contexts.items():
            if name in self.listeners:
                self.listeners[name].replace(context)
            else:
                self.listeners[name] = SMTPListener(context, self.sockets[name])
                await self.listeners[name].start()

    async def _retire(self, name: str) -> None:
        listener = self.listeners.pop(name)
        task = asyncio.create_task(listener.stop(self.settings.gateway.shutdown_timeout), name=f"retire {name}")
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    async def _retired(self, timeout: float) -> None:  # noqa: ASYNC109 - a deadline for the clients, not for us
        """Let what is in flight over listeners that a reload took away end, too."""
        if self._retiring:
            await asyncio.wait(tuple(self._retiring), timeout=timeout)


def _waits(policy: Policy, listeners: Iterable[str]) -> frozenset[str]:
    """The needs without which some listener answers 451."""
    return frozenset(need for name in listeners for need in policy.for_listener(name).waits)


def _may_return(listener: Listener, others: tuple[Listener, ...]) -> bool:
    """Whether mail of this listener can come back through another one that would have to judge it again."""
    covered = COVERS[listener.direction]
    return any(other.name != listener.name and other.direction in covered for other in others)


def _may_have_passed(listener: Listener, others: tuple[Listener, ...]) -> bool:
    """Whether mail may come to this listener that another one has judged and counted already."""
    return any(other.name != listener.name and listener.direction in COVERS[other.direction] for other in others)


async def _first_contact(upstreams: list[Upstream]) -> None:
    """Give the next hops a moment to say what they can do, so that the first EHLO is whole. They may be down."""
    if upstreams:
        await asyncio.wait([asyncio.ensure_future(up.probe()) for up in upstreams], timeout=3.0)


def _log_crash(crash: Crash) -> None:
    _log.error("rule.crashed", rule=crash.rule, digest=crash.digest, traceback=crash.text[-4000:])


def _log_alert(alert: Alert) -> None:
    _log.error("message.keeps_failing", rule=alert.rule, digest=alert.digest, count=alert.count, message=alert.key)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    except OSError as error:
        raise StartError(f"data folder {folder} cannot be made: {error.strerror}; check gateway.data_dir") from None
