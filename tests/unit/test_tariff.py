"""What accounts a sender has, and their limits."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from gateway.config_limits import LimitOverride, Limits, Rate
from gateway.config_schema import settings_of
from gateway.payers import Payer
from gateway.rates import Limit, Measure, Scope
from gateway.tariff import DEFAULTS, Tariff
from gateway.who import Kind, Mailbox

DAY = datetime.date(2026, 11, 22)
PERSON = Mailbox("nvanh@tinh.example", Kind.PERSONAL, "SXD")
UNIT = Mailbox("soxd@tinh.example", Kind.UNIT, "SXD")


def tariff(*overrides: dict[str, Any], **limits: Any) -> Tariff:
    made = [LimitOverride.model_validate({"reason": "Letter 1", "expires": DAY, **one}) for one in overrides]
    return Tariff(Limits.model_validate(limits), made, lambda: DAY)


def box(mailbox: Mailbox, scope: Scope = Scope.MAILBOX) -> Payer:
    return Payer(scope, mailbox.key, mailbox, "tinh.example")


def accounts(made: Tariff, payer: Payer) -> dict[str, tuple[Limit, ...]]:
    return {charge.key: charge.limits for charge in made.charges(payer, "192.0.2.1")}


def test_a_mailbox_pays_for_itself_its_unit_and_its_domain() -> None:
    found = accounts(tariff(), box(PERSON))
    assert list(found) == ["mailbox:nvanh@tinh.example", "unit:sxd", "domain:tinh.example"]
    assert Limit(Measure.RECIPIENTS, 60, 250) in found["mailbox:nvanh@tinh.example"]
    assert Limit(Measure.NEW, 86400, 500) in found["mailbox:nvanh@tinh.example"]
    assert Limit(Measure.BYTES, 86400, 2 * 2**30) in found["mailbox:nvanh@tinh.example"]


def test_the_kind_decides() -> None:
    assert Limit(Measure.RECIPIENTS, 60, 500) in accounts(tariff(), box(UNIT))["mailbox:soxd@tinh.example"]
    unknown = Payer(Scope.PATH, "la@tinh.example", None, "tinh.example")
    assert Limit(Measure.RECIPIENTS, 60, 250) in accounts(tariff(), unknown)["path:la@tinh.example"]
    bounces = Payer(Scope.NULL, "10.0.0.5")
    assert accounts(tariff(), bounces) == {"null:10.0.0.5": (_r(60, 600), _r(3600, 6000), _r(86400, 20000))}
    client = Payer(Scope.CLIENT, "192.0.2.1")
    assert _r(60, 100) in accounts(tariff(), client)["client:192.0.2.1"]


def _r(seconds: int, count: int) -> Limit:
    return Limit(Measure.RECIPIENTS, seconds, count)


def test_what_is_left_out_keeps_its_default_and_an_empty_list_is_no_limit() -> None:
    found = accounts(tariff(personal={"recipients": ["7/minute"], "messages": []}), box(PERSON))
    limits = found["mailbox:nvanh@tinh.example"]
    assert limits == (_r(60, 7), Limit(Measure.NEW, 86400, 500), Limit(Measure.BYTES, 86400, 2 * 2**30))


def test_an_account_without_limits_is_none() -> None:
    assert "domain:tinh.example" not in accounts(tariff(domain={"recipients": []}), box(PERSON))


def test_a_sender_that_is_watched_is_asked_for_new_recipients_limit_or_no_limit() -> None:
    watched = Tariff(Limits(), (), lambda: DAY, counts=False, watched=True)
    (only,) = watched.charges(box(PERSON), "192.0.2.1")
    assert [(limit.measure, limit.count > 10**9) for limit in only.limits] == [(Measure.NEW, True)]
    assert watched.charges(Payer(Scope.CLIENT, "192.0.2.1"), "192.0.2.1") == ()
    limited = Tariff(Limits(), (), lambda: DAY, watched=True).charges(box(PERSON), "192.0.2.1")
    assert limited == Tariff(Limits(), (), lambda: DAY).charges(box(PERSON), "192.0.2.1")
    assert Tariff(Limits(), (), lambda: DAY, counts=False).charges(box(PERSON), "192.0.2.1") == ()


def test_an_office_is_counted_where_it_is_configured() -> None:
    assert accounts(tariff(office={"recipients": ["9/hour"]}), box(PERSON))["client:192.0.2.1"] == (_r(3600, 9),)
    path = box(PERSON, Scope.PATH)
    assert "client:192.0.2.1" not in accounts(tariff(office={"recipients": ["9/hour"]}), path)


def test_an_override_holds_to_its_last_day_and_the_most_specific_wins() -> None:
    wide = {"address": "*@tinh.example", "recipients": ["1/day"]}
    own = {"address": PERSON.address, "messages": ["2/day"]}
    limits = accounts(tariff(wide, own), box(PERSON))["mailbox:nvanh@tinh.example"]
    assert Limit(Measure.MESSAGES, 86400, 2) in limits
    assert _r(60, 250) in limits  # what it does not say is as it was
    gone = {**own, "expires": DAY - datetime.timedelta(days=1)}
    assert accounts(tariff(wide, gone), box(PERSON))["mailbox:nvanh@tinh.example"][0] == _r(86400, 1)


def test_a_mailbox_that_changes_its_kind_has_other_limits_at_once() -> None:
    made = tariff()
    before = accounts(made, box(PERSON))["mailbox:nvanh@tinh.example"]
    after = accounts(made, box(Mailbox(PERSON.address, Kind.SERVICE, "VP")))
    assert after["mailbox:nvanh@tinh.example"] != before
    assert "unit:vp" in after


def test_no_more_is_remembered_than_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.tariff._MOST", 10)
    made = tariff()
    for number in range(100):
        made.charges(Payer(Scope.CLIENT, str(number)), "192.0.2.1")
    assert len(made._known) <= 10


def test_the_descriptions_say_what_the_defaults_are() -> None:
    described = {one.name: one.description for one in settings_of(Limits) if one.name in DEFAULTS}
    assert described.keys() == DEFAULTS.keys()
    for kind, limits in DEFAULTS.items():
        text = described[kind].replace("bytes", "size")
        if "as personal" in text:
            assert limits is DEFAULTS["personal"]
            continue
        for name in ("recipients", "messages", "new_recipients", "size"):
            rates = getattr(limits, name) or ()
            assert not rates or f"{name.replace('_', ' ')} {', '.join(rates)}" in text, (kind, name)


@pytest.mark.parametrize(
    ("text", "most", "seconds"),
    [("250/minute", 250, 60), (" 2 GiB / day ", 2 * 2**30, 86400), ("1.5KiB/hour", 1536, 3600), ("0/day", 0, 86400)],
)
def test_a_rate(text: str, most: int, seconds: int) -> None:
    rate = Rate(text)
    assert (rate.most, rate.seconds) == (most, seconds)
    assert Rate(str(rate)) == rate


@pytest.mark.parametrize("text", ["", "250", "250/week", "x/day", "-1/day", "1e9/day", "9" * 30 + "/day", 250, None])
def test_what_is_no_rate(text: object) -> None:
    with pytest.raises(ValueError, match="write a rate"):
        Rate(text)
