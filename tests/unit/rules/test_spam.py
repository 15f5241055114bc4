"""What the filter says becomes a refusal, a tag or a note; no answer is neither spam nor its absence."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from gateway.contents import NOTHING, Inspection
from gateway.contents import Spam as Said
from gateway.model import Action, Direction, Facts, Finding, Mode, Stage
from gateway.rules.policy import Policy
from gateway.rules.spam import TAG, Spam, calls_it_spam, parse_threshold
from tests.unit.rules.make import AG, Q4, FakeMessage, envelope, inbound_check, settings

SYMBOLS = (("FORGED_SENDER", 9.0), ("BAYES_HAM", -3.0), ("MISSING_DATE", 1.0))
INBOUND, OUTBOUND, SUBMISSION, FILTER = (
    Direction.INBOUND,
    Direction.OUTBOUND,
    Direction.SUBMISSION,
    Direction.PROXY_FILTER,
)


def said(score: float, action: str, required: float = 15.0) -> Inspection:
    return Inspection(spam=Said(score, required, action, SYMBOLS))


HAM, OFFER, JUNK = said(0.5, "no action"), said(7.2, "add header"), said(16.1, "reject")
FORCED, LATER = said(1.0, "reject"), said(4.5, "soft reject")


def check(
    inspection: Inspection,
    direction: Direction = INBOUND,
    sender: str = "ai@khac.example",
    regulation: str = AG,
    **given: Any,
) -> Finding | None:
    rule = Spam()
    values = {**rule.defaults, **given}
    parameters = {name: parse(values[name]) for name, parse in rule.parameters.items()}
    own = frozenset({"tinh.example"})
    about = envelope(sender, "bo@tinh.example", direction=direction)
    facts = Facts(Stage.MESSAGE, about, regulation, own, None, FakeMessage(), parameters)
    facts.clauses = tuple(c for c in rule.clauses if c.startswith("AG" if regulation == AG else "Q4"))
    facts.inspection = inspection
    return rule.check(facts)


def found(inspection: Inspection, direction: Direction = INBOUND, **given: Any) -> Finding:
    finding = check(inspection, direction, **given)
    assert finding is not None
    assert json.loads(json.dumps(finding.evidence, allow_nan=False)) == finding.evidence
    return finding


def test_ham_and_not_asked() -> None:
    for direction in Direction:
        assert check(NOTHING, direction) is None
        assert check(HAM, direction) is None
        assert check(said(4.5, "greylist"), direction) is None


@pytest.mark.parametrize("direction", Direction)
def test_what_the_filter_rejects_is_refused_both_ways(direction: Direction) -> None:
    finding = found(JUNK, direction)
    assert (finding.action, finding.mode, finding.reply.code) == (Action.REJECT, Mode.ENFORCE, 550)
    assert finding.reply.enhanced == "5.7.1"
    assert finding.evidence["symbols"][0] == {"symbol": "FORGED_SENDER", "points": 9.0}
    assert finding.evidence == {
        "filter": "rspamd",
        "verdict": "spam",
        "score": 16.1,
        "required": 15.0,
        "action": "reject",
        "symbols": [{"symbol": name, "points": points} for name, points in SYMBOLS],
    }
    assert "FORGED" not in finding.reply.text, "whoever sends spam is not told how to make it pass"
    assert "16" not in finding.reply.text
    assert calls_it_spam(finding)


def test_the_clauses_go_by_the_way_that_the_mail_takes() -> None:
    ours = "ai@tinh.example"
    assert found(JUNK).clauses == ("AG 8.7",)
    assert found(JUNK, FILTER).clauses == ("AG 8.7",)
    for finding in (
        found(JUNK, OUTBOUND),
        found(JUNK, SUBMISSION),
        found(JUNK, OUTBOUND, sender=ours),
        found(JUNK, FILTER, sender=ours),
    ):
        assert finding.clauses == ("AG 8.6", "AG 10.2e")
        assert "(AG 8.6, AG 10.2e)" in finding.reply.text
    assert found(JUNK, SUBMISSION, regulation=Q4).clauses == ("Q4 11.7",)
    finding = found(JUNK, regulation=Q4)
    assert finding.clauses == ()
    assert "quy dinh rieng cua may chu nay" in finding.reply.text


def test_a_clerk_is_told_what_to_do_and_a_stranger_whom_to_ask() -> None:
    leaving, arriving = found(JUNK, SUBMISSION), found(JUNK)
    assert "doi mat khau ngay" in leaving.reply.lines[0]
    assert "change your password now" in leaving.reply.lines[1]
    assert "mat khau" not in arriving.reply.text


def test_what_is_suspected_is_tagged_where_it_arrives_and_recorded_where_it_leaves() -> None:
    for action in ("add header", "rewrite subject", "quarantine"):
        finding = found(said(7.2, action))
        assert (finding.action, finding.mode) == (Action.ACCEPT, Mode.OBSERVE)
        dashed = action.replace(" ", "-")
        assert finding.tag == (TAG, f"suspect; score=7.2; action={dashed}; symbols=FORGED_SENDER,MISSING_DATE")
        assert calls_it_spam(finding)
    for direction in (OUTBOUND, SUBMISSION):
        finding = found(OFFER, direction)
        assert (finding.action, finding.mode, finding.tag) == (Action.ACCEPT, Mode.OBSERVE, None)
        assert finding.evidence["verdict"] == "suspect"


def test_spam_that_passes_because_the_rule_only_observes_is_tagged() -> None:
    assert found(JUNK).tag == (TAG, "spam; score=16.1; action=reject; symbols=FORGED_SENDER,MISSING_DATE")
    assert found(JUNK, SUBMISSION).tag is None


@pytest.mark.parametrize(
    ("given", "direction", "refused"),
    [
        ({"refuse": 7}, INBOUND, True),
        ({"refuse": 7.2}, INBOUND, True),
        ({"refuse": 7.3}, INBOUND, False),
        ({"refuse": 5}, SUBMISSION, False),
        ({"outgoing_refuse": 5}, SUBMISSION, True),
        ({"outgoing_refuse": 5}, INBOUND, False),
        ({"outgoing_refuse": 5}, OUTBOUND, True),
    ],
)
def test_points_of_ones_own(given: dict[str, float], direction: Direction, refused: bool) -> None:
    assert (found(OFFER, direction, **given).action is Action.REJECT) is refused


def test_what_leaves_is_refused_earlier_unless_it_is_left_to_the_filter() -> None:
    """Its own thresholds count what only strangers are checked for."""
    some = said(10.0, "add header")
    assert found(some, SUBMISSION).action is Action.REJECT
    assert found(some, OUTBOUND).action is Action.REJECT
    assert found(some, INBOUND).action is Action.ACCEPT
    assert found(said(9.9, "add header"), SUBMISSION).action is Action.ACCEPT
    assert found(some, SUBMISSION, outgoing_refuse="rspamd").action is Action.ACCEPT
    assert found(said(7, "reject", 7.0), SUBMISSION, outgoing_refuse="rspamd").action is Action.REJECT
    assert found(some, SUBMISSION, outgoing_refuse="off").action is Action.ACCEPT


def test_points_and_off_go_before_the_filters_own_action() -> None:
    assert found(JUNK, refuse=20).action is Action.ACCEPT
    assert found(JUNK, refuse="off").action is Action.ACCEPT
    assert check(JUNK, refuse="off", tag="off") is None
    assert check(OFFER, tag=8) is None
    assert found(HAM, tag=0.5).tag is not None


def test_what_a_module_of_the_filter_rejects_whatever_the_points() -> None:
    for inspection in (FORCED, said(1.0, "discard"), said(1.0, "reject", required=2.0), said(1.0, "reject", 0.0)):
        for given in ({}, {"refuse": 20}):
            assert found(inspection, **given).action is Action.REJECT
        assert found(inspection, refuse="off").action is Action.ACCEPT


def test_a_soft_reject_is_for_strangers() -> None:
    finding = found(LATER)
    assert (finding.action, finding.mode, finding.reply.code) == (Action.TEMPFAIL, Mode.ENFORCE, 451)
    assert not calls_it_spam(finding)
    assert check(LATER, SUBMISSION) is None
    assert found(said(20, "soft reject"), refuse=15).action is Action.REJECT


@pytest.mark.parametrize("failed", ["down", "time", "error", "size"])
def test_no_answer_waits_or_passes_as_configured(failed: str) -> None:
    gone = Inspection(spam_failed=failed)
    finding = found(gone)
    assert finding.mode is Mode.OBSERVE
    assert finding.evidence == {"filter": "rspamd", "unasked": failed}
    assert not calls_it_spam(finding)
    finding = found(gone, unavailable="tempfail")
    waits = failed != "size"
    assert (finding.action, finding.reply.code) == (Action.TEMPFAIL, 451)
    assert (finding.mode is Mode.ENFORCE) is waits, "a message that is too large stays so"


def test_without_a_filter_it_does_not_claim_to_have_checked() -> None:
    assert "spam" not in inbound_check(FakeMessage(), {}).checked
    rspamd = {"url": "http://127.0.0.1:11333"}
    verdict = inbound_check(FakeMessage(), {}, inspection=JUNK, rspamd=rspamd)
    assert "spam" in verdict.checked
    assert verdict.action is Action.REJECT
    verdict = inbound_check(FakeMessage(), {"spam": "observe"}, inspection=JUNK, rspamd=rspamd)
    assert (verdict.action, [f.rule for f in verdict.findings]) == (Action.ACCEPT, ["spam"])
    verdict = inbound_check(FakeMessage(), {"spam": {"unavailable": "tempfail"}}, inspection=FORCED, rspamd=rspamd)
    assert verdict.action is Action.REJECT


@pytest.mark.parametrize(
    ("rules", "waits"),
    [
        ({}, {"malware"}),
        ({"spam": {"unavailable": "tempfail"}}, {"malware", "spam"}),
        ({"spam": {"unavailable": "tempfail", "mode": "observe"}}, {"malware"}),
        ({"malware": {"unavailable": "pass"}}, set()),
        ({"malware": {"unavailable": "pass"}, "spam": {"unavailable": "tempfail"}}, {"spam"}),
    ],
)
def test_readiness_waits_for_what_mail_waits_for(rules: dict[str, Any], waits: set[str]) -> None:
    made = settings(clamd={"address": "unix:/c"}, rspamd={"url": "unix:/r"}, rules=rules)
    assert Policy(made).for_listener("inbound").waits == waits


@pytest.mark.parametrize(("value", "parsed"), [("rspamd", None), ("off", math.inf), (15, 15.0), (0.5, 0.5)])
def test_settings(value: object, parsed: float | None) -> None:
    assert parse_threshold(value) == parsed


@pytest.mark.parametrize("value", ["15", 0, -1, True, None, 1e9, math.nan, math.inf, [], "on"])
def test_bad_settings(value: object) -> None:
    with pytest.raises(ValueError, match="points"):
        parse_threshold(value)
