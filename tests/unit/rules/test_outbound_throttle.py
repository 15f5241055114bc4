"""AG 8.6, 10.2e, Q4 11.7: who sends more than it may is put off, and told for how long."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.model import Action, Direction, Mode, Reply, Stage, Verdict
from gateway.rates import Exceeded, Limit, Measure, Rates, Scope
from gateway.rules.compiled import Known
from gateway.rules.outbound_throttle import OutboundThrottle
from gateway.rules.policy import Policy
from tests.unit.rules.make import AG, Q4, FakeMessage, envelope, settings
from tests.unit.rules.office import DIRECTORY, PERSON, only

HOUR = Limit(Measure.RECIPIENTS, 3600, 600)


def over(scope: Scope = Scope.MAILBOX, who: str = PERSON, limit: Limit = HOUR, wait: float = 720.0) -> Exceeded:
    return Exceeded(scope, who, limit, 600, wait)


def asked(
    rates: Rates, stage: Stage = Stage.RCPT, configured: Any = None, regulation: str = AG, **given: Any
) -> Verdict:
    rules = {"outbound-throttle": configured} if configured is not None else {}
    direction = given.pop("direction", Direction.SUBMISSION)
    made = settings(direction.value, rules=rules, gateway={"regulation": regulation})
    policy = Policy(made, rules=(OutboundThrottle(),), known=Known(DIRECTORY)).for_listener(direction.value)
    mail = envelope(PERSON, "ai@khac.example", direction=direction, user="nvanh", **given)
    recipient = mail.recipients[0] if stage is Stage.RCPT else None
    message = FakeMessage() if stage is Stage.MESSAGE else None
    return policy.check(stage, mail, recipient=recipient, message=message, rates=rates)


def said(verdict: Verdict) -> Reply:
    assert verdict.reply is not None
    return verdict.reply


def test_nothing_exceeded_nothing_said() -> None:
    assert asked(Rates()).findings == ()


@pytest.mark.parametrize("stage", [Stage.RCPT, Stage.MESSAGE])
def test_it_puts_off_and_says_for_how_long(stage: Stage) -> None:
    verdict = asked(Rates((over(),)), stage)
    assert (verdict.action, said(verdict).code, said(verdict).enhanced) == (Action.TEMPFAIL, 450, "4.7.1")
    vietnamese, english = said(verdict).lines
    assert "Hop thu nvanh@tinh.example da gui den muc 600 nguoi nhan moi gio (AG 8.6, AG 10.2e)" in vietnamese
    assert "sau 12 phut" in vietnamese
    assert "doi mat khau" in vietnamese
    assert "Send again in 12 minutes" in english
    assert only(verdict).evidence == {
        "account": "mailbox:nvanh@tinh.example",
        "measure": "recipients",
        "limit": 600,
        "window": 3600,
        "used": 600,
        "retry_after": 720,
    }


@pytest.mark.parametrize("mode", ["enforce", "observe"])
def test_what_never_fits_is_refused_for_good_and_told_what_to_do(mode: str) -> None:
    day = Limit(Measure.BYTES, 86400, 5 << 20)
    never = Exceeded(Scope.MAILBOX, PERSON, day, 0, 86400.0, never=True)
    verdict = asked(Rates((over(wait=1e9), never)), Stage.MESSAGE, mode)
    if mode == "observe":
        assert (verdict.action, only(verdict).action) == (Action.ACCEPT, Action.REJECT)
        return
    assert (verdict.action, said(verdict).code, said(verdict).enhanced) == (Action.REJECT, 552, "5.3.4")
    vietnamese, english = said(verdict).lines
    assert "chi duoc gui 5 MiB du lieu moi ngay" in vietnamese
    assert "chia thanh nhieu thu" in vietnamese
    assert "never fits" in english
    assert only(verdict).evidence == {
        "account": "mailbox:nvanh@tinh.example",
        "measure": "size",
        "limit": 5 << 20,
        "window": 86400,
    }


@pytest.mark.parametrize("stage", [Stage.RCPT, Stage.MESSAGE])
def test_who_may_send_nothing_at_all_is_not_told_to_wait(stage: Stage) -> None:
    verdict = asked(Rates((over(limit=Limit(Measure.RECIPIENTS, 86400, 0)),)), stage)
    assert (verdict.action, said(verdict).code, said(verdict).enhanced) == (Action.REJECT, 550, "5.7.1")
    assert "chi duoc gui 0 nguoi nhan moi ngay" in said(verdict).lines[0]


def test_the_longest_wait_is_the_one_that_counts() -> None:
    day = over(Scope.DOMAIN, "tinh.example", Limit(Measure.NEW, 86400, 9), 50_000.0)
    verdict = asked(Rates((over(), day)))
    assert only(verdict).evidence["account"] == "domain:tinh.example"
    assert "14 hours" in said(verdict).lines[1]


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("utf8", [False, True])
def test_every_reply_can_be_said(scope: Scope, measure: Measure, utf8: bool) -> None:
    who = "đ\r\n\0" + "x" * 5000
    reply = said(asked(Rates((over(scope, who, Limit(measure, 777, 2**50), 1e9),)), smtputf8=utf8))
    assert all(len(line) <= 512 for line in reply.encoded.splitlines(keepends=True))


def test_the_clause_is_the_governing_regulations() -> None:
    assert only(asked(Rates((over(),)), regulation=Q4)).clauses == ("Q4 11.7",)


def test_observed_it_is_only_recorded() -> None:
    verdict = asked(Rates((over(),)), Stage.MESSAGE, "observe")
    assert verdict.action is Action.ACCEPT
    assert only(verdict).mode is Mode.OBSERVE


def test_without_counters_mail_passes_unless_it_is_told_to_wait() -> None:
    verdict = asked(Rates(failed=True))
    assert verdict.action is Action.ACCEPT
    assert only(verdict).evidence == {"uncounted": True}
    verdict = asked(Rates(failed=True), configured={"unavailable": "tempfail"})
    assert (verdict.action, said(verdict).code, said(verdict).enhanced) == (Action.TEMPFAIL, 451, "4.7.1")


def test_mail_from_outside_is_not_its_business() -> None:
    assert asked(Rates((over(),)), direction=Direction.INBOUND).findings == ()
