"""What each sender's accounts are and how much they may: the limits of the configuration, made ready for the hot path.

Pure: the configuration in, charges out. It must not know where anything is counted.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence

from gateway.config_limits import AccountLimits, LimitOverride, Limits, Rate, Rates
from gateway.payers import Payer, client_key
from gateway.rates import Charge, Limit, Measure, Scope
from gateway.rules.patterns import Pattern
from gateway.who import Kind

_MOST = 10_000  # accounts whose charges are remembered; then all are made anew
_FIELDS = (
    ("recipients", Measure.RECIPIENTS),
    ("messages", Measure.MESSAGES),
    ("new_recipients", Measure.NEW),
    ("size", Measure.BYTES),
)


def _rates(*texts: str) -> Rates:
    return tuple(map(Rate, texts))


_PERSONAL = AccountLimits(
    recipients=_rates("250/minute", "600/hour", "1500/day"),
    messages=_rates("60/minute", "300/hour", "1000/day"),
    new_recipients=_rates("500/day"),
    size=_rates("2GiB/day"),
)
DEFAULTS: Mapping[str, AccountLimits] = {
    "personal": _PERSONAL,
    "unit_mailbox": AccountLimits(
        recipients=_rates("500/minute", "1500/hour", "5000/day"),
        messages=_rates("100/minute", "600/hour", "2000/day"),
        new_recipients=_rates("2000/day"),
        size=_rates("10GiB/day"),
    ),
    "service": AccountLimits(
        recipients=_rates("1000/minute", "10000/hour", "50000/day"),
        messages=_rates("600/minute", "6000/hour", "30000/day"),
        new_recipients=_rates("10000/day"),
        size=_rates("20GiB/day"),
    ),
    "unknown": _PERSONAL,
    "bounces": AccountLimits(recipients=_rates("600/minute", "6000/hour", "20000/day")),
    "unit": AccountLimits(recipients=_rates("2000/minute", "6000/hour", "20000/day")),
    "domain": AccountLimits(recipients=_rates("5000/minute", "40000/hour", "150000/day")),
    "client": AccountLimits(
        recipients=_rates("100/minute", "500/hour", "2000/day"),
        messages=_rates("60/minute", "300/hour", "1000/day"),
    ),
    "office": AccountLimits(),
}
"""What [limits] says where the configuration says nothing; its descriptions repeat these figures."""
_ANY_NUMBER = Limit(Measure.NEW, 86400, 2**31 - 1)
_KINDS = {Kind.PERSONAL: "personal", Kind.UNIT: "unit_mailbox", Kind.SERVICE: "service"}


class Tariff:
    """The limits of one configuration. `today`: the date by which an override has run out.

    `counts`: False where nothing is limited. `watched`: whether a sender's conduct is watched, which asks how many of
    its recipients are new, limit or no limit.
    """

    def __init__(
        self,
        limits: Limits,
        overrides: Sequence[LimitOverride],
        today: Callable[[], datetime.date],
        *,
        counts: bool = True,
        watched: bool = False,
    ) -> None:
        self._counts, self._watched = counts, watched
        self._limits = {kind: _made(getattr(limits, kind), DEFAULTS[kind]) for kind in DEFAULTS}
        self._overrides = [(Pattern(one.address), one) for one in overrides]
        self._overrides.sort(key=lambda pair: pair[0].specificity, reverse=True)
        self._given = {kind: (getattr(limits, kind), DEFAULTS[kind]) for kind in DEFAULTS}
        self._today, self._day = today, datetime.date.min
        self._known: dict[tuple[object, ...], tuple[Charge, ...]] = {}

    def charges(self, payer: Payer, client: str) -> tuple[Charge, ...]:
        """All accounts of this sender; those without a limit are left out. `client`: the address it comes from.

        The same tuple for the same sender: the stores remember what they made of it.
        """
        box = payer.mailbox
        # What an answer depends on: a mailbox that changes kind or unit is another one.
        office = client if self._limits["office"] else ""
        key = (payer.scope, payer.who, payer.crowd, office, box and (box.kind, box.unit))
        if self._overrides and (day := self._today()) != self._day:
            self._day, self._known = day, {}  # one of them may have run out
        made = self._known.get(key)
        if made is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            made = self._known[key] = tuple(charge for charge in self._accounts(payer, client) if charge.limits)
        return made

    def _accounts(self, payer: Payer, client: str) -> Iterator[Charge]:
        named = payer.scope in (Scope.MAILBOX, Scope.PATH)
        own = self._own(payer) if self._counts else ()
        if named and self._watched and not any(limit.measure is Measure.NEW for limit in own):
            own = (*own, _ANY_NUMBER)
        yield Charge(payer.scope, payer.who, own)
        if not named or not self._counts:
            return
        # What a server merely says is counted apart: a forger behind it spends nothing of those who logged in.
        said = "path:" if payer.scope is Scope.PATH else ""
        if payer.mailbox is not None and payer.mailbox.unit:
            yield Charge(Scope.UNIT, said + payer.mailbox.unit.lower(), self._limits["unit"])
        if payer.crowd:
            yield Charge(Scope.UNIT, said + payer.crowd, self._limits[_crowd_kind(payer)])
        if payer.domain:
            yield Charge(Scope.DOMAIN, said + payer.domain, self._limits["domain"])
        if payer.scope is Scope.MAILBOX and self._limits["office"]:
            yield Charge(Scope.CLIENT, client_key(client), self._limits["office"])

    def _own(self, payer: Payer) -> tuple[Limit, ...]:
        """The sender's own limits: by what it is, unless somebody wrote down something else for it."""
        kind = _kind(payer)
        override = self.override(payer.who)
        return self._limits[kind] if override is None else _made(override, *self._given[kind])

    def override(self, address: str) -> LimitOverride | None:
        """What is written down for this address and holds today, the most specific."""
        for pattern, override in self._overrides:
            if pattern.matches(address) and self._today() <= override.expires:
                return override
        return None


def _crowd_kind(payer: Payer) -> str:
    """Whose limits hold for all together whom nobody knows: ours, others' addresses on a server's word, logins."""
    if payer.domain:
        return "unit_mailbox"
    return "unit" if payer.scope is Scope.PATH else "unknown"


def _kind(payer: Payer) -> str:
    if payer.scope is Scope.CLIENT:
        return "client"
    if payer.scope is Scope.NULL:
        return "bounces"
    return _KINDS[payer.mailbox.kind] if payer.mailbox is not None else "unknown"


def _made(*given: AccountLimits | LimitOverride) -> tuple[Limit, ...]:
    """The limits of the first that says something, measure by measure."""
    made: list[Limit] = []
    for name, measure in _FIELDS:
        rates = next((found for one in given if (found := getattr(one, name)) is not None), ())
        made += (Limit(measure, rate.seconds, rate.most) for rate in rates)
    return tuple(made)
