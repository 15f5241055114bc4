"""One record a minute for what a stopped sender is told again and again."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.model import Action, Envelope, Finding, Mode, Reply, Verdict
from gateway.repeats import Repeats
from tests.unit.rules.make import envelope

REPLY = Reply(450, "4.7.1", "wait")


def verdict(rule: str = "outbound-throttle", **evidence: Any) -> Verdict:
    finding = Finding(rule, (), Action.TEMPFAIL, REPLY, {"measure": "recipients", "window": 60, **evidence})
    return Verdict(Action.TEMPFAIL, REPLY, (finding,))


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def mail(user: str = "nvanh") -> Envelope:
    return envelope("nvanh@tinh.example", user=user)


def test_the_same_refusal_refers_to_the_first_for_a_minute() -> None:
    clock = Clock()
    repeats = Repeats(clock)
    assert repeats.find(verdict(), mail(), None) == ""
    repeats.keep(verdict(), mail(), None, "R1")
    assert repeats.find(verdict(retry_after=7), mail(), None) == "R1"
    clock.now += 59.9
    assert repeats.find(verdict(), mail(), None) == "R1"
    clock.now += 0.2
    assert repeats.find(verdict(), mail(), None) == ""


@pytest.mark.parametrize(
    ("other", "who"),
    [
        (verdict(window=3600), "nvanh"),
        (verdict(measure="messages"), "nvanh"),
        (verdict("blocked-sender"), "nvanh"),
        (verdict(), "ttbinh"),
    ],
)
def test_another_refusal_or_another_sender_does_not(other: Verdict, who: str) -> None:
    repeats = Repeats(Clock())
    repeats.keep(verdict(), mail(), None, "R1")
    assert repeats.find(other, mail(who), None) == ""


def test_other_rules_are_recorded_each_time() -> None:
    repeats = Repeats(Clock())
    also = Finding("own-address", (), Action.REJECT, Reply(550, "5.7.1", "no"), mode=Mode.ENFORCE)
    both = Verdict(Action.REJECT, also.reply, (*verdict().findings, also))
    for said in (verdict("own-address"), both):
        repeats.keep(said, mail(), None, "R1")
        assert repeats.find(said, mail(), None) == ""


def test_its_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.repeats._MOST", 10)
    clock = Clock()
    repeats = Repeats(clock)
    for number in range(50):
        repeats.keep(verdict(), mail(str(number)), None, "R")
    assert len(repeats._known) == 10
    clock.now += 61
    repeats.keep(verdict(), mail("new"), None, "R2")
    assert repeats.find(verdict(), mail("new"), None) == "R2"
    assert len(repeats._known) == 1
