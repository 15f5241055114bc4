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

from gateway.accounts import Account
from gateway.errors import LimitsUnavailable
from gateway.logs import get_logger
from gateway.metrics import LimitMetrics, watch_limits
from gateway.model import Address, Envelope, Message, Recipient
from gateway.payers import Payer, claimed, payer_of
from gateway.rates import (
    Charge,
    Deed,
    Grant,
    Hold,
    LimitStore,
)
from gateway.rules.compiled import Known
from gateway.senders import address_of_login, mailbox_named
from gateway.tariff import Tariff

_QUEUE = 10_000  # ended transactions that may wait to be settled
_TOGETHER = 64  # of them that are settled at once
_AGAIN = 1.0  # seconds between tries while the store is gone
_LOOK = 10.0  # seconds between two looks whether the store is there, mail or no mail
_PROBE = "probe"  # a value that is written to see whether it can be
_Ended = tuple[tuple[Hold, ...], tuple[str, ...]]  # what a transaction held, and whom it reached
_log = get_logger("congthu.limits")


class Charging:
    """The accounts of a worker's listeners.

    `note` hears of every transaction of a sender that has a name; `likeness` names a message's content for it. Nobody
    asks them while `watches` says no.
    """

    def __init__(
        self,
        store: LimitStore,
        known: Known,
        note: Callable[[Deed], None] | None = None,
        likeness: Callable[[Message], str] | None = None,
        *,
        watches: Callable[[], bool] = lambda: True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.store, self.note, self.likeness, self.clock = store, note, likeness, clock
        self.watches = watches
        self._known = known
        self.metrics = LimitMetrics()
        self._ended: deque[_Ended] = deque()
        self._wake, self._idle = asyncio.Event(), asyncio.Event()
        self._idle.set()
        self._tasks: list[asyncio.Task[None]] = []
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
        self._tasks = [
            asyncio.create_task(self._settle(), name="limits"),
            asyncio.create_task(self._look(), name="limits: is the store there"),
        ]
        watch_limits(lambda: self.unsettled, lambda: self.lost)

    async def close(self, timeout: float = 2.0) -> None:  # noqa: ASYNC109
        """Settle what has ended, within `timeout` seconds, and end."""
        if self._tasks:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout):
                    await self._idle.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.store.close()

    def payer(self, envelope: Envelope, tariff: ListenerTariff) -> Payer | None:
        """Whose account this transaction is counted to."""
        return payer_of(envelope, self._known.directory, tariff.ours, tariff.own_domains, tariff.realm)

    def author(self, address: str, servers: str, tariff: ListenerTariff) -> Payer | None:
        """The account of an author that only the message names; None where it is none of ours."""
        author = Address(address)
        return claimed(author, self._known.directory, servers) if tariff.ours(author.domain) else None

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

    async def _look(self) -> None:
        """The state of the store, as the gauge tells it, does not wait for the next message."""
        while True:
            await asyncio.sleep(_LOOK)
            try:
                await self.store.change(_PROBE, 60.0, lambda _old, _now: (b"1", None))
            except LimitsUnavailable as error:
                self.away(str(error))
            except Exception:  # a bug: the next look may go well
                _log.exception("limits.look_failed")
            else:
                self.there()

    def away(self, reason: str, account: str = "") -> None:
        """The store gave no answer."""
        if self.metrics.up:  # once, not with each message
            _log.warning("limits.unavailable", account=account, reason=reason)
        self.metrics.up = False

    def there(self) -> None:
        """It gave one."""
        if not self.metrics.up:
            _log.info("limits.available")
        self.metrics.up = True

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
        if grant is not None:
            self.there()
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

    def author(self, address: str, servers: str, client: str) -> tuple[Payer, tuple[Charge, ...]] | None:
        """Whose account a message is that has no reverse-path and is no report: its author's, if he is ours."""
        payer = self._charging.author(address, servers, self)
        return None if payer is None else (payer, self.tariff.charges(payer, client))

    def login_failed(self, login: str, client: str) -> None:
        """Somebody did not know a password. `login` as it was given, "" where it could not be read."""
        if login and self._charging.note is not None:
            who = self._charging.payer_of_login(login, self)
            if who:
                self._charging.note(Deed(who, self._charging.clock(), client, failed_login=True))
