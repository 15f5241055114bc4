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
from gateway.model import Action, Direction, Envelope, Recipient, Reply, Verdict
from gateway.rates import Ask, Charge, Deed, Grant, Hold, Limit, Measure, Scope
from gateway.rules.compiled import Known
from gateway.rules.policy import today_in_vietnam
from gateway.tariff import Tariff
from gateway.throttle.sqlite import SqliteLimits
from tests.unit.rules.make import FakeMessage, envelope
from tests.unit.rules.office import DIRECTORY, PERSON, UNIT

HOUR = Limit(Measure.RECIPIENTS, 3600, 10)
CLOCK = [0.0]


class Moody(SqliteLimits):
    """The real store, which fails while it is told to."""

    away = refuses = False

    async def reserve(self, ask: Ask) -> Grant:
        if self.refuses:
            raise LimitsUnavailable("away")
        return await super().reserve(ask)

    async def change(self, key: str, keep: float, work: Any) -> Any:
        if self.refuses:
            raise LimitsUnavailable("away")
        return await super().change(key, keep, work)

    async def settle(self, holds: Sequence[Hold], delivered: Sequence[str]) -> None:
        if self.away:
            raise LimitsUnavailable("away")
        await super().settle(holds, delivered)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Moody]:
    CLOCK[0] = 1_800_000_000.0
    made = Moody(tmp_path, timeout=30.0, clock=lambda: CLOCK[0])
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


async def test_what_is_larger_than_the_whole_limit_never_fits_and_costs_nothing(
    charging: Charging, store: Moody
) -> None:
    for refuses in (False, True):
        store.refuses = refuses  # it is known without asking
        account = tariff(charging).account(envelope_ := mail("a@khac.example"))
        assert account is not None
        await account.reserve(envelope_.recipients)
        (exceeded,) = (await account.weigh(FakeMessage(size=5121))).exceeded
        assert (exceeded.never, exceeded.limit.count) == (True, 5120)
        account.close()
        store.refuses = False
        assert await used(charging, Measure.BYTES) == 0
    account = tariff(charging).account(envelope_)
    assert account is not None
    await account.reserve(envelope_.recipients)
    assert not (await account.weigh(FakeMessage(size=5120))).exceeded, "what is just as large as the limit fits"


async def test_observed_it_is_told_and_counted_all_the_same(charging: Charging) -> None:
    account = tariff(charging, observed=True).account(mail())
    assert account is not None
    await account.reserve(names(1))
    exceeded = (await account.weigh(FakeMessage(size=6000))).exceeded
    assert [one.never for one in exceeded] == [True, False]
    assert await used(charging, Measure.BYTES) == 6000


async def test_more_recipients_than_any_window_takes_go_out_in_parts(charging: Charging) -> None:
    """Each 450 is for its recipient: a mail server sends to the others, and tries the rest again by itself."""
    wanted, sent = names(25), 0
    for _ in range(3):
        one = tariff(charging, personal={"recipients": ["10/minute"]}).account(mail())
        assert one is not None
        rates = await one.reserve(wanted)
        assert all(told.exceeded[0].retry_after <= 65 and not told.exceeded[0].never for told in rates if told.exceeded)
        taken = [name for name, told in zip(wanted, rates, strict=True) if not told.exceeded]
        wanted = [name for name in wanted if name not in taken]
        one.delivered, sent = True, sent + len(taken)
        one.close()
        CLOCK[0] += 65
    assert (wanted, sent) == ([], 25)


async def test_the_author_of_a_message_without_a_reverse_path_pays_for_its_size_too(charging: Charging) -> None:
    envelope_ = envelope("", "a@khac.example", direction=Direction.OUTBOUND, trusted=True)
    account = tariff(charging).account(envelope_)
    assert account is not None
    await account.reserve(envelope_.recipients)
    assert not (await account.weigh(FakeMessage(size=3000), PERSON)).exceeded
    charge = Charge(Scope.PATH, PERSON, (Limit(Measure.BYTES, 3600, 1),))
    assert (await charging.store.usage([charge]))[0][0].used == 3000
    large = tariff(charging).account(envelope_)
    assert large is not None
    await large.reserve(envelope_.recipients)
    (exceeded,) = (await large.weigh(FakeMessage(size=6000), PERSON)).exceeded
    assert (exceeded.never, exceeded.scope) == (True, Scope.PATH)


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


async def test_whether_the_store_is_there_is_known_without_mail(store: Moody, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.charging._LOOK", 0.01)
    made = Charging(store, Known(DIRECTORY))
    await made.start()
    for away in (False, True, False):
        store.refuses = away
        async with asyncio.timeout(10):
            while made.metrics.up is away:
                await asyncio.sleep(0.01)
    await made.close()


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


async def test_what_a_server_tells_is_the_conduct_of_that_path_alone(charging: Charging, deeds: list[Deed]) -> None:
    for path in (PERSON, ""):
        envelope_ = envelope(path, "a@khac.example", direction=Direction.OUTBOUND, trusted=True, peer="10.0.0.5")
        account = tariff(charging).account(envelope_)
        assert account is not None
        await account.reserve(envelope_.recipients)
        await account.weigh(FakeMessage(), "" if path else PERSON)
        account.delivered = True
        account.close()
    assert [deed.who for deed in deeds] == [f"{PERSON}%10.0.0.0/24"] * 2


async def test_while_nobody_watches_nothing_is_told_and_no_content_is_named(store: Moody, deeds: list[Deed]) -> None:
    watched, named = [False], list[object]()

    def likeness(message: object) -> str:
        named.append(message)
        return "L"

    made = Charging(store, Known(DIRECTORY), deeds.append, likeness, watches=lambda: watched[0])
    await made.start()
    try:
        for count in range(2):
            account = tariff(made).account(mail("an@khac.example"))
            assert account is not None
            await account.reserve(mail("an@khac.example").recipients)
            account.saw(FakeMessage(), Verdict(Action.ACCEPT))
            account.delivered = True
            account.close()
            assert (len(deeds), len(named)) == (count, count)
            watched[0] = True
    finally:
        await made.close()


async def test_nothing_done_nothing_told(charging: Charging, deeds: list[Deed]) -> None:
    account = tariff(charging).account(mail())
    assert account is not None
    await account.reserve(names(2))
    account.close()
    assert deeds == []


def test_a_failed_login_is_told_of_mailboxes_that_are(tmp_path: Path) -> None:
    told: list[Deed] = []
    made = Charging(SqliteLimits(tmp_path, timeout=30.0), Known(DIRECTORY), told.append, clock=lambda: 7.0)
    view = tariff(made)
    for login in ("nvanh", UNIT.upper(), "la", "ai@khac.example", "?", "", "a" * 500, "x@tinh.example"):
        view.login_failed(login, "198.51.100.7")
    assert [(deed.who, deed.failed_login, deed.client) for deed in told] == [
        (PERSON, True, "198.51.100.7"),
        (UNIT, True, "198.51.100.7"),
    ]
