"""One record a minute for what a stopped sender is told again and again."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.model import Action, Finding, Mode, Reply, Verdict
from gateway.repeats import Repeats

REPLY = Reply(450, "4.7.1", "wait")


def verdict(rule: str = "outbound-throttle", who: str = "nvanh", **evidence: Any) -> Verdict:
    given = {"account": f"mailbox:{who}", "measure": "recipients", "window": 60, **evidence}
    return Verdict(Action.TEMPFAIL, REPLY, (Finding(rule, (), Action.TEMPFAIL, REPLY, given),))


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_same_refusal_refers_to_the_first_for_a_minute() -> None:
    clock = Clock()
    repeats = Repeats(clock)
    assert repeats.find(verdict()) == ""
    repeats.keep(verdict(), "R1")
    assert repeats.find(verdict(retry_after=7)) == "R1"
    clock.now += 59.9
    assert repeats.find(verdict()) == "R1"
    clock.now += 0.2
    assert repeats.find(verdict()) == ""


@pytest.mark.parametrize(
    "other",
    [verdict(window=3600), verdict(measure="messages"), verdict("blocked-sender"), verdict(who="ttbinh")],
)
def test_another_refusal_or_another_sender_does_not(other: Verdict) -> None:
    repeats = Repeats(Clock())
    repeats.keep(verdict(), "R1")
    assert repeats.find(other) == ""


def test_other_rules_are_recorded_each_time() -> None:
    repeats = Repeats(Clock())
    also = Finding("own-address", (), Action.REJECT, Reply(550, "5.7.1", "no"), mode=Mode.ENFORCE)
    both = Verdict(Action.REJECT, also.reply, (*verdict().findings, also))  # a limit alone would not refuse it for good
    for said in (verdict("own-address"), both):
        repeats.keep(said, "R1")
        assert repeats.find(said) == ""


def test_its_memory_is_bounded_and_the_oldest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.repeats._MOST", 10)
    repeats = Repeats(Clock())
    for number in range(50):
        repeats.keep(verdict(who=str(number)), str(number))
    assert len(repeats._known) == 10
    assert repeats.find(verdict(who="49")) == "49"
    assert repeats.find(verdict(who="0")) == ""
