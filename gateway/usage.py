"""What the limits have counted to a sender, and how its conduct looks now: asked of the counters' store, for people.

The store is only asked. Where it is away, or was never made, that is told and nothing else. Blocking: for commands and
for threads, never for the event loop.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.conduct.score import Judgement
from gateway.conduct.watch import conduct_of
from gateway.config import Settings
from gateway.errors import LimitsUnavailable
from gateway.payers import Payer
from gateway.rates import Charge, LimitStore, Scope, Usage
from gateway.tariff import Tariff
from gateway.who import Mailbox


@dataclass(frozen=True, slots=True)
class Counted:
    """Each account with what its windows hold; the conduct, None where nothing is kept; `failed`: why nothing is known.

    `override`: the written exception that holds for this sender, "" for none.
    """

    accounts: Sequence[tuple[Charge, Sequence[Usage]]] = ()
    conduct: Judgement | None = None
    failed: str = ""
    override: str = ""

    @property
    def known(self) -> bool:
        """Whether anything was counted at all."""
        return self.conduct is not None or any(usage.used for _, usages in self.accounts for usage in usages)


def counted(settings: Settings, who: str, mailbox: Mailbox | None) -> Counted:
    """Ask the store of counters. Never raises for what the store does."""
    tariff = Tariff(settings.limits, settings.limit_override, _today)
    override = tariff.override(who.lower())
    written = f"{override.reason} (until {override.expires.isoformat()})" if override is not None else ""
    charges = _charges(tariff, who, mailbox)
    try:
        accounts, conduct = asyncio.run(_asked(settings, charges, who))
    except (LimitsUnavailable, ValueError) as error:  # ValueError: a URL that is none
        return Counted(failed=f"the limits' counters cannot be read: {error}", override=written)
    return Counted(accounts, conduct, override=written)


def _today() -> datetime.date:
    return datetime.datetime.now().astimezone().date()


def _charges(tariff: Tariff, who: str, mailbox: Mailbox | None) -> list[Charge]:
    """The sender's accounts: with a login, then on a mail server's word; those of its unit and domain once."""
    made: dict[str, Charge] = {}
    for scope in (Scope.MAILBOX, Scope.PATH):
        payer = Payer(scope, who.lower(), mailbox, who.lower().rpartition("@")[2])
        made.update((charge.key, charge) for charge in tariff.charges(payer, "") if charge.scope is not Scope.CLIENT)
    return list(made.values())


async def _asked(
    settings: Settings, charges: Sequence[Charge], who: str
) -> tuple[Sequence[tuple[Charge, Sequence[Usage]]], Judgement | None]:
    store = _store(settings)
    if store is None:
        return (), None
    await store.start()
    try:
        usages = await store.usage(charges)
        return list(zip(charges, usages, strict=True)), await conduct_of(store, who.lower())
    finally:
        await store.close()


def _store(settings: Settings) -> LimitStore | None:
    """The store of the configuration; None where the gateway has not made its file yet, which a reader never does."""
    timeout = settings.limits.store_timeout
    if settings.store.shared:
        from gateway.throttle.redis import RedisLimits

        return RedisLimits(settings.store.shared, timeout=timeout)
    path = Path(settings.gateway.data_dir) / "limits.db"
    if not path.exists():
        return None
    from gateway.throttle.sqlite import SqliteLimits

    return SqliteLimits(path, timeout=timeout)
