"""What an ask is granted, from the accounts it is counted to. Pure; every store answers alike because it means this.

Order: messages and size first, in every account; where they have no room nothing is granted. Then the recipients one by
one, each in all accounts or in none. Told of an account is the first limit without room, as its limits stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress

from gateway.rates import Ask, Exceeded, Grant, Hold
from gateway.throttle.account import Account
from gateway.throttle.bill import MESSAGES, NEW, RECIPIENTS, Bill
from gateway.throttle.slots import Gauge, second_of

_ROOM = 1 << 62


def time_of(accounts: Sequence[Account], now: float) -> tuple[int, float]:
    """(second, time) that it is for these accounts together: a clock that steps back a little stands still."""
    second = latest = second_of(now)
    for account in accounts:
        if account.last > latest:
            latest = max(latest, account.ahead(second))
    return latest, now if int(now // 1) == latest else float(latest)


def plain_grant(
    bill: Bill, accounts: Sequence[Account], second: int, time: float, ask: Ask, fresh: Sequence[bool]
) -> Grant | None:
    """The answer where there is room for all of it, which is nearly always; None: see `Decision`."""
    recipients = ask.recipients
    new = tuple(dict.fromkeys(compress(recipients, fresh))) if True in fresh else ()
    for account, limits in zip(accounts, bill.ready, strict=True):
        _, room, room_messages, room_new, room_bytes = account.left(limits, second)
        if room < len(recipients) or room_messages < ask.messages or room_new < len(new) or room_bytes < ask.size:
            return None
    hold = Hold(ask.charges, recipients, new, ask.messages, ask.size, time)
    return Grant((True,) * len(recipients), True, (), hold)


class Decision:
    """One ask being decided. The accounts are as they are at `second`; they are not changed."""

    __slots__ = ("_accounts", "_bill", "_met", "_new", "_recipients", "_second", "_time")

    def __init__(self, bill: Bill, accounts: Sequence[Account], second: int, time: float) -> None:
        self._bill, self._accounts, self._second, self._time = bill, accounts, second, time
        self._met: dict[int, Exceeded] = {}
        self._recipients = self._new = 0  # granted so far

    def grant(self, ask: Ask, fresh: Sequence[bool]) -> Grant:
        """The answer. `fresh`: for each recipient whether the account has not written to it lately."""
        fits = self._fits(ask.messages, ask.size)
        room, room_new = self._room() if fits else (0, 0)
        granted: list[bool] = []
        taken: list[str] = []
        new: list[str] = []
        for name, unknown in zip(ask.recipients, fresh, strict=True):
            is_new = unknown and name not in new
            has_room = self._recipients < room and (not is_new or self._new < room_new)
            granted.append(has_room)
            if has_room:
                self._recipients += 1
                self._new += is_new
            elif fits:
                self._tell(is_new)
            if has_room or ask.force:
                taken.append(name)
                if is_new:
                    new.append(name)
        whole = ask.force or (fits and (bool(taken) or not ask.recipients))
        messages, size = (ask.messages, ask.size) if whole else (0, 0)
        exceeded = tuple([self._met[index] for index in sorted(self._met)]) if self._met else ()
        hold = Hold(ask.charges, tuple(taken), tuple(new), messages, size, self._time)
        return Grant(tuple(granted), fits, exceeded, hold)

    def _fits(self, messages: int, size: int) -> bool:
        if not messages and not size:
            return True
        second = self._second
        for index, ready in enumerate(self._bill.whole):
            account = self._accounts[index]
            for one in ready:
                need = messages if one.column == MESSAGES else size
                if need and (used := account.used(one, second)) + need > one.count:
                    self._exceeds(index, one, used, need, 0)
                    break
        return not self._met

    def _room(self) -> tuple[int, int]:
        """How many more (recipients, new ones) there is room for in all accounts."""
        room = room_new = _ROOM
        second = self._second
        for index, ready in enumerate(self._bill.each):
            account = self._accounts[index]
            for one in ready:
                left = one.count - account.used(one, second)
                if one.column == NEW:
                    room_new = min(room_new, left)
                elif left < room:
                    room = left
        return room, room_new

    def _tell(self, is_new: bool) -> None:
        """Of each account not told yet the first limit that has no room for one recipient more, if there is one."""
        for index, ready in enumerate(self._bill.each):
            if index in self._met:
                continue
            for one in ready:
                more = self._recipients if one.column == RECIPIENTS else self._new
                used = self._accounts[index].used(one, self._second) + more
                if used >= one.count and (is_new or one.column == RECIPIENTS):
                    self._exceeds(index, one, used, 1, more)
                    break

    def _exceeds(self, index: int, one: Gauge, used: int, need: int, more: int) -> None:
        wait = float(one.seconds)
        if need <= one.count:
            wait = self._accounts[index].frees(one, one.count - need, self._second, more) - self._time
        charge = self._bill.charges[index]
        self._met[index] = Exceeded(charge.scope, charge.who, one.limit, used, wait)
