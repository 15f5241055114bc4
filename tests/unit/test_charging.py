"""What a transaction is counted to: what is held, what is given back, and what is told of its sender."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from gateway.charging import Charging, ListenerTariff
from gateway.config_limits import Limits
from gateway.errors import LimitsUnavailable
from gateway.model import Direction, Envelope, Recipient, Reply
from gateway.rates import Charge, Deed, Hold, Limit, Measure, Scope
from gateway.rules.compiled import Known
from gateway.rules.policy import today_in_vietnam
from gateway.tariff import Tariff
from gateway.throttle.sqlite import SqliteLimits
from tests.unit.rules.make import FakeMessage, envelope
from tests.unit.rules.office import DIRECTORY, PERSON, UNIT

HOUR = Limit(Measure.RECIPIENTS, 3600, 10)


class Moody(SqliteLimits):
    """The real store, which fails while it is told to."""

    away = False

    async def settle(self, holds: Sequence[Hold], delivered: Sequence[str]) -> None:
        if self.away:
            raise LimitsUnavailable("away")
        await super().settle(holds, delivered)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Moody]:
    made = Moody(tmp_path)
    yield made
    await made.close()


@pytest.fixture
async def deeds() -> list[Deed]:
    return []


@pytest.fixture
async def charging(store: Moody, deeds: list[Deed]) -> AsyncIterator[Charging]:
    made = Charging(store, Known(DIRECTORY), deeds.append, clock=lambda: 1234.5)
    await made.start()
    yield made
    await made.close()


def tariff(charging: Charging, *, late: bool = False, observed: bool = False, **limits: Any) -> ListenerTariff:
    given = {"personal": {"recipients": ["10/hour"], "messages": ["3/hour"], "size": ["5KiB/day"]}, **limits}
    return ListenerTariff(
        charging,
        Tariff(Limits.model_validate(given), (), today_in_vietnam),
        ours=lambda name: name == "tinh.example",
        own_domains=frozenset({"tinh.example"}),
        realm="",
        late=late,
        observes=lambda name: observed,
    )


def mail(*recipients: str, size: int = 0, **session: Any) -> Envelope:
    made = envelope(PERSON, *recipients, direction=Direction.SUBMISSION, **{"user": "nvanh", **session})
    made.size = size
    return made


def names(count: int, start: int = 0) -> list[Recipient]:
    return [recipient for n in range(start, start + count) for recipient in mail(f"N{n}@khac.example").recipients]


async def used(charging: Charging, measure: Measure = Measure.RECIPIENTS) -> int:
    async with asyncio.timeout(10):
        while charging.unsettled:
            await asyncio.sleep(0.01)
    charge = Charge(Scope.MAILBOX, PERSON, (Limit(measure, 3600, 1),))
    return (await charging.store.usage([charge]))[0][0].used


async def test_what_is_delivered_counts_and_what_is_not_does_not(charging: Charging) -> None:
    envelope_ = mail()
    account = tariff(charging).account(envelope_)
    assert account is not None
    assert not any(rates.exceeded for rates in await account.reserve(names(4)))
    assert await used(charging) == 4
    envelope_.recipients += names(3)  # the next hop did not take the fourth
    account.delivered = True
    account.close()
    assert (await used(charging), await used(charging, Measure.MESSAGES)) == (3, 1)


async def test_those_beyond_the_limit_are_told_apart(charging: Charging) -> None:
    account = tariff(charging).account(mail())
    assert account is not None
    rates = await account.reserve(names(12))
    assert [bool(one.exceeded) for one in rates] == [False] * 10 + [True] * 2
    assert rates[-1].exceeded[0].limit == HOUR
    account.close()
    assert await used(charging) == 0


async def test_in_several_commands_the_message_counts_once(charging: Charging) -> None:
    account = tariff(charging).account(mail())
    assert account is not None
    for start in range(3):
        await account.reserve(names(1, start))
    assert (await used(charging), await used(charging, Measure.MESSAGES)) == (3, 1)


async def test_late_nothing_is_reserved_before_the_whole_message(charging: Charging) -> None:
    envelope_ = mail("a@khac.example", "b@khac.example")
    account = tariff(charging, late=True).account(envelope_)
    assert account is not None
    assert not any(rates.exceeded for rates in await account.reserve(envelope_.recipients))
    assert await used(charging) == 0
    assert not (await account.weigh(FakeMessage(size=100))).exceeded
    assert (await used(charging), await used(charging, Measure.BYTES)) == (2, 100)


async def test_waived_it_costs_nothing_and_tells_nothing(charging: Charging, deeds: list[Deed]) -> None:
    envelope_ = mail()
    account = tariff(charging).account(envelope_)
    assert account is not None
    envelope_.recipients += names(2)
    await account.reserve(envelope_.recipients)
    account.waived = account.delivered = True
    account.close()
    assert (await used(charging), deeds) == (0, [])


async def test_a_message_is_charged_what_it_weighs_whatever_was_declared(charging: Charging) -> None:
    account = tariff(charging).account(mail(size=1000))
    assert account is not None
    await account.reserve(names(1))
    assert await used(charging, Measure.BYTES) == 5  # a 1,024th, before it is there
    assert not (await account.weigh(FakeMessage(size=4000))).exceeded
    assert await used(charging, Measure.BYTES) == 4000
    other = tariff(charging).account(mail(size=100))
    assert other is not None
    await other.reserve(names(1))
    (exceeded,) = (await other.weigh(FakeMessage(size=4000))).exceeded
    assert exceeded.limit.measure is Measure.BYTES


async def test_observed_all_counts_and_the_message_is_told_of_it(charging: Charging) -> None:
    account = tariff(charging, observed=True).account(mail())
    assert account is not None
    assert not any(rates.exceeded for rates in await account.reserve(names(12)))
    assert await used(charging) == 12
    assert [one.limit for one in (await account.weigh(FakeMessage())).exceeded] == [HOUR]


async def test_what_is_given_back_while_the_store_is_away_is_given_back_later(
    charging: Charging, store: Moody, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.charging._AGAIN", 0.01)
    store.away = True
    account = tariff(charging).account(mail())
    assert account is not None
    await account.reserve(names(4))
    account.close()
    await asyncio.sleep(0.1)
    assert charging.unsettled
    store.away = False
    assert await used(charging) == 0
    assert charging.lost == 0


async def test_no_more_waits_than_a_bound(charging: Charging, store: Moody, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.charging._QUEUE", 3)
    store.away = True
    for start in range(6):
        account = tariff(charging, personal={"messages": []}).account(mail())
        assert account is not None
        await account.reserve(names(1, start))
        account.close()
    assert charging.unsettled <= 4
    assert charging.lost >= 2


async def test_a_deed_tells_what_was_seen(charging: Charging, deeds: list[Deed]) -> None:
    envelope_ = mail(client_address="198.51.100.7")
    account = tariff(charging).account(envelope_)
    assert account is not None
    await account.reserve(names(12))
    for reply in (Reply(550, "5.1.1", "x"), Reply(550, "5.7.1", "x"), Reply(450, "4.1.1", "x")):
        account.answered(reply)
    envelope_.recipients += names(3)
    account.delivered, account.likeness = True, "L"
    account.close()
    (deed,) = deeds
    assert (deed.who, deed.at, deed.client, deed.kind) == (PERSON, 1234.5, "198.51.100.7", "personal")
    assert (deed.recipients, deed.new, deed.unknown, deed.throttled, deed.likeness) == (3, 3, 1, 2, "L")


async def test_nothing_done_nothing_told(charging: Charging, deeds: list[Deed]) -> None:
    account = tariff(charging).account(mail())
    assert account is not None
    await account.reserve(names(2))
    account.close()
    assert deeds == []


def test_a_failed_login_is_told_of_mailboxes_that_are(tmp_path: Path) -> None:
    told: list[Deed] = []
    made = Charging(SqliteLimits(tmp_path), Known(DIRECTORY), told.append, clock=lambda: 7.0)
    view = tariff(made)
    for login in ("nvanh", UNIT.upper(), "la", "ai@khac.example", "?", "", "a" * 500, "x@tinh.example"):
        view.login_failed(login, "198.51.100.7")
    assert [(deed.who, deed.failed_login, deed.client) for deed in told] == [
        (PERSON, True, "198.51.100.7"),
        (UNIT, True, "198.51.100.7"),
    ]
