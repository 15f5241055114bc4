"""What an ask is granted, from the accounts it is counted to. Pure; every store answers alike because it means this.

Order: messages and size first, in every account; where they have no room nothing is granted. Then the recipients one by
one, each in all accounts or in none. Told of an account is the first limit without room, as its limits stand.
"""

from __future__ import annotations

from collections.abc import Sequence

from gateway.rates import Ask, Charge, Exceeded, Grant, Hold, Limit, Measure
from gateway.throttle.account import Account
from gateway.throttle.slots import COLUMNS, Gauge, gauge, second_of

_RECIPIENTS, _MESSAGES, _NEW, _BYTES = (1 + COLUMNS.index(measure) for measure in Measure)
_WHICH = {_RECIPIENTS: 0, _NEW: 1}
_MOST = 1000  # tuples of limits that are remembered as gauges
_made: dict[int, tuple[tuple[Limit, ...], tuple[Gauge, ...]]] = {}


def gauges(limits: tuple[Limit, ...]) -> tuple[Gauge, ...]:
    """Limits made ready. ValueError for a window that is not kept."""
    found = _made.get(id(limits))  # by identity: a configuration has few tuples, and hashing them costs more than this
    if found is not None and found[0] is limits:
        return found[1]
    if len(_made) >= _MOST:
        _made.clear()
    ready = tuple(map(gauge, limits))
    _made[id(limits)] = (limits, ready)
    return ready


def distinct(charges: tuple[Charge, ...]) -> tuple[Charge, ...]:
    """Each account once, with the limits that come first."""
    keys = {charge.key: charge for charge in reversed(charges)}
    if len(keys) == len(charges):
        return charges
    return tuple(charge for charge in charges if keys.get(charge.key) is charge)


def judge_of_new(charges: Sequence[Charge]) -> Charge | None:
    """The account whose acquaintance says who is new: the first with a limit on new recipients; None for no such."""
    for charge in charges:
        for limit in charge.limits:
            if limit.measure is Measure.NEW:
                return charge
    return None


def time_of(accounts: Sequence[Account], now: float) -> tuple[int, float]:
    """(second, time) that it is for these accounts together: a clock that steps back a little stands still."""
    second = second_of(now)
    latest = max([second, *(account.ahead(second) for account in accounts)])
    return latest, now if int(now // 1) == latest else float(latest)


class Decision:
    """One ask being decided. The accounts are as they are at `second`; they are not changed."""

    __slots__ = ("_accounts", "_charges", "_gauges", "_met", "_new", "_recipients", "_second", "_time")

    def __init__(self, charges: Sequence[Charge], accounts: Sequence[Account], second: int, time: float) -> None:
        self._charges, self._accounts, self._second, self._time = charges, accounts, second, time
        self._gauges = [gauges(charge.limits) for charge in charges]
        self._met: dict[int, Exceeded] = {}
        self._recipients = self._new = 0  # granted so far

    def grant(self, ask: Ask, fresh: Sequence[bool]) -> Grant:
        """The answer. `fresh`: for each recipient whether the account has not written to it lately."""
        fits = self._fits(ask.messages, ask.size)
        granted: list[bool] = []
        taken: list[str] = []
        new: list[str] = []
        seen: set[str] = set()
        room = self._room() if fits else (0, 0)
        for name, unknown in zip(ask.recipients, fresh, strict=True):
            is_new = unknown and name not in seen
            granted.append(fits and self._one(is_new, room))
            if granted[-1] or ask.force:
                taken.append(name)
                if is_new:
                    new.append(name)
                    seen.add(name)
        whole = ask.force or (fits and (bool(taken) or not ask.recipients))
        messages, size = (ask.messages, ask.size) if whole else (0, 0)
        exceeded = tuple(self._met[index] for index in sorted(self._met))
        hold = Hold(ask.charges, tuple(taken), tuple(new), messages, size, self._time)
        return Grant(tuple(granted), fits, exceeded, hold)

    def _fits(self, messages: int, size: int) -> bool:
        needs = {_MESSAGES: messages, _BYTES: size}
        for index, account in enumerate(self._accounts):
            for one in self._gauges[index]:
                need = needs.get(one.column, 0)
                if need and (used := account.used(one, self._second)) + need > one.count:
                    self._exceeds(index, one, used, need, 0)
                    break
        return not self._met

    def _room(self) -> tuple[int, int]:
        """How many more (recipients, new ones) there is room for in all accounts."""
        room = [1 << 62, 1 << 62]
        for account, ready in zip(self._accounts, self._gauges, strict=True):
            for one in ready:
                which = _WHICH.get(one.column)
                if which is not None:
                    room[which] = min(room[which], one.count - account.used(one, self._second))
        return room[0], room[1]

    def _one(self, is_new: bool, room: tuple[int, int]) -> bool:
        if self._recipients < room[0] and (not is_new or self._new < room[1]):
            self._recipients += 1
            self._new += is_new
            return True
        for index in range(len(self._accounts)):
            if index not in self._met:
                self._say(index, is_new)
        return False

    def _say(self, index: int, is_new: bool) -> None:
        """Name the first limit of this account that has no room for one more recipient, if there is one."""
        account = self._accounts[index]
        for one in self._gauges[index]:
            if one.column == _RECIPIENTS or (is_new and one.column == _NEW):
                more = self._recipients if one.column == _RECIPIENTS else self._new
                used = account.used(one, self._second) + more
                if used + 1 > one.count:
                    self._exceeds(index, one, used, 1, more)
                    return

    def _exceeds(self, index: int, one: Gauge, used: int, need: int, more: int) -> None:
        wait = float(one.seconds)
        if need <= one.count:
            wait = self._accounts[index].frees(one, one.count - need, self._second, more) - self._time
        charge = self._charges[index]
        self._met[index] = Exceeded(charge.scope, charge.who, one.limit, used, wait)
