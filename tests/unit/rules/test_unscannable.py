"""What cannot be looked into is refused, observed or left alone, each reason by its own setting."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.contents import NOTHING, READINGS_LATER, UNREACHED, ContainedFile, Inspection, Trait, Unchecked, Why
from gateway.model import Action, Attachment, Defect, Facts, Finding, Mode, Stage
from gateway.rules.settings import parse_mode
from gateway.rules.unscannable import Unscannable
from tests.unit.rules.make import FakeMessage, envelope, inbound_check

RULE = Unscannable()
DEFAULTS = {name: parse(RULE.defaults[name]) for name, parse in RULE.parameters.items()}


def check(message: FakeMessage | None = None, inspection: Inspection = NOTHING, **parameters: Any) -> Finding | None:
    facts = Facts(
        Stage.MESSAGE,
        envelope(),
        "tphcm-q4-03-2013",
        frozenset(),
        message=message or FakeMessage(),
        parameters={**DEFAULTS, **{name: parse_mode(value) for name, value in parameters.items()}},
        clauses=("Q4 4.2",),
        inspection=inspection,
    )
    return RULE.check(facts)


def unchecked(why: Why, *names: str) -> Inspection:
    return Inspection(unchecked=(Unchecked("1.2", names, why),))


def test_nothing_to_say() -> None:
    assert check() is None
    assert check(FakeMessage([Attachment("a.pdf", "application/pdf", "application/pdf", 1, "")])) is None


@pytest.mark.parametrize(
    ("defect", "reason", "words"),
    [
        ("message-partial", "fragments", "chia manh"),
        ("external-body", "fragments", "chia manh"),
        ("too-deep", "structure", "Cau truc thu"),
    ],
)
def test_disputes(defect: str, reason: str, words: str) -> None:
    finding = check(FakeMessage(disputes=[Defect(defect, "1.1")]))
    assert finding is not None
    assert (finding.action, finding.mode, finding.reply.code, finding.reply.enhanced) == (
        Action.REJECT,
        Mode.ENFORCE,
        550,
        "5.6.0",
    )
    assert finding.evidence == {"count": 1, "blind": [{"reason": reason, "what": defect, "where": "1.1"}]}
    assert words in finding.reply.text
    assert f"({defect})" in finding.reply.text
    assert "(Q4 4.2)" in finding.reply.text


@pytest.mark.parametrize("why", list(Why))
def test_every_reason_of_an_unchecked_file_has_a_setting(why: Why) -> None:
    finding = check(
        inspection=unchecked(why, "a.zip", "b.zip"),
        unchecked="enforce",
        unsupported="enforce",
        encrypted_mail="enforce",
    )
    assert finding is not None
    assert finding.mode is Mode.ENFORCE
    assert finding.action is (Action.TEMPFAIL if why in UNREACHED else Action.REJECT)
    assert why in (*UNREACHED, Why.SEALED) or "a.zip > b.zip" in finding.reply.text
    off = dict.fromkeys(("encrypted_mail", "unreached", "unchecked", "bombs", "encrypted", "unsupported"), "off")
    assert check(inspection=unchecked(why), **off) is None


def test_by_default_a_bomb_and_a_password_are_refused_and_damage_is_observed() -> None:
    modes = {why: check(inspection=unchecked(why, "a.zip")) for why in (Why.RATIO, Why.ENCRYPTED, Why.DAMAGED)}
    assert [finding.mode for finding in modes.values() if finding] == [Mode.ENFORCE, Mode.ENFORCE, Mode.OBSERVE]


def test_an_encrypted_file_is_said_once() -> None:
    file = ContainedFile("1.2", ("a.docx",), "application/encrypted", 5, (Trait.ENCRYPTED,))
    look = Inspection((file,), (Unchecked("1.2", ("a.docx",), Why.ENCRYPTED),))
    finding = check(inspection=look)
    assert finding is not None
    assert finding.evidence["count"] == 1
    finding = check(inspection=Inspection((file,)), encrypted="observe")
    assert finding is not None
    assert finding.mode is Mode.OBSERVE


def test_where_only_we_were_too_busy_the_answer_is_temporary() -> None:
    finding = check(FakeMessage(disputes=[Defect(READINGS_LATER)]))
    assert finding is not None
    assert (finding.action, finding.reply.code, finding.reply.enhanced) == (Action.TEMPFAIL, 451, "4.3.2")
    finding = check(FakeMessage(disputes=[Defect(READINGS_LATER), Defect("too-deep", "1")]))
    assert finding is not None
    assert finding.action is Action.REJECT


def test_encrypted_mail_is_left_in_peace_unless_asked() -> None:
    message = FakeMessage([Attachment("smime.p7m", "application/pkcs7-mime", "application/octet-stream", 9, "")])
    assert check(message) is None
    file = ContainedFile("1.2", ("encrypted.asc",), "text/PGP", 9, (Trait.ENCRYPTED,))
    sealed = Inspection((file,), (Unchecked("1.2", ("encrypted.asc",), Why.SEALED),))
    assert check(inspection=sealed) is None
    finding = check(message, encrypted_mail="enforce")
    assert finding is not None
    assert "ma hoa" in finding.reply.text


def test_what_is_enforced_speaks_before_what_is_observed() -> None:
    look = Inspection(
        unchecked=(Unchecked("1.2", ("a.rar",), Why.DAMAGED), Unchecked("1.3", ("b.zip",), Why.ENCRYPTED))
    )
    finding = check(inspection=look)
    assert finding is not None
    assert finding.mode is Mode.ENFORCE
    assert "b.zip" in finding.reply.text
    assert [row["what"] for row in finding.evidence["blind"]] == ["encrypted", "damaged"]


def test_the_rules_mode_bounds_each_reasons() -> None:
    message = FakeMessage(disputes=[Defect("too-deep", "1")])
    verdict = inbound_check(message, {"unscannable": "observe"})
    assert (verdict.action, [f.mode for f in verdict.findings]) == (Action.ACCEPT, [Mode.OBSERVE])
    verdict = inbound_check(message, {"unscannable": {"structure": "observe"}})
    assert (verdict.action, [f.mode for f in verdict.findings]) == (Action.ACCEPT, [Mode.OBSERVE])
    assert inbound_check(message, {}).action is Action.REJECT


@pytest.mark.parametrize("value", ["refuse", 1, None, ["enforce"]])
def test_bad_modes(value: object) -> None:
    with pytest.raises(ValueError, match="enforce"):
        parse_mode(value)
