"""What the limits have counted to a sender, and how its conduct looks now, for `congthu senders show`.

The counters' store is only asked. Where it is away, or was never made, that is said and nothing else.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from gateway.cli.senders_common import today
from gateway.conduct.score import Judgement
from gateway.conduct.watch import conduct_of
from gateway.conduct.words import sentences
from gateway.config import Settings
from gateway.errors import LimitsUnavailable
from gateway.payers import Payer
from gateway.rates import Charge, LimitStore, Measure, Scope, Usage
from gateway.tariff import Tariff
from gateway.who import Mailbox

_WINDOWS: Final = {60: "a minute", 3600: "an hour", 86400: "a day"}


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

    def json(self) -> dict[str, Any]:
        """As JSON has it."""
        conduct = self.conduct
        return {
            "limits": [
                {
                    "account": charge.key,
                    "measure": usage.limit.measure.value,
                    "window": usage.limit.seconds,
                    "limit": usage.limit.count,
                    "used": usage.used,
                }
                for charge, usages in self.accounts
                for usage in usages
            ],
            "limits_failed": self.failed,
            "override": self.override,
            "conduct": {"score": conduct.score, "evidence": dict(conduct.evidence)} if conduct is not None else None,
        }

    def lines(self) -> Iterator[str]:
        """For people: an account's line only where something was counted, but for the sender's own."""
        if self.failed:
            yield self.failed
        if self.override:
            yield f"exception: {self.override}"
        for charge, usages in self.accounts:
            if charge.scope is Scope.MAILBOX or any(usage.used for usage in usages):
                of_measures = groupby(usages, key=lambda usage: usage.limit.measure)
                yield f"{charge.key}: " + "; ".join(_shown(measure, list(of)) for measure, of in of_measures)
        if self.conduct is not None:
            yield f"conduct now: score {self.conduct.score:.2f}"
            yield from (vietnamese for vietnamese, _ in sentences(self.conduct.evidence))


def _shown(measure: Measure, usages: Sequence[Usage]) -> str:
    """One measure over its windows: "recipients 3 of 250 a minute, 12 of 600 an hour"."""
    unit = 2**10 if measure is Measure.BYTES else 1
    name = "KiB" if measure is Measure.BYTES else measure.value.replace("_", " ")
    windows = (
        f"{math.ceil(usage.used / unit):,} of {round(usage.limit.count / unit):,} "
        f"{_WINDOWS.get(usage.limit.seconds, f'in {usage.limit.seconds} s')}"
        for usage in usages
    )
    return f"{name} {', '.join(windows)}"


def counted(settings: Settings, who: str, mailbox: Mailbox | None) -> Counted:
    """Ask the store of counters. Never raises for what the store does."""
    tariff = Tariff(settings.limits, settings.limit_override, today)
    override = tariff.override(who.lower())
    written = f"{override.reason} (until {override.expires.isoformat()})" if override is not None else ""
    charges = _charges(tariff, who, mailbox)
    try:
        accounts, conduct = asyncio.run(_asked(settings, charges, who))
    except (LimitsUnavailable, ValueError) as error:  # ValueError: a URL that is none
        return Counted(failed=f"the limits' counters cannot be read: {error}", override=written)
    return Counted(accounts, conduct, override=written)


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
    """The store of the configuration; None where the gateway has not made its file yet, which a command never does."""
    timeout = settings.limits.store_timeout
    if settings.store.shared:
        from gateway.throttle.redis import RedisLimits

        return RedisLimits(settings.store.shared, timeout=timeout)
    path = Path(settings.gateway.data_dir) / "limits.db"
    if not path.exists():
        return None
    from gateway.throttle.sqlite import SqliteLimits

    return SqliteLimits(path, timeout=timeout)
