"""What the scripts on the server are told and what they tell, in bytes. It must not know connections.

One script is one step: nothing comes between what it reads and what it writes. Every key that a script touches is given
to it by name, every value that it writes expires, and no text of a stranger stands in a key or in a script.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.rates import Ask, Charge, Exceeded, Grant, Hold, Limit, Usage
from gateway.throttle import known
from gateway.throttle.bill import distinct, gauges, judge_of_new
from gateway.throttle.redis_link import Script
from gateway.throttle.slots import Gauge

_FOLDER = Path(__file__).parent / "lua"
_YES = ord("1")
_MOST = 1000  # tuples of limits that are remembered
_told: dict[int, tuple[tuple[Gauge, ...], bytes]] = {}


def _script(*names: str) -> Script:
    return Script(b"\n".join((_FOLDER / f"{name}.lua").read_bytes() for name in names))


RESERVE = _script("account", "known", "reserve")
SETTLE = _script("account", "known", "settle")
USAGE = _script("account", "usage")
READ = _script("account", "read")
PUT = _script("put")


@dataclass(frozen=True, slots=True)
class Question:
    """A script's keys and arguments."""

    keys: Sequence[bytes]
    args: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Names:
    """Keys on the server: a prefix and digests (128 bits), so that no two names meet and none says anything."""

    prefix: bytes

    def account(self, charge: Charge) -> bytes:
        """The counters of an account; with a letter behind it, one of its buckets of known addresses."""
        return self.prefix + b"a:" + _digest(charge.key)

    def value(self, key: str) -> bytes:
        """A small value, see `LimitStore.change`."""
        return self.prefix + b"v:" + _digest(key)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest().encode()


def _limits(limits: tuple[Limit, ...]) -> bytes:
    """As the scripts read them. By identity, as `gauges`: a configuration has few, and hashing them costs more."""
    ready = gauges(limits)
    found = _told.get(id(ready))
    if found is not None and found[0] is ready:
        return found[1]
    if len(_told) >= _MOST:
        _told.clear()
    flat = [(one.column, one.tier + 1, one.seconds, one.count) for one in ready]
    told = _json([number for one in flat for number in one])
    _told[id(ready)] = (ready, told)
    return told


class Keys:
    """The keys of a question, each once, and the number that each has in Lua."""

    def __init__(self, keys: Sequence[bytes] = ()) -> None:
        self.all = list(keys)
        self._numbers = {key: number for number, key in enumerate(keys, start=1)}

    def number(self, key: bytes) -> int:
        """The number of a key that is needed."""
        if key not in self._numbers:
            self.all.append(key)
            self._numbers[key] = len(self.all)
        return self._numbers[key]


class Acquaintances:
    """Where an account's known addresses are."""

    def __init__(self, names: Names, secret: bytes, payer: Charge) -> None:
        self._account = names.account(payer)
        self._secret, self._key = secret, payer.key

    def of(self, address: str) -> tuple[bytes, bytes]:
        """The key of the bucket that an address belongs to, and its digest."""
        found = known.digest(self._secret, self._key, address)
        return self._account + b":%x" % known.bucket_of(found), found


def reservation(names: Names, secret: bytes, now: bytes, ask: Ask, charges: Sequence[Charge]) -> Question:
    """An ask. `charges`: distinct. ValueError for a window that is not kept."""
    keys = Keys([names.account(charge) for charge in charges])
    head = [len(charges), ask.messages, ask.size, int(ask.force), len(ask.recipients)]
    digests: list[bytes] = []
    if ask.recipients and (payer := judge_of_new(charges)) is not None:
        friends = Acquaintances(names, secret, payer)
        for address in ask.recipients:
            bucket, found = friends.of(address)
            head.append(keys.number(bucket))
            digests.append(found)
    return Question(keys.all, [now, _json(head), *(_limits(charge.limits) for charge in charges), *digests])


def grant(ask: Ask, charges: Sequence[Charge], reply: Any) -> Grant:
    """The answer to an ask. ValueError and the like for a reply that is none."""
    at, fits, granted, new = float(reply[0]), reply[1] == 1, reply[2], reply[3]
    if not len(granted) == len(new) == len(ask.recipients):
        raise ValueError("not the answer to what was asked")
    if granted == b"1" * len(granted) and fits:  # what nearly always is
        taken = ask.recipients
    else:
        taken = tuple(name for name, one in zip(ask.recipients, granted, strict=True) if one == _YES or ask.force)
    holds = ask.force or (fits and bool(taken or not ask.recipients))
    hold = Hold(
        ask.charges,
        taken,
        tuple(name for name, one in zip(ask.recipients, new, strict=True) if one == _YES) if _YES in new else (),
        ask.messages if holds else 0,
        ask.size if holds else 0,
        at,
    )
    return Grant(tuple(one == _YES for one in granted), fits, tuple(_exceeded(charges, reply[4:])), hold)


def _exceeded(charges: Sequence[Charge], told: Sequence[Any]) -> Sequence[Exceeded]:
    met = []
    for at in range(0, len(told), 4):
        charge = charges[int(told[at]) - 1]
        limit = charge.limits[int(told[at + 1]) - 1]
        met.append(Exceeded(charge.scope, charge.who, limit, int(told[at + 2]), float(told[at + 3])))
    return met


def settlement(
    names: Names, secret: bytes, now: bytes, holds: Sequence[Hold], delivered: Sequence[str]
) -> Question | None:
    """What is to be given back and learned; None where that is nothing."""
    wanted = frozenset(delivered)
    keys, digests, told = Keys(), [], []
    for hold in holds:
        lost = sum(name not in wanted for name in hold.taken)
        learned = [name for name in hold.new if name in wanted]
        messages, size = (0, 0) if delivered else (hold.messages, hold.size)
        if not (lost or learned or messages or size):
            continue
        charges = distinct(hold.charges)
        learn = []
        if learned and (payer := judge_of_new(charges)) is not None:
            friends = Acquaintances(names, secret, payer)
            for name in learned:
                bucket, found = friends.of(name)
                digests.append(found)
                learn += [keys.number(bucket), 2 + len(digests)]
        accounts = [keys.number(names.account(charge)) for charge in charges]
        told.append([hold.at, lost, messages, size, len(hold.new) - len(learned), accounts, learn])
    return Question(keys.all, [now, _json(told), *digests]) if told else None


def count(names: Names, now: bytes, charges: Sequence[Charge]) -> Question:
    """What do their windows hold? ValueError for a window that is not kept."""
    keys = [names.account(charge) for charge in charges]
    return Question(keys, [now, *(_limits(charge.limits) for charge in charges)])


def counts(charges: Sequence[Charge], reply: Any) -> Sequence[Sequence[Usage]]:
    """The answer. ValueError and the like for a reply that is none."""
    limits = [limit for charge in charges for limit in charge.limits]
    found = iter([Usage(limit, int(used)) for limit, used in zip(limits, reply, strict=True)])
    return [[next(found) for _ in charge.limits] for charge in charges]


def _json(value: Sequence[Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
