"""One transaction's account: what was reserved for it, what was seen of it, and what is told of it when it is over.

It belongs to `gateway.charging`, which keeps the store and knows who pays. It must not know sockets, nor a store.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from gateway.errors import LimitsUnavailable
from gateway.metrics import LimitMetrics
from gateway.model import Envelope, Message, Recipient, Reply, Verdict
from gateway.payers import Payer
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
from gateway.rules.spam import calls_it_spam

_ASSUMED = 65536  # bytes that a message is counted with before it is there, at most a 1,024th of what is allowed
_NAMED = 8  # exceeded limits that are kept of a transaction
_FAILED = Rates(failed=True)
_WATCHED = frozenset({Scope.MAILBOX, Scope.PATH})  # accounts of senders that have a name


class Till(Protocol):
    """Where a transaction's account is kept (`gateway.charging.Charging`)."""

    store: LimitStore
    note: Callable[[Deed], None] | None
    likeness: Callable[[Message], str] | None
    watches: Callable[[], bool]
    clock: Callable[[], float]
    metrics: LimitMetrics

    def away(self, reason: str, account: str = "") -> None:
        """The store gave no answer."""

    def count(self, grant: Grant | None, began: float) -> None:
        """Metrics of one question to the store."""

    def ended(self, holds: Sequence[Hold], delivered: Sequence[str]) -> None:
        """Settle soon."""


class Prices(Protocol):
    """What a listener asks for (`gateway.charging.ListenerTariff`)."""

    ours: Callable[[str], bool]
    late: bool

    def observes(self, recipients: Sequence[Recipient]) -> bool:
        """Whether the rule only observes for all of these."""

    def author(self, address: str, servers: str, client: str) -> tuple[Payer, tuple[Charge, ...]] | None:
        """Whose account a message is that has no reverse-path and is no report."""


_SIZES: dict[int, tuple[tuple[Charge, ...], tuple[bool, int]]] = {}  # by identity: see Tariff.charges
_MOST_SIZES = 4096


def _sizes_of(charges: tuple[Charge, ...]) -> tuple[bool, int]:
    """Whether a volume is limited, and what a message is assumed to have before its size is known, in bytes."""
    known = _SIZES.get(id(charges))
    if known is not None and known[0] is charges:
        return known[1]
    sizes = [limit.count for charge in charges for limit in charge.limits if limit.measure is Measure.BYTES]
    made = (bool(sizes), min(_ASSUMED, min(sizes) // 1024) if sizes else 0)
    if len(_SIZES) >= _MOST_SIZES:
        _SIZES.clear()
    _SIZES[id(charges)] = charges, made
    return made


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
        charging: Till,
        payer: Payer,
        charges: tuple[Charge, ...],
        envelope: Envelope,
        listener: Prices,
    ) -> None:
        self._charging, self._payer, self._charges, self._envelope = charging, payer, charges, envelope
        self._listener = listener
        self._room = _narrowest(charges) if listener.late else None
        self._holds: list[Hold] = []
        self._exceeded: list[Exceeded] = []
        self._failed = False
        self._sized, self._assumed = _sizes_of(charges)
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
        names = tuple([recipient.address.key for recipient in recipients])
        first = not self._holds or not any(hold.messages for hold in self._holds)
        size = self._assumed if first else 0  # most messages are smaller: these need no second question
        grant = await self._ask(Ask(self._charges, names, int(first), size, force))
        if grant is None:
            return [_FAILED] * len(recipients)
        if force:
            self._exceeded = [*self._exceeded, *grant.exceeded][:_NAMED]
            return [NO_RATES] * len(recipients)  # said once, of the whole message
        if False not in grant.granted:
            return [NO_RATES] * len(recipients)
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
        if author and self._payer.scope is Scope.NULL:
            await self._charge_author(author, message.size)
        if self._charges:
            await self._weigh(message.size)
        if not self._exceeded and not self._failed:
            return NO_RATES
        return Rates(tuple(self._exceeded), self._failed)

    async def _weigh(self, size: int) -> None:
        """Count what is not counted yet, unless it could not fit even if nothing else were sent."""
        names = self._counted_late()
        more = 0
        if self._sized and (names or self._holds or not self._payer.leaving):
            more = max(size - sum([hold.size for hold in self._holds]), 0)
        if not (names or more):
            return
        force = self._listener.observes(self._envelope.recipients)
        if more and self._is_too_large(self._charges, size) and not force:
            return
        if names or (more and not self._failed):
            await self._count(Ask(self._charges, names, int(self._listener.late), more, force))

    async def _charge_author(self, author: str, size: int) -> None:
        """Who leaves the reverse-path away pays as who the message is from, and is watched as such."""
        found = self._listener.author(author, self._payer.servers, self._envelope.session.client_address)
        if found is None:
            return
        self._payer, charges = found
        names = tuple(recipient.address.key for recipient in self._envelope.recipients)
        force = self._listener.observes(self._envelope.recipients)
        if charges and (not self._is_too_large(charges, size) or force):
            await self._count(Ask(charges, names, 1, size, force))

    def _is_too_large(self, charges: Sequence[Charge], size: int) -> bool:
        """Whether a message is larger than all that an account may send: to wait would be in vain."""
        found = [
            Exceeded(charge.scope, charge.who, limit, 0, float(limit.seconds), never=True)
            for charge in charges
            for limit in charge.limits
            if limit.measure is Measure.BYTES and size > limit.count
        ]
        for one in found:
            self._charging.metrics.exceeded(one.scope.value)
        self._exceeded = [*found, *self._exceeded][:_NAMED]
        return bool(found)

    async def _count(self, ask: Ask) -> None:
        """Ask for the whole message."""
        grant = await self._ask(ask)
        if grant is not None and grant.exceeded:
            self._exceeded = [*self._exceeded, *grant.exceeded][:_NAMED]
            self.throttled += grant.granted.count(False)

    async def _ask(self, ask: Ask) -> Grant | None:
        began = time.perf_counter()
        try:
            grant = await self._charging.store.reserve(ask)
        except LimitsUnavailable as error:
            self._charging.away(str(error), self.name)
            self._failed, grant = True, None
        self._charging.count(grant, began)
        if grant is not None and (grant.hold.taken or grant.hold.messages or grant.hold.size):
            self._holds.append(grant.hold)
        return grant

    def saw(self, message: Message, verdict: Verdict) -> None:
        """The whole message and what was found of it."""
        self.spam = any(calls_it_spam(finding) for finding in verdict.findings)
        charging = self._charging
        if charging.likeness is not None and self._payer.scope in _WATCHED and charging.watches():
            self.likeness = charging.likeness(message)

    def answered(self, reply: Reply) -> None:
        """The next hop's answer to a recipient: does nobody there have this name?"""
        if reply.code == 550 and (reply.enhanced or "").startswith("5.1."):
            self.unknown += 1

    def close(self) -> None:
        """The transaction is over. What was not delivered counts no more; what was is a deed of its sender."""
        counts = self.delivered and not self.waived
        names = [recipient.address.key for recipient in self._envelope.recipients] if counts else []
        if self._holds and not self._is_settled(names):
            self._charging.ended(self._holds, names)
        self._note(names)
        self._holds = []

    def _is_settled(self, names: Sequence[str]) -> bool:
        """Whether all that is held stays as it is, and nobody is to be learned: so it is with nearly all mail."""
        if not names:
            return False
        reached = frozenset(names)
        return all([not hold.new and reached.issuperset(hold.taken) for hold in self._holds])  # noqa: C419

    def _note(self, names: Sequence[str]) -> None:
        note, payer = self._charging.note, self._payer
        if note is None or self.waived or payer.scope not in _WATCHED or not self._charging.watches():
            return
        if not (names or self.unknown or self.throttled or self.spam):
            return
        new = {name for hold in self._holds for name in hold.new}
        note(
            Deed(
                payer.sender,
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
