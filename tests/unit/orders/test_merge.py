"""Orders over a configuration: the latest word counts, what cannot stand is left out, a finding names its order."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest

from gateway.config import Settings
from gateway.config_file import settings_from
from gateway.model import Mode, Stage
from gateway.orders.deeds import check
from gateway.orders.errors import OrderRefused
from gateway.orders.merge import fault, merged
from gateway.orders.values import Kind, Order
from gateway.rules.policy import Policy
from tests.unit.orders.contract import DAY, exemption, mode
from tests.unit.rules.make import envelope

UPSTREAM = {"m": {"maildir": "maildir"}}


def settings(rules: dict[str, Any] | None = None, **more: Any) -> Settings:
    listeners = [("inbound", "inbound"), ("second", "inbound"), ("outbound", "outbound")]
    made = [
        {"name": name, "bind": f"127.0.0.1:{2525 + port}", "direction": direction, "upstream": "m"}
        for port, (name, direction) in enumerate(listeners)
    ]
    gateway = {"hostname": "gw.tinh.example", "data_dir": "/nowhere", "domains": ["tinh.example"]}
    return settings_from({"gateway": gateway, "listener": made, "upstream": UPSTREAM, "rules": rules or {}, **more})


def modes(made: Settings, rule: str = "attachment-cap") -> dict[str, tuple[Mode, int]]:
    from gateway.regulations import load

    policy = Policy(made)
    found = {}
    for listener in made.listener:
        for bound in policy.bound(listener, load("angiang-50-2009")):
            if bound.rule.name == rule:
                found[listener.name] = (bound.mode, bound.order)
    return found


def numbered(*orders: Order) -> list[Order]:
    return [replace(order, number=number) for number, order in enumerate(orders, 1)]


def test_nothing_ordered_is_the_file_itself() -> None:
    file = settings()
    assert merged(file, []) is file
    assert set(modes(file).values()) == {(Mode.ENFORCE, 0)}


def test_everywhere_lies_over_each_key_of_the_file() -> None:
    file = settings({"attachment-cap": {"mode": "enforce", "inbound": "enforce", "second": "off", "limit": "1MiB"}})
    made = merged(file, numbered(mode()))
    assert modes(made) == dict.fromkeys(("inbound", "second", "outbound"), (Mode.OBSERVE, 1))
    assert (made.rules["attachment-cap"].model_extra or {}) == {"limit": "1MiB"}
    assert modes(file)["inbound"] == (Mode.ENFORCE, 0)  # the file is as it was


def test_a_direction_takes_its_listeners_and_no_other() -> None:
    file = settings({"attachment-cap": {"second": "enforce"}})
    made = merged(file, numbered(mode(place="inbound")))
    assert modes(made) == {
        "inbound": (Mode.OBSERVE, 1),
        "second": (Mode.OBSERVE, 1),
        "outbound": (Mode.ENFORCE, 0),
    }


def test_the_latest_word_counts() -> None:
    narrow, wide = mode(place="second"), mode(to=Mode.ENFORCE)
    assert modes(merged(settings(), numbered(narrow, wide)))["second"] == (Mode.ENFORCE, 2)
    found = modes(merged(settings(), numbered(wide, narrow)))
    assert (found["second"], found["inbound"]) == ((Mode.OBSERVE, 2), (Mode.ENFORCE, 1))


@pytest.mark.parametrize(
    "order",
    [
        mode("no-such-rule"),
        mode(place="gone"),
        mode(to=Mode.OFF),
        exemption("no-such-rule"),
        exemption(sender=""),
        exemption(sender="a b"),
        exemption(network="10.0.0.0/99"),
        replace(exemption(), until=None),
    ],
)
def test_what_cannot_stand_is_left_out_and_named(order: Order) -> None:
    file = settings()
    said = fault(file, order)
    assert said is not None and said.en and said.vi and said.en != said.vi
    assert merged(file, numbered(order)) is file
    with pytest.raises(OrderRefused) as refused:
        check(file, (), order, DAY)
    assert said.vi in refused.value.vi or "Mẫu địa chỉ" in refused.value.vi


def _finding(made: Settings, sender: str) -> Any:
    """What rule own-domain says of one of our addresses that comes from outside, at MAIL."""
    rules = Policy(made, today=lambda: DAY).for_listener("inbound")
    verdict = rules.check(Stage.MAIL, envelope(sender, "van.thu@tinh.example"))
    return next(one for one in verdict.findings if one.rule == "own-domain")


def test_a_finding_names_the_order_that_set_its_mode() -> None:
    plain = _finding(settings(), "q4@tinh.example")
    assert (plain.mode, "order" in plain.evidence) == (Mode.ENFORCE, False)
    ordered = _finding(merged(settings(), numbered(mode("own-domain"))), "q4@tinh.example")
    assert (ordered.mode, ordered.evidence["order"]) == (Mode.OBSERVE, 1)


def test_an_exemption_is_used_names_its_order_and_ends() -> None:
    order = numbered(exemption("own-domain"))
    made = merged(settings(), order)
    found = _finding(made, "q4@tinh.example")
    assert found.mode is Mode.OBSERVE
    assert found.evidence["exempted"] == {"reason": order[0].reason, "expires": "2026-11-22", "order": 1}
    assert _finding(made, "other@tinh.example").mode is Mode.ENFORCE


CANNOT = [
    (mode("spam", Mode.ENFORCE), "cannot run there"),  # no rspamd
    (mode("malware", Mode.OBSERVE), "cannot run there"),  # no clamd
    (mode("own-domain", place="outbound"), "cannot run there"),  # it is for mail that arrives
    (replace(mode(), reason=" x "), "say why"),
    (replace(mode(), reason="x" * 501), "say why"),
    (replace(mode(), until=DAY - datetime.timedelta(days=1)), "is past"),
    (exemption(sender="*@*"), "is everybody"),
    (exemption(sender="a@x\x00"), "no address pattern"),
    (replace(exemption(), until=DAY + datetime.timedelta(days=367)), "366 days"),
]


@pytest.mark.parametrize(("order", "why"), CANNOT)
def test_what_may_not_be_ordered(order: Order, why: str) -> None:
    with pytest.raises(OrderRefused, match=why) as told:
        check(settings(), (), order, DAY)
    assert told.value.vi


def test_the_file_may_forbid_it() -> None:
    with pytest.raises(OrderRefused, match="may_change_rules"):
        check(settings(console={"may_change_rules": False}), (), mode(), DAY)


def test_what_is_kept_is_one_clean_line() -> None:
    kept = check(settings(), (), replace(mode(), reason="  thử\x00nghiệm\n\nhai ", by="l\nan"), DAY)
    assert (kept.reason, kept.by, kept.kind) == ("thử nghiệm hai", "l an", Kind.MODE)
