"""Who writes: the header's mailboxes, the checks of mail from outside, and what they prove together.

    origins = Origins(prover, signer, listener…)
    proved = await origins.prove(envelope, message, content)            # before the rules are asked
    header = await origins.added(envelope, content, proved, skip)       # what is said of it, and our signature
    await origins.settle(proved, delivered=True)                        # once the next hop has answered

Decides nothing: rules do. DNS is asked only where a client is a stranger, or where a signature could prove a mailbox to
a request channel. It must not know sockets or stores.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gateway.authentication.answer import Budget
from gateway.authentication.arc import check_arc
from gateway.authentication.arc_sealing import seal
from gateway.authentication.dkim_verify import check_dkim
from gateway.authentication.dmarc import check_dmarc
from gateway.authentication.heading import Heading, read_heading
from gateway.authentication.identity import IdentitySettings, identify, replay_keys, undecided
from gateway.authentication.keys import SigningKey
from gateway.authentication.replay import SignatureMemory
from gateway.authentication.resolver import Resolver
from gateway.authentication.results import authentication_results, forged
from gateway.authentication.results_forged import hidden
from gateway.authentication.sender import read_sender
from gateway.authentication.signing import Signer
from gateway.authentication.spf import check_spf
from gateway.config import Settings
from gateway.errors import CongThuError, InFlight
from gateway.logs import get_logger
from gateway.message.result import ScannedMessage, SpooledMessage
from gateway.metrics import AuthenticationMetrics
from gateway.model import Direction, Envelope
from gateway.rules.compiled import Known
from gateway.who import NOBODY, Check, Method, Result, Sender, SenderFields

T = TypeVar("T")
_INLINE = 16 * 1024  # bytes of a header that is read without leaving the event loop
_BEHIND = 4096  # bytes behind the header in which some client would go on reading it
_QUERIES = 80  # questions that one message may cause, all checks together
_HARMLESS = frozenset({"address-in-name", "angle-in-name"})  # what a name pretends does not change the address
_RESULTS_NAME = b"authentication-results"
_RESULTS = re.compile(rb"^authentication-results", re.IGNORECASE | re.MULTILINE)
_EMPTY_LINE = b"\r\n"
_NOTHING_SEEN: frozenset[str] = frozenset()
_PLAIN = Heading()
_log = get_logger("congthu.proving")


@dataclass(slots=True)  # not frozen: made for each message, and freezing triples what that costs
class Proved:
    """What is known of a message's sender. `asked`: checks were made, so they may be told to the mail server.

    `keys`: what it claimed in the memory of signatures, which must hear the outcome; mostly nothing.
    """

    sender: Sender
    asked: bool = False
    keys: tuple[str, ...] = ()


NOT_ASKED = Proved(NOBODY)
"""Nothing was asked: the message was judged before."""


class Prover:
    """Reads and checks senders for all listeners of a worker. `known` holds the directory in force."""

    def __init__(
        self,
        settings: Settings,
        resolver: Resolver,
        memory: SignatureMemory,
        known: Known,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        given = settings.authentication
        self._verify, self._seconds, self._seals = given.verify, given.timeout, given.arc_seal
        self._settings = IdentitySettings(
            own_domains=frozenset(domain.lower() for domain in settings.gateway.domains),
            binding_domains=frozenset(domain.lower() for domain in given.binding_domains),
            login_domain=given.login_domain.lower(),
            past=given.fresh,
        )
        self._resolver, self._memory, self._known, self._clock = resolver, memory, known, clock
        self._figures = AuthenticationMetrics()

    @property
    def ready(self) -> bool:
        """Whether directory, blocks and orders were read: before that a stranger passes, or one who is locked."""
        return not (self._known.missing or self._known.unread or self._known.unruled)

    async def prove(
        self, envelope: Envelope, message: ScannedMessage, content: SpooledMessage, plain: bool = False
    ) -> Proved:
        """Everything that is known of who writes. Asks DNS only where something depends on it.

        `plain`: it is known already that an empty line (CRLF) follows the header.
        """
        if len(message.header_block) <= _INLINE:
            fields = _fields(message, content, plain=plain)
        else:
            fields = await asyncio.to_thread(_fields, message, content)
        methods = self._methods(envelope)
        if not methods:
            identity = identify(envelope, fields, (), self._known.directory, self._settings, _PLAIN, self._clock())
            return Proved(Sender(identity, fields))
        checks = await self._check(envelope, message, content, methods, _author_domain(fields))
        return await self._conclude(envelope, Sender(fields=fields, checks=checks), read_heading(message.header_block))

    def _methods(self, envelope: Envelope) -> frozenset[Method]:
        """What must be asked of DNS about this client."""
        session = envelope.session
        if not self._verify or session.user or session.device_sender or session.login_checked:
            return frozenset()
        if not session.trusted:
            return _ALL
        # A relay of ours in front of us: its client is not known here, but a signature may still prove a mailbox.
        inbound = session.direction is Direction.INBOUND
        return _SIGNED if inbound and self.reaches_channel(envelope) else frozenset()

    def reaches_channel(self, envelope: Envelope) -> bool:
        """Whether some recipient is a request channel, or leads to one."""
        channels = self._known.directory.channels
        for recipient in envelope.recipients:  # noqa: SIM110 - for each message: a generator costs more than the answer
            if channels(recipient.address.key):
                return True
        return False

    async def _check(
        self,
        envelope: Envelope,
        message: ScannedMessage,
        content: SpooledMessage,
        methods: frozenset[Method],
        author: str,
    ) -> tuple[Check, ...]:
        began, budget, resolver = time.monotonic(), Budget(_QUERIES, self._seconds), self._resolver
        session = envelope.session
        spf = Check(Method.SPF, Result.NONE)
        if Method.SPF in methods:
            spf = await check_spf(resolver, budget, session.client_address, session.helo, envelope.reverse_path.text)
        header, start, now = message.header_block, message.header_bytes, self._clock()
        signatures = await check_dkim(resolver, budget, header, content, start, now)
        checks = [*((spf,) if Method.SPF in methods else ()), *signatures]
        if Method.DMARC in methods:
            checks.append(await check_dmarc(resolver, budget, author, spf, signatures))
        if self._seals:
            checks.append(await check_arc(resolver, budget, header, content, start, now))
        for check in checks:
            self._figures.checked(check.method, check.result)
        self._figures.took(time.monotonic() - began)
        return tuple(checks)

    async def _conclude(self, envelope: Envelope, known: Sender, heading: Heading) -> Proved:
        fields, checks, settings, now = known.fields, known.checks, self._settings, self._clock()
        directory = self._known.directory
        # Only what opens a channel is worth a question to the store.
        wanted = self.reaches_channel(envelope)
        keys = replay_keys(envelope, fields, checks, settings, heading) if wanted else ()
        held = ""
        try:
            seen = await self._memory.claim(keys, now) if keys else _NOTHING_SEEN
        except InFlight:  # the first copy may fail yet, and then this one is no replay
            seen, held = frozenset(keys), "in-flight"
        except CongThuError as error:  # the store is away: the rules say for which mail that matters
            _log.error("signatures.unavailable", reason=str(error))
            seen, held = frozenset(keys), "store"
        identity = identify(envelope, fields, checks, directory, settings, heading, now, seen.__contains__)
        failed = held or undecided(envelope, fields, checks, directory, settings, heading, identity)
        claimed = tuple(key for key in keys if key not in seen)
        return Proved(Sender(identity, fields, checks, failed), True, claimed)

    async def settle(self, proved: Proved, *, delivered: bool) -> None:
        """Tell the memory of signatures what became of the message: one that was not delivered may come again."""
        if proved.keys:
            await self._memory.settle(proved.keys, delivered=delivered, now=self._clock())


class Origins:
    """One listener's view of senders: what is taken out, what is proved, what is added above the message.

    `signs`: it has keys, so that `added` may have something to add to any message.
    """

    def __init__(
        self,
        prover: Prover,
        signer: Signer | None,
        authserv_id: str,
        direction: Direction,
        sealing: SigningKey | None = None,
    ) -> None:
        self.prove, self.settle, self.reaches_channel = prover.prove, prover.settle, prover.reaches_channel
        self._prover = prover
        self._signer, self._authserv_id, self._sealing = signer, authserv_id, sealing
        # What our own server sends on may carry what we said of it when it came in.
        self._strips = direction is not Direction.OUTBOUND
        self.signs = signer is not None

    @property
    def ready(self) -> bool:
        """See `Prover.ready`."""
        return self._prover.ready

    def may_have_forged(self, message: ScannedMessage) -> bool:
        """False where `with_forged` has nothing to find: nearly always, and quicker told."""
        return self._strips and (not message.header_whole or message.has_field_like(_RESULTS_NAME))

    async def with_forged(self, message: ScannedMessage, skip: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
        """`skip` and the fields that speak in our name without being ours (RFC 8601 5), in the message's order."""
        if not self._strips:
            return skip
        if not message.header_whole:  # where its fields end is not known: an empty range says that something is to go
            return skip or ([(0, 0)] if _RESULTS.search(message.header_block) else skip)
        if not message.count("authentication-results"):
            return skip
        found = await _calmly(message, lambda: forged(message.header_fields, (self._authserv_id,)))
        return sorted({*skip, *found})

    def hides_results(self, behind: bytes) -> bool:
        """Whether a field that speaks in our name stands where only others see a header."""
        return self._strips and hidden(behind, (self._authserv_id,))

    async def added(
        self, envelope: Envelope, content: SpooledMessage, proved: Proved, skip: Sequence[tuple[int, int]]
    ) -> bytes:
        """Header fields of ours for this message: Authentication-Results, DKIM-Signature. CRLF-terminated, or empty."""
        made = b""
        if proved.asked:
            checks, session = proved.sender.checks, envelope.session
            made = authentication_results(
                self._authserv_id, checks, mail_from=envelope.reverse_path.text, helo=session.helo
            )
            if self._sealing is not None:
                made = await self._seal(self._sealing, checks, content, skip) + made
        if self._signer is not None:
            made += await self._sign(self._signer, envelope, content, proved, skip)
        return made

    async def _seal(
        self, key: SigningKey, checks: Sequence[Check], content: SpooledMessage, skip: Sequence[tuple[int, int]]
    ) -> bytes:
        scan = content.scan
        return await seal(
            key, self._authserv_id, checks, scan.header_block, content, scan.header_bytes, time.time(), skip
        )

    async def _sign(
        self,
        signer: Signer,
        envelope: Envelope,
        content: SpooledMessage,
        proved: Proved,
        skip: Sequence[tuple[int, int]],
    ) -> bytes:
        """Our signature, where the sender is one of ours and From says so unmistakably."""
        session, scan = envelope.session, content.scan
        if not (session.trusted or session.user or session.device_sender):
            return b""
        # A message that was judged at an earlier passage was not read here yet.
        fields = (
            proved.sender.fields if proved is not NOT_ASKED else await _calmly(scan, lambda: _fields(scan, content))
        )
        domain = _author_domain(fields)
        if not domain:
            return b""
        return await signer.sign(domain, scan.header_block, content, scan.header_bytes, int(time.time()), skip=skip)


async def _calmly(scan: ScannedMessage, read: Callable[[], T]) -> T:
    """What reading a header gives. A large one may be made to take half a second: that is not the loop's."""
    return read() if len(scan.header_block) <= _INLINE else await asyncio.to_thread(read)


def _fields(scan: ScannedMessage, content: SpooledMessage, *, plain: bool = False) -> SenderFields:
    header = scan.header_block
    behind = _EMPTY_LINE if plain else content.read(len(header), _BEHIND)
    return read_sender(header, behind, whole=scan.header_whole)


def _author_domain(fields: SenderFields) -> str:
    """The domain of From's one mailbox, lower case; "" where there is not one, or readers do not agree which."""
    if not _HARMLESS.issuperset(fields.disputes):
        return ""
    return fields.author[0].address.rpartition("@")[2].lower() if len(fields.author) == 1 else ""


_ALL = frozenset(Method)
_SIGNED = frozenset({Method.DKIM})  # DMARC without SPF would say "fail" of what passed at the relay
