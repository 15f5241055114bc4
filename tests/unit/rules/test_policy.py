"""The policy asks the right rules in the right order, and a rule's bug never decides a message's fate wrongly."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import ConfigError
from gateway.model import Action, Direction, Envelope, Mode, Recipient, Reply, Stage
from gateway.regulations import load
from gateway.rules.crash import Crash
from gateway.rules.policy import ListenerPolicy, Policy, today_in_vietnam
from tests.unit.rules.make import AG, LIMIT, Q4, REFUSED, Always, Never, envelope, message, settings

DAY = datetime.date(2026, 6, 30)
CITY = {"profile": [{"pattern": "*.q4@tphcm.gov.vn", "regulation": Q4}]}
BIG = message(LIMIT + 1)


# without a scanner there is no `malware`
_TEXTS = ("dangerous-type", "secret-marking", "attachment-cap", "vietnamese-charset")
_SENDERS = ("request-content", "private-mailbox", "auto-forward", "own-server", "unscannable")
AT_MESSAGE = ("own-domain", "own-address", "blocked-sender", "request-channel", *_TEXTS, *_SENDERS)  # inbound
# where our own mail comes, too
FOR_OURS = (
    *("own-address", "blocked-sender", "request-channel", "outbound-throttle"),
    *(*_TEXTS, "vietnamese-diacritics", *_SENDERS),
)
AT_RCPT = ("mailbox-state", "request-channel")


def policy(*directions: str, table: Any = None, **tables: Any) -> Policy:
    extra = {"rules": table} if table is not None else {}
    return Policy(settings(*directions, **tables), today=lambda: DAY, **extra)


def inbound(**tables: Any) -> ListenerPolicy:
    return policy("inbound", **tables).for_listener("inbound")


def with_classes(listener: ListenerPolicy, mail: Envelope) -> Envelope:
    for recipient in mail.recipients:
        recipient.policy_class = listener.policy_class(mail, recipient)
    return mail


# Modes


@pytest.mark.parametrize(
    ("mode", "action", "findings"),
    [("enforce", Action.REJECT, 1), ("observe", Action.ACCEPT, 1), ("off", Action.ACCEPT, 0)],
)
def test_every_mode(mode: str, action: Action, findings: int) -> None:
    listener = inbound(gateway={"regulation": Q4}, rules={"attachment-cap": mode})
    verdict = listener.check(Stage.MESSAGE, envelope("a@x.example", "b@tinh.example"), message=BIG)
    assert verdict.action is action
    assert (verdict.reply is not None) is (action is Action.REJECT)
    assert [finding.mode.value for finding in verdict.findings] == [mode] * findings
    assert ("attachment-cap" in verdict.checked) is (mode != "off")


def test_a_mode_for_one_listener() -> None:
    made = policy("inbound", "outbound", gateway={"regulation": Q4}, rules={"attachment-cap": {"outbound": "observe"}})
    mail = envelope("a@x.example", "b@tinh.example")
    assert made.for_listener("inbound").check(Stage.MESSAGE, mail, message=BIG).action is Action.REJECT
    assert made.for_listener("outbound").check(Stage.MESSAGE, mail, message=BIG).action is Action.ACCEPT


def test_the_limit_of_the_configuration_holds() -> None:
    listener = inbound(gateway={"regulation": Q4}, rules={"attachment-cap": {"limit": "1KiB"}})
    mail = envelope("a@x.example", "b@tinh.example")
    assert listener.check(Stage.MESSAGE, mail, message=message(1024)).action is Action.ACCEPT
    assert listener.check(Stage.MESSAGE, mail, message=message(1025)).action is Action.REJECT


def test_under_an_giang_the_cap_is_enforced_and_does_not_claim_that_a_clause_binds() -> None:
    verdict = inbound().check(Stage.MESSAGE, envelope("a@x.example", "b@tinh.example"), message=BIG)
    assert (verdict.action, verdict.reply.code, verdict.reply.enhanced) == (Action.REJECT, 552, "5.3.4")
    assert "this server's limit, modelled on Q4 4.2" in verdict.reply.text
    (finding,) = verdict.findings
    assert (finding.rule, finding.mode, finding.clauses) == ("attachment-cap", Mode.ENFORCE, ("Q4 4.2",))
    assert finding.evidence["binding"] is False


def test_under_an_giang_the_limit_itself_passes() -> None:
    verdict = inbound().check(Stage.MESSAGE, envelope("a@x.example", "b@tinh.example"), message=message(LIMIT))
    assert (verdict.action, verdict.findings, verdict.checked) == (Action.ACCEPT, (), AT_MESSAGE)


def test_a_mode_in_the_regulations_data_holds_for_those_it_governs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(load(AG).parameters["attachment-cap"], "mode", "observe")
    listener = inbound(gateway={"domains": ["tphcm.gov.vn"]}, **CITY)
    verdict = listener.check(Stage.MESSAGE, envelope("a@x.example", "so@tphcm.gov.vn"), message=BIG)
    assert (verdict.action, verdict.reply) == (Action.ACCEPT, None)
    assert [(f.rule, f.mode) for f in verdict.findings] == [("attachment-cap", Mode.OBSERVE)]
    verdict = listener.check(Stage.MESSAGE, envelope("a@x.example", "vp.q4@tphcm.gov.vn"), message=BIG)
    assert verdict.action is Action.REJECT


@pytest.mark.parametrize("direction", [d for d in Direction if d is not Direction.INBOUND])
def test_own_domain_is_not_asked_where_our_own_people_send(direction: Direction) -> None:
    listener = policy(direction.value).for_listener(direction.value)
    verdict = listener.check(Stage.MAIL, envelope("a@tinh.example", direction=direction))
    assert (verdict.action, verdict.checked) == (Action.ACCEPT, ("own-address", "mailbox-state", "blocked-sender"))


def test_own_domain_at_mail_cites_the_senders_regulation() -> None:
    listener = inbound(gateway={"domains": ["tinh.example", "tphcm.gov.vn"]}, **CITY)
    for sender, clause in (("a@tinh.example", "AG 10.2d"), ("vp.q4@tphcm.gov.vn", "Q4 11.5")):
        verdict = listener.check(Stage.MAIL, envelope(sender))
        assert (verdict.action, verdict.findings[0].clauses) == (Action.REJECT, (clause,))
    clean = listener.check(Stage.MAIL, envelope("a@khac.example"))
    at_mail = ("own-domain", "own-address", "mailbox-state", "blocked-sender")
    assert (clean.action, clean.checked) == (Action.ACCEPT, at_mail)


# Nothing found


@pytest.mark.parametrize("stage", list(Stage))
def test_nothing_found_is_always_the_same_object(stage: Stage) -> None:
    listener = inbound()
    mail = envelope("a@x.example", "b@tinh.example")
    small = message(1)
    first, second = (listener.check(stage, mail, message=small) for _ in range(2))
    assert first is second
    assert (first.action, first.reply, first.findings) == (Action.ACCEPT, None, ())


# Which profile governs


@pytest.mark.parametrize(
    ("direction", "sender", "recipient", "regulation"),
    [
        ("inbound", "a@x.example", "vp.q4@tphcm.gov.vn", Q4),
        ("inbound", "vp.q4@tphcm.gov.vn", "so@tphcm.gov.vn", AG),
        ("outbound", "vp.q4@tphcm.gov.vn", "a@x.example", Q4),
        ("outbound", "so@tphcm.gov.vn", "a@x.example", AG),
        ("submission", "vp.q4@tphcm.gov.vn", "so@tphcm.gov.vn", Q4),
        ("proxy-filter", "a@x.example", "vp.q4@tphcm.gov.vn", Q4),
        ("proxy-filter", "so@tphcm.gov.vn", "vp.q4@tphcm.gov.vn", AG),
        ("outbound", "", "vp.q4@tphcm.gov.vn", Q4),
        ("outbound", "", "a@x.example", AG),
    ],
)
def test_which_regulation_judges_a_recipient(direction: str, sender: str, recipient: str, regulation: str) -> None:
    made = policy(direction, gateway={"domains": ["tphcm.gov.vn"]}, **CITY).for_listener(direction)
    mail = envelope(sender, recipient, direction=Direction(direction))
    assert made.policy_class(mail, mail.recipients[0]) == regulation
    assert made.policy_class(mail, mail.recipients[0].address) == regulation
    (finding,) = made.check(Stage.MESSAGE, mail, message=BIG).findings
    assert finding.evidence.get("binding", True) is (regulation == Q4)
    assert ("this server's limit" in finding.reply.text) is (regulation == AG)


@pytest.mark.parametrize(
    ("recipient", "size", "action"),
    [
        ("vp.q4@tphcm.gov.vn", 1024, Action.ACCEPT),
        ("vp.q4@tphcm.gov.vn", 1025, Action.REJECT),
        ("so@tphcm.gov.vn", 1025, Action.ACCEPT),
        ("so@tphcm.gov.vn", LIMIT + 1, Action.REJECT),
    ],
)
def test_each_regulation_has_its_own_limit(
    recipient: str, size: int, action: Action, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(load(Q4).parameters["attachment-cap"], "limit", "1KiB")
    listener = inbound(gateway={"domains": ["tphcm.gov.vn"]}, **CITY)
    verdict = listener.check(Stage.MESSAGE, envelope("a@x.example", recipient), message=message(size))
    assert verdict.action is action


def test_recipients_who_are_judged_alike_share_a_class() -> None:
    listener = inbound(rules=dict.fromkeys((*AT_RCPT, *AT_MESSAGE), "off"), **CITY)
    mail = envelope("a@x.example", "vp.q4@tphcm.gov.vn", "so@tphcm.gov.vn")
    assert len({listener.policy_class(mail, recipient) for recipient in mail.recipients}) == 1


@pytest.mark.parametrize(("sender", "regulation"), [("vp.q4@tphcm.gov.vn", Q4), ("a@bao.example", AG), ("", AG)])
def test_at_mail_only_a_sender_of_ours_brings_its_regulation(sender: str, regulation: str) -> None:
    profile = [*CITY["profile"], {"pattern": "*@bao.example", "regulation": Q4}]
    listener = inbound(gateway={"domains": ["tphcm.gov.vn"]}, profile=profile)
    assert listener.mail_class(envelope(sender)) == regulation


def test_a_mode_alone_makes_another_class() -> None:
    rules = {"attachment-cap": {"mode": "enforce", "internal": "observe"}}
    listener = policy("submission", rules=rules).for_listener("submission")
    mail = envelope("a@tinh.example", "b@tinh.example", "c@x.example", direction=Direction.SUBMISSION)
    assert len({listener.policy_class(mail, recipient) for recipient in mail.recipients}) == 2


def test_internal_mail_has_a_class_of_its_own_only_where_it_is_judged_differently() -> None:
    mail = envelope("a@tinh.example", "b@tinh.example", "c@x.example", direction=Direction.SUBMISSION)
    listener = policy("submission", gateway={"regulation": Q4}).for_listener("submission")
    assert len({listener.policy_class(mail, recipient) for recipient in mail.recipients}) == 1
    rules = {"attachment-cap": {"mode": "enforce", "internal": "off"}}
    listener = policy("submission", gateway={"regulation": Q4}, rules=rules).for_listener("submission")
    inside, outside = (listener.policy_class(mail, recipient) for recipient in mail.recipients)
    assert inside != outside
    assert listener.check(Stage.MESSAGE, mail, inside, message=BIG).findings == ()
    assert listener.check(Stage.MESSAGE, mail, outside, message=BIG).action is Action.REJECT


def test_nothing_that_a_stranger_sends_is_internal() -> None:
    rules = {"attachment-cap": {"mode": "enforce", "internal": "off"}, "own-domain": "off"}
    listener = inbound(gateway={"regulation": Q4}, rules=rules)
    mail = envelope("a@tinh.example", "b@tinh.example")
    assert listener.check(Stage.MESSAGE, mail, message=BIG).action is Action.REJECT


# Several classes in one transaction


def both(direction: str = "proxy-filter") -> tuple[ListenerPolicy, Envelope]:
    listener = policy(direction, gateway={"domains": ["tphcm.gov.vn"]}, **CITY).for_listener(direction)
    mail = envelope("a@x.example", "so@tphcm.gov.vn", "vp.q4@tphcm.gov.vn", direction=Direction(direction))
    return listener, with_classes(listener, mail)


def inside_first(**tables: Any) -> tuple[ListenerPolicy, Envelope]:
    """Mail of ours to a colleague, for whom the cap is observed, and to a stranger, for whom it is enforced."""
    rules = {"attachment-cap": {"internal": "observe"}}
    listener = policy("proxy-filter", rules=rules, **tables).for_listener("proxy-filter")
    mail = envelope("a@tinh.example", "b@tinh.example", "c@x.example", direction=Direction.PROXY_FILTER)
    return listener, with_classes(listener, mail)


def test_the_worst_verdict_holds_for_all_and_names_the_recipient() -> None:
    listener, mail = inside_first()
    verdict = listener.check(Stage.MESSAGE, mail, [r.policy_class for r in mail.recipients], message=BIG)
    assert verdict.action is Action.REJECT
    assert "c@x.example" in verdict.reply.lines[-1]
    assert "b@tinh" not in verdict.reply.text
    assert [f.evidence["recipients"] for f in verdict.findings] == [["b@tinh.example"], ["c@x.example"]]
    assert [f.mode for f in verdict.findings] == [Mode.OBSERVE, Mode.ENFORCE]
    assert verdict.checked == FOR_OURS


def test_the_worst_verdict_of_two_regulations_names_the_recipient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(load(AG).parameters["attachment-cap"], "mode", "observe")
    listener, mail = both()
    verdict = listener.check(Stage.MESSAGE, mail, [r.policy_class for r in mail.recipients], message=BIG)
    assert verdict.action is Action.REJECT
    assert "vp.q4@tphcm.gov.vn" in verdict.reply.lines[-1]
    assert "so@tphcm" not in verdict.reply.text
    assert [f.evidence["recipients"] for f in verdict.findings] == [["so@tphcm.gov.vn"], ["vp.q4@tphcm.gov.vn"]]
    assert [f.mode for f in verdict.findings] == [Mode.OBSERVE, Mode.ENFORCE]


def test_of_equal_verdicts_the_first_speaks_with_its_own_regulation() -> None:
    listener, mail = both()
    for first in (0, 1):
        classes = [AG, Q4] if first == 0 else [Q4, AG]
        verdict = listener.check(Stage.MESSAGE, mail, classes, message=BIG)
        assert mail.recipients[first].address.text in verdict.reply.lines[-1]
        assert mail.recipients[1 - first].address.text not in verdict.reply.text
        assert ("this server's limit" in verdict.reply.text) is (first == 0)
        assert [f.mode for f in verdict.findings] == [Mode.ENFORCE] * 2
        assert [f.evidence.get("binding", True) for f in verdict.findings] == [c == Q4 for c in classes]


def test_the_classes_are_found_where_none_are_given() -> None:
    listener, mail = both()
    for recipient in mail.recipients:
        recipient.policy_class = ""
    assert listener.check(Stage.MESSAGE, mail, message=BIG).action is Action.REJECT
    assert [recipient.policy_class for recipient in mail.recipients] == [AG, Q4]


def test_one_class_names_nobody() -> None:
    listener, mail = both()
    verdict = listener.check(Stage.MESSAGE, mail, [Q4], message=BIG)
    assert "recipients" not in verdict.findings[0].evidence
    assert "@" not in verdict.reply.text


def test_several_classes_with_nothing_found() -> None:
    listener, mail = both()
    verdict = listener.check(Stage.MESSAGE, mail, [AG, Q4], message=message(1))
    assert (verdict.action, verdict.findings, verdict.checked) == (Action.ACCEPT, (), FOR_OURS)


def test_evidence_names_a_few_recipients_only() -> None:
    listener, mail = both()
    mail.recipients += [Recipient(r.address, policy_class=Q4) for r in mail.recipients[1:] * 500]
    evidence = listener.check(Stage.MESSAGE, mail, [AG, Q4], message=BIG).findings[1].evidence
    assert (len(evidence["recipients"]), evidence["recipient_count"]) == (5, 501)


@pytest.mark.parametrize("name", ["", "a class of another configuration"])
def test_a_class_from_before_a_reload_is_judged_by_the_default(name: str) -> None:
    verdict = inbound(gateway={"regulation": Q4}).check(Stage.MESSAGE, envelope(), name, message=BIG)
    assert verdict.action is Action.REJECT


# Several rules


def test_all_rules_are_asked_the_worst_decides_and_the_first_of_equals_speaks() -> None:
    other = Reply(554, "5.7.1", "Khac / Other")
    later = Reply(451, "4.7.1", "Sau / Later")
    rules = (
        Never("secret-marking"),
        Always("spam", action=Action.TEMPFAIL, reply=later),
        Always("malware"),
        Always("dangerous-type", reply=other),
    )
    listener = policy("inbound", table=rules).for_listener("inbound")
    verdict = listener.check(Stage.MESSAGE, envelope("a@x.example", "b@tinh.example"), message=BIG)
    assert (verdict.action, verdict.reply) == (Action.REJECT, REFUSED)
    assert [finding.rule for finding in verdict.findings] == ["spam", "malware", "dangerous-type"]
    assert verdict.checked == ("secret-marking", "spam", "malware", "dangerous-type")


def test_a_rule_is_asked_at_its_stages_with_what_is_known_there() -> None:
    rule = Never("mailbox-state", (Stage.MAIL, Stage.RCPT))
    listener = policy("inbound", table=(rule,)).for_listener("inbound")
    mail = envelope("a@x.example", "b@tinh.example")
    for stage in Stage:
        at = mail.recipients[0] if stage is Stage.RCPT else None
        listener.check(stage, mail, recipient=at, message=BIG if stage is Stage.MESSAGE else None)
    assert [facts.stage for facts in rule.asked] == [Stage.MAIL, Stage.RCPT]
    assert [facts.recipient for facts in rule.asked] == [None, mail.recipients[0]]
    assert rule.asked[0].own_domains == {"tinh.example"}
    assert rule.asked[0].regulation == AG
    assert rule.asked[0].clauses == ()  # Q4 4.2 is not An Giang's


# Exemptions


def exempted(expires: str) -> Policy:
    exemption = {"rule": "attachment-cap", "reason": "Công văn 12", "expires": expires, "sender": "*@bao.example"}
    return policy("inbound", gateway={"regulation": Q4}, exemption=[exemption])


@pytest.mark.parametrize(
    ("expires", "sender", "action"),
    [
        ("2026-06-30", "a@bao.example", Action.ACCEPT),
        ("2026-06-29", "a@bao.example", Action.REJECT),
        ("2026-06-30", "a@khac.example", Action.REJECT),
    ],
)
def test_an_exemption_lets_pass_and_is_recorded(expires: str, sender: str, action: Action) -> None:
    listener = exempted(expires).for_listener("inbound")
    verdict = listener.check(Stage.MESSAGE, envelope(sender, "b@tinh.example"), message=BIG)
    assert verdict.action is action
    assert len(verdict.findings) == 1
    assert ("exempted" in verdict.findings[0].evidence) is (action is Action.ACCEPT)


def exemption_for(recipient: str) -> dict[str, str]:
    return {"rule": "attachment-cap", "reason": "Công văn 12", "expires": "2026-06-30", "recipient": recipient}


def test_an_exemption_for_one_recipient_of_several_classes() -> None:
    listener, mail = inside_first(exemption=[exemption_for("c@*")])
    verdict = listener.check(Stage.MESSAGE, mail, message=BIG)
    assert verdict.action is Action.ACCEPT
    assert ["exempted" in finding.evidence for finding in verdict.findings] == [False, True]
    mail.recipients.append(Recipient(type(mail.reverse_path)("d@x.example")))
    assert listener.check(Stage.MESSAGE, mail, message=BIG).action is Action.REJECT


def test_an_exemption_under_one_regulation_does_not_cover_the_other() -> None:
    gateway = {"domains": ["tphcm.gov.vn"]}
    made = policy("proxy-filter", gateway=gateway, exemption=[exemption_for("vp.q4@*")], **CITY)
    listener = made.for_listener("proxy-filter")
    mail = envelope("a@x.example", "vp.q4@tphcm.gov.vn", direction=Direction.PROXY_FILTER)
    assert listener.check(Stage.MESSAGE, mail, message=BIG).action is Action.ACCEPT
    mail.recipients.append(Recipient(type(mail.reverse_path)("so@tphcm.gov.vn")))
    verdict = listener.check(Stage.MESSAGE, mail, message=BIG)
    assert verdict.action is Action.REJECT
    assert "so@tphcm.gov.vn" in verdict.reply.lines[-1]
    assert [(f.mode, "exempted" in f.evidence) for f in verdict.findings] == [
        (Mode.OBSERVE, True),
        (Mode.ENFORCE, False),
    ]


def test_the_date_is_asked_for_only_when_an_exemption_might_apply() -> None:
    def no_date() -> datetime.date:
        raise AssertionError("asked")

    listener = Policy(settings(gateway={"regulation": Q4}), today=no_date).for_listener("inbound")
    assert listener.check(Stage.MESSAGE, envelope("a@x.example", "b@tinh.example"), message=BIG).action is Action.REJECT
    assert isinstance(today_in_vietnam(), datetime.date)


# Promise 4


@pytest.mark.parametrize("error", [ValueError("secret"), RecursionError(), MemoryError(), KeyError("x"), OSError()])
def test_a_crash_in_an_enforced_rule_is_tried_again_later(error: Exception) -> None:
    crashes: list[Crash] = []
    rules = (Always("spam", raises=error), Never("malware"))
    listener = Policy(settings(), rules=rules, on_crash=crashes.append).for_listener("inbound")
    verdict = listener.check(Stage.MESSAGE, envelope("a@x.example", "b@tinh.example"), message=BIG)
    assert (verdict.action, verdict.reply.code, verdict.reply.enhanced) == (Action.TEMPFAIL, 451, "4.3.0")
    assert "secret" not in verdict.reply.text + repr(verdict.findings)
    assert [crash.digest for crash in crashes] == [verdict.findings[0].evidence["crash"]]
    assert verdict.checked == ("spam", "malware")


def test_a_crash_in_an_observed_rule_is_recorded_and_passes() -> None:
    crashes: list[Crash] = []
    rules = (Always("spam", raises=ValueError()),)
    made = Policy(settings(rules={"spam": "observe"}), rules=rules, on_crash=crashes.append)
    listener = made.for_listener("inbound")
    verdict = listener.check(Stage.MESSAGE, envelope("a@x.example", "b@tinh.example"), message=BIG)
    assert (verdict.action, verdict.reply) == (Action.ACCEPT, None)
    assert [finding.mode for finding in verdict.findings] == [Mode.OBSERVE]
    assert len(crashes) == 1


def test_a_refusal_beside_a_crash_stays_a_refusal() -> None:
    rules = (Always("spam", raises=ValueError()), Always("malware"))
    listener = policy("inbound", table=rules).for_listener("inbound")
    verdict = listener.check(Stage.MESSAGE, envelope("a@x.example", "b@tinh.example"), message=BIG)
    assert (verdict.action, len(verdict.findings)) == (Action.REJECT, 2)


def test_an_interrupt_is_no_crash() -> None:
    listener = policy("inbound", table=(Always("spam", raises=KeyboardInterrupt()),)).for_listener("inbound")
    with pytest.raises(KeyboardInterrupt):
        listener.check(Stage.MESSAGE, envelope("a@x.example", "b@tinh.example"), message=BIG)


def test_a_crash_of_the_hook_itself_does_not_hide_in_a_pass() -> None:
    def hook(_crash: Crash) -> None:
        raise OSError("log is gone")

    listener = Policy(settings(), rules=(Always("spam", raises=ValueError()),), on_crash=hook).for_listener("inbound")
    verdict = listener.check(Stage.MESSAGE, envelope("a@x.example", "b@tinh.example"), message=BIG)
    assert verdict.action is Action.TEMPFAIL


# Anything


@given(st.text(max_size=40), st.lists(st.text(max_size=40), max_size=4), st.sampled_from(list(Stage)))
def test_any_envelope_gets_a_verdict(sender: str, recipients: list[str], stage: Stage) -> None:
    for direction in Direction:
        listener = LISTENERS.for_listener(direction.value)
        mail = with_classes(listener, envelope(sender, *recipients, direction=direction))
        at = mail.recipients[0] if mail.recipients else None
        verdict = listener.check(stage, mail, recipient=at if stage is Stage.RCPT else None, message=BIG)
        assert verdict.action in (Action.ACCEPT, Action.REJECT)
        assert not any("crash" in finding.evidence for finding in verdict.findings)


LISTENERS = policy(*(d.value for d in Direction), gateway={"domains": ["tinh.example", "*.tphcm.gov.vn"]}, **CITY)


def test_a_bad_configuration_is_refused_with_every_problem() -> None:
    with pytest.raises(ConfigError) as caught:
        policy("inbound", gateway={"regulation": "hue"}, profile=[{"pattern": "@", "regulation": "x"}])
    assert [problem.key for problem in caught.value.problems] == [
        "gateway.regulation",
        "profile[0].regulation",
        "profile[0].pattern",
    ]


def test_an_unknown_listener_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        policy("inbound").for_listener("outbound")
