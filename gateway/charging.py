"""What a transaction is counted to: reserved as its recipients come, settled when it is known what became of it.

    account = charging.account(envelope, observed)       # at MAIL; None where nobody pays
    rates = await account.reserve(recipients)             # at RCPT, before the next hop is asked
    rates = await account.weigh(message)                  # the whole message, before the rules
    account.delivered = True; account.close()             # the end, whatever it was

Nothing here decides: rules do, from the `Rates` that they are told. It must not know sockets, nor what a store is.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from gateway.errors import LimitsUnavailable
from gateway.logs import get_logger
from gateway.metrics import LimitMetrics, watch_limits
from gateway.model import Address, Envelope, Message, Recipient, Reply, Verdict
from gateway.payers import Payer, claimed, payer_of
from gateway.rates import (
    NO_RATES,
    Ask,
    Charge,
    Deed,
    Exceeded,
    Grant,
    Hold,
    Limit,
    LimitStore,
    Measure,
    Rates,
    Scope,
)
from gateway.rules.compiled import Known
from gateway.rules.spam import calls_it_spam
from gateway.senders import address_of_login, mailbox_named
from gateway.tariff import Tariff

_QUEUE = 10_000  # ended transactions that may wait to be settled
_ASSUMED = 65536  # bytes that a message is counted with before it is there, at most a 1,024th of what is allowed
_TOGETHER = 64  # of them that are settled at once
_AGAIN = 1.0  # seconds between tries while the store is gone
_NAMED = 8  # exceeded limits that are kept of a transaction
_FAILED = Rates(failed=True)
_WATCHED = frozenset({Scope.MAILBOX, Scope.PATH})  # accounts of senders that have a name
_Ended = tuple[tuple[Hold, ...], tuple[str, ...]]  # what a transaction held, and whom it reached
_log = get_logger("congthu.limits")


class Charging:
    """The accounts of a worker's listeners.

    `note` hears of every transaction of a sender that has a name; `likeness` names a message's content for it.
    """

    def __init__(
        self,
        store: LimitStore,
        known: Known,
        note: Callable[[Deed], None] | None = None,
        likeness: Callable[[Message], str] | None = None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.store, self.note, self.likeness, self.clock = store, note, likeness, clock
        self._known = known
        self.metrics = LimitMetrics()
        self._ended: deque[_Ended] = deque()
        self._wake, self._idle = asyncio.Event(), asyncio.Event()
        self._idle.set()
        self._settling: asyncio.Task[None] | None = None
        self._busy = 0
        self.lost = 0

    @property
    def unsettled(self) -> int:
        """Ended transactions that wait to be settled."""
        return len(self._ended) + self._busy

    async def start(self) -> None:
        """Make the store ready. Where it is away it is asked again with each message."""
        try:
            await self.store.start()
        except LimitsUnavailable as error:
            self.metrics.up = False
            _log.error("limits.unavailable", reason=str(error))
        self._settling = asyncio.create_task(self._settle(), name="limits")
        watch_limits(lambda: self.unsettled, lambda: self.lost)

    async def close(self, timeout: float = 2.0) -> None:  # noqa: ASYNC109
        """Settle what has ended, within `timeout` seconds, and end."""
        if self._settling is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout):
                    await self._idle.wait()
            self._settling.cancel()
            await asyncio.gather(self._settling, return_exceptions=True)
        await self.store.close()

    def payer(self, envelope: Envelope, tariff: ListenerTariff) -> Payer | None:
        """Whose account this transaction is counted to."""
        return payer_of(envelope, self._known.directory, tariff.ours, tariff.own_domains, tariff.realm)

    def author(self, address: str, tariff: ListenerTariff) -> Payer | None:
        """The account of an author that only the message names; None where it is none of ours."""
        author = Address(address)
        return claimed(author, self._known.directory) if tariff.ours(author.domain) else None

    def payer_of_login(self, login: str, tariff: ListenerTariff) -> str:
        """The mailbox that somebody tried to log in to; "" where there is none of this name.

        Anybody may try any name: only mailboxes that are known, or may be where no directory is kept, are remembered.
        """
        directory = self._known.directory
        address = address_of_login(login, tariff.own_domains, tariff.realm)
        found = mailbox_named(address, directory) if address else None
        if found is not None:
            return found.key
        return address.lower() if not directory.size and tariff.ours(address.rpartition("@")[2].lower()) else ""

    def ended(self, holds: Sequence[Hold], delivered: Sequence[str]) -> None:
        """Settle soon. What cannot wait any more counts until its windows pass: never too much is sent for it."""
        if len(self._ended) >= _QUEUE:
            self._ended.popleft()
            self.lost += 1
        self._ended.append((tuple(holds), tuple(delivered)))
        self._idle.clear()
        self._wake.set()

    async def _settle(self) -> None:
        while True:
            while self._ended:
                some = [self._ended.popleft() for _ in range(min(len(self._ended), _TOGETHER))]
                self._busy = len(some)
                try:
                    again = [one for one in await asyncio.gather(*map(self._settled, some)) if one is not None]
                finally:
                    self._busy = 0
                if again:
                    self._ended.extendleft(reversed(again))
                    self.metrics.up = False
                    await asyncio.sleep(_AGAIN)
            self._wake.clear()
            self._idle.set()
            await self._wake.wait()

    async def _settled(self, ended: _Ended) -> _Ended | None:
        """Settle one; what is to be tried again where the store is away."""
        try:
            await self.store.settle(*ended)
        except LimitsUnavailable:
            return ended
        except Exception:  # a bug: the others are not to wait for ever
            self.lost += 1
            _log.exception("limits.unsettled")
        return None

    def count(self, grant: Grant | None, began: float) -> None:
        """Metrics of one question to the store."""
        metrics = self.metrics
        if grant is not None and not metrics.up:
            _log.info("limits.available")
        result = "failed" if grant is None else "refused" if grant.exceeded else "granted"
        metrics.reserved(result, time.perf_counter() - began)
        for one in grant.exceeded if grant is not None else ():
            metrics.exceeded(one.scope.value)


class ListenerTariff:
    """One listener's view: who pays there, how much, and whether a policy class only observes.

    `late`: mail may come here that was counted on another listener already, which only its header shows: so nothing is
    reserved before the whole message is there.
    """

    __slots__ = ("_charging", "_observes", "late", "ours", "own_domains", "realm", "tariff")

    def __init__(
        self,
        charging: Charging,
        tariff: Tariff,
        *,
        ours: Callable[[str], bool],
        own_domains: frozenset[str],
        realm: str,
        late: bool,
        observes: Callable[[str], bool],
    ) -> None:
        self._charging, self.tariff, self._observes = charging, tariff, observes
        self.ours, self.own_domains, self.realm, self.late = ours, own_domains, realm, late

    def account(self, envelope: Envelope) -> Account | None:
        """The account of a transaction that begins; None where nobody pays."""
        payer = self._charging.payer(envelope, self)
        if payer is None:
            return None
        charges = self.tariff.charges(payer, envelope.session.client_address)
        return Account(self._charging, payer, charges, envelope, self)

    def observes(self, recipients: Sequence[Recipient]) -> bool:
        """Whether the rule only observes for all of these."""
        return all(self._observes(recipient.policy_class) for recipient in recipients)

    def author(self, address: str, client: str) -> tuple[Payer, tuple[Charge, ...]] | None:
        """Whose account a message is that has no reverse-path and is no report: its author's, if he is ours."""
        payer = self._charging.author(address, self)
        return None if payer is None else (payer, self.tariff.charges(payer, client))

    def login_failed(self, login: str, client: str) -> None:
        """Somebody did not know a password. `login` as it was given, "" where it could not be read."""
        if login and self._charging.note is not None:
            who = self._charging.payer_of_login(login, self)
            if who:
                self._charging.note(Deed(who, self._charging.clock(), client, failed_login=True))


class Account:
    """One transaction's account: what it holds, and what was seen of it."""

    __slots__ = (
        "_assumed",
        "_charges",
        "_charging",
        "_envelope",
        "_exceeded",
        "_failed",
        "_holds",
        "_listener",
        "_payer",
        "_room",
        "_sized",
        "delivered",
        "likeness",
        "spam",
        "throttled",
        "unknown",
        "waived",
    )

    def __init__(
        self,
        charging: Charging,
        payer: Payer,
        charges: tuple[Charge, ...],
        envelope: Envelope,
        listener: ListenerTariff,
    ) -> None:
        self._charging, self._payer, self._charges, self._envelope = charging, payer, charges, envelope
        self._listener = listener
        self._room = _narrowest(charges) if listener.late else None
        self._holds: list[Hold] = []
        self._exceeded: list[Exceeded] = []
        self._failed = False
        sizes = [limit.count for charge in charges for limit in charge.limits if limit.measure is Measure.BYTES]
        self._sized = bool(sizes)
        self._assumed = min(_ASSUMED, min(sizes) // 1024) if sizes else 0
        self.delivered = False
        self.waived = False  # it was judged, counted and charged before (the pass mark says so)
        self.spam = False
        self.likeness = ""
        self.unknown = 0  # recipients that the next hop does not know
        self.throttled = 0

    @property
    def name(self) -> str:
        """Whose account it is, for records."""
        return f"{self._payer.scope.value}:{self._payer.who}"

    async def reserve(self, recipients: Sequence[Recipient]) -> Sequence[Rates]:
        """Count these; for each what the limits say. Nothing is asked where the message must be seen first."""
        if not self._charges:
            return [NO_RATES] * len(recipients)
        force = self._listener.observes(recipients)
        if self._listener.late:
            return [NO_RATES] * len(recipients) if force else self._take_in(recipients)
        if self._payer.leaving:
            return await self._reserve_leaving(recipients)
        names = tuple(recipient.address.key for recipient in recipients)
        first = not any(hold.messages for hold in self._holds)
        size = self._assumed if first else 0  # most messages are smaller: these need no second question
        grant = await self._ask(Ask(self._charges, names, int(first), size, force))
        if grant is None:
            return [_FAILED] * len(recipients)
        if force:
            self._exceeded = [*self._exceeded, *grant.exceeded][:_NAMED]
            return [NO_RATES] * len(recipients)  # said once, of the whole message
        self.throttled += grant.granted.count(False)
        refused = Rates(grant.exceeded)
        return [NO_RATES if granted else refused for granted in grant.granted]

    def _take_in(self, recipients: Sequence[Recipient]) -> Sequence[Rates]:
        """What is counted as a whole later must have room as a whole: the rest is for another transaction."""
        if self._room is None:
            return [NO_RATES] * len(recipients)
        scope, who, limit = self._room
        room = max(limit.count - len(self._envelope.recipients), 0)
        full = Rates((Exceeded(scope, who, limit, limit.count, float(limit.seconds)),))
        self.throttled += max(len(recipients) - room, 0)
        return [NO_RATES if place < room else full for place in range(len(recipients))]

    async def _reserve_leaving(self, recipients: Sequence[Recipient]) -> Sequence[Rates]:
        """Of mail that may be from outside only what goes on to the outside is counted."""
        ours, outside = self._listener.ours, replace(self._payer, leaving=False)
        leaving = [one for one in recipients if not ours(one.address.domain)]
        if not leaving:
            return [NO_RATES] * len(recipients)
        self._payer = outside
        try:
            said = dict(zip(map(id, leaving), await self.reserve(leaving), strict=True))
        finally:
            self._payer = replace(outside, leaving=True)
        return [said.get(id(one), NO_RATES) for one in recipients]

    def _counted_late(self) -> tuple[str, ...]:
        """The recipients that are counted with the whole message."""
        if not self._listener.late:
            return ()
        ours, free = self._listener.ours, self._payer.leaving
        names = (recipient.address for recipient in self._envelope.recipients)
        return tuple(name.key for name in names if not (free and ours(name.domain)))

    async def weigh(self, message: Message, author: str = "") -> Rates:
        """The whole message: count what is not counted yet, and say what the rules are to know of it.

        `author`: From, of a message without a reverse-path that is no report; else "".
        """
        envelope = self._envelope
        if author and self._payer.scope is Scope.NULL:
            await self._charge_author(author)
        if not self._charges:
            return NO_RATES
        names = self._counted_late()
        held = sum(hold.size for hold in self._holds)
        counts = bool(names or self._holds) or not self._payer.leaving
        more = max(message.size - held, 0) if self._sized and counts else 0
        if names or (more and not self._failed):
            force = self._listener.observes(envelope.recipients)
            grant = await self._ask(Ask(self._charges, names, int(self._listener.late), more, force))
            if grant is not None and grant.exceeded:
                self._exceeded = [*self._exceeded, *grant.exceeded][:_NAMED]
                self.throttled += grant.granted.count(False)
        if not self._exceeded and not self._failed:
            return NO_RATES
        return Rates(tuple(self._exceeded), self._failed)

    async def _charge_author(self, author: str) -> None:
        """Who leaves the reverse-path away pays as who the message is from, and is watched as such."""
        found = self._listener.author(author, self._envelope.session.client_address)
        if found is None:
            return
        self._payer, charges = found
        names = tuple(recipient.address.key for recipient in self._envelope.recipients)
        force = self._listener.observes(self._envelope.recipients)
        grant = await self._ask(Ask(charges, names, 1, 0, force)) if charges else None
        if grant is not None and grant.exceeded:
            self._exceeded = [*self._exceeded, *grant.exceeded][:_NAMED]
            self.throttled += grant.granted.count(False)

    async def _ask(self, ask: Ask) -> Grant | None:
        began = time.perf_counter()
        try:
            grant = await self._charging.store.reserve(ask)
        except LimitsUnavailable as error:
            if self._charging.metrics.up:  # once, not with each message
                _log.warning("limits.unavailable", account=self.name, reason=str(error))
            self._failed, grant = True, None
        self._charging.count(grant, began)
        if grant is not None and (grant.hold.taken or grant.hold.messages or grant.hold.size):
            self._holds.append(grant.hold)
        return grant

    def saw(self, message: Message, verdict: Verdict) -> None:
        """The whole message and what was found of it."""
        self.spam = any(calls_it_spam(finding) for finding in verdict.findings)
        if self._charging.likeness is not None and self._payer.scope in _WATCHED:
            self.likeness = self._charging.likeness(message)

    def answered(self, reply: Reply) -> None:
        """The next hop's answer to a recipient: does nobody there have this name?"""
        if reply.code == 550 and (reply.enhanced or "").startswith("5.1."):
            self.unknown += 1

    def close(self) -> None:
        """The transaction is over. What was not delivered counts no more; what was is a deed of its sender."""
        counts = self.delivered and not self.waived
        names = tuple(recipient.address.key for recipient in self._envelope.recipients) if counts else ()
        if self._holds and not self._is_settled(names):
            self._charging.ended(self._holds, names)
        self._note(names)
        self._holds = []

    def _is_settled(self, names: Sequence[str]) -> bool:
        """Whether all that is held stays as it is, and nobody is to be learned: so it is with nearly all mail."""
        if not names or any(hold.new for hold in self._holds):
            return False
        reached = frozenset(names)
        return all(reached.issuperset(hold.taken) for hold in self._holds)

    def _note(self, names: Sequence[str]) -> None:
        note, payer = self._charging.note, self._payer
        if note is None or self.waived or payer.scope not in _WATCHED:
            return
        if not (names or self.unknown or self.throttled or self.spam):
            return
        new = {name for hold in self._holds for name in hold.new}
        note(
            Deed(
                payer.who,
                self._charging.clock(),
                self._envelope.session.client_address,
                recipients=len(names),
                new=len(new.intersection(names)),
                unknown=self.unknown,
                throttled=self.throttled,
                likeness=self.likeness,
                spam=self.spam,
                kind="" if payer.mailbox is None else payer.mailbox.kind.value,
            )
        )


def _narrowest(charges: Sequence[Charge]) -> tuple[Scope, str, Limit] | None:
    """The limit that leaves least room for recipients at once."""
    found = [
        (charge.scope, charge.who, limit)
        for charge in charges
        for limit in charge.limits
        if limit.measure in (Measure.RECIPIENTS, Measure.NEW)
    ]
    return min(found, key=lambda one: one[2].count, default=None)
