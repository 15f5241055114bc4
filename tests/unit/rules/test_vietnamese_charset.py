"""Where the line between a warning and a violation is, whom it stops, and what people are told."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.contents import Inspection, LegacyText, Passage, Source, Words
from gateway.model import Action, Direction, Mode, Stage, Verdict
from gateway.rules.policy import Policy
from tests.unit.rules.make import FakeMessage, envelope, settings

PASSAGE = Passage("paragraph 12", "tcvn3", 9, 0.99, "Céng hoµ x· héi", "Cộng hoà xã hội", ".VnTime")
BODY = LegacyText(Source.BODY, "1", (), "", "tcvn3", 9, 0.99, (PASSAGE,))
DOCUMENT = LegacyText(Source.DOCUMENT, "2", ("BaoCao.docx",), "", "tcvn3", 9, 0.99, (PASSAGE,))
FEW = LegacyText(Source.BODY, "1", (), "", "tcvn3", 3, 0.99, (PASSAGE,))
QUOTED = LegacyText(Source.QUOTED, "1", (), "", "vni", 40, 0.99, (PASSAGE,))


def judged(
    *texts: LegacyText,
    direction: Direction = Direction.OUTBOUND,
    sender: str = "vanthu@tinh.example",
    rules: dict[str, Any] | None = None,
    smtputf8: bool = False,
    failed: str = "",
    **gateway: Any,
) -> Verdict:
    made = settings(direction.value, rules=rules or {}, gateway=gateway)
    mail = envelope(sender, "b@khac.example", direction=direction, smtputf8=smtputf8)
    inspection = Inspection(words=Words(legacy=texts), words_failed=failed)
    policy = Policy(made).for_listener(direction.value)
    return policy.check(Stage.MESSAGE, mail, message=FakeMessage(), inspection=inspection)


def test_nothing_found_is_clean() -> None:
    verdict = judged()
    assert verdict.action is Action.ACCEPT
    assert "vietnamese-charset" in verdict.checked


def test_our_own_mail_is_refused_with_place_charset_clause_and_repair() -> None:
    verdict = judged(DOCUMENT)
    assert verdict.action is Action.REJECT
    assert verdict.reply is not None
    assert (verdict.reply.code, verdict.reply.enhanced) == (550, "5.6.1")
    vietnamese, english = verdict.reply.lines
    assert vietnamese == (
        'Chu Viet trong tep "BaoCao.docx", doan 12 dung bang ma TCVN3/ABC, phong .VnTime, khong phai Unicode '
        "TCVN 6909:2001 (AG 3.1). Hay chuyen sang Unicode (UniKey: Ctrl+Shift+F6) roi gui lai."
    )
    assert english.startswith('Vietnamese text in file "BaoCao.docx", paragraph 12 is in TCVN3, not Unicode')


def test_a_client_that_takes_marks_is_told_the_words() -> None:
    verdict = judged(DOCUMENT, smtputf8=True)
    assert verdict.reply is not None
    assert '"Céng hoµ x· héi" là "Cộng hoà xã hội"' in verdict.reply.lines[0]


def test_the_clause_is_the_governing_regulations() -> None:
    verdict = judged(BODY, regulation="tphcm-q4-03-2013")
    assert verdict.findings[0].clauses == ("Q4 7.3",)
    assert verdict.reply is not None
    assert "(Q4 7.3)" in verdict.reply.text


def test_what_unikey_cannot_mend_gets_another_advice() -> None:
    garbled = LegacyText(Source.BODY, "1", (), "", "mojibake", 9, 0.99, (PASSAGE,))
    reply = judged(garbled).reply
    assert reply is not None
    assert "bi hong do doc sai bang ma, khong phai Unicode" in reply.lines[0]
    assert "Hay lay lai chu tu ban goc" in reply.lines[0]
    pdf = LegacyText(Source.DOCUMENT, "2", ("BaoCao.PDF",), "", "vni", 9, 0.99, (PASSAGE,))
    reply = judged(pdf).reply
    assert reply is not None
    assert "VNI Windows" in reply.lines[0]
    assert "xuat lai PDF" in reply.lines[0]


def test_evidence_names_the_place_the_charset_and_the_words() -> None:
    (finding,) = judged(DOCUMENT).findings
    assert finding.evidence == {
        "count": 1,
        "texts": [
            {
                "text": 'tệp "BaoCao.docx"',
                "source": "document",
                "part": "2",
                "verdict": "violation",
                "family": "tcvn3",
                "charset": "TCVN3/ABC",
                "damaged": 9,
                "confidence": 0.99,
                "passages": [
                    {
                        "place": "đoạn 12",
                        "charset": "TCVN3/ABC",
                        "font": ".VnTime",
                        "damaged": 9,
                        "sent": "Céng hoµ x· héi",
                        "understood": "Cộng hoà xã hội",
                    }
                ],
            }
        ],
    }


def test_mail_from_outside_is_tagged_and_passes() -> None:
    verdict = judged(BODY, direction=Direction.INBOUND, sender="ai@khac.example")
    (finding,) = verdict.findings
    assert (verdict.action, finding.mode) == (Action.ACCEPT, Mode.OBSERVE)
    assert finding.tag == ("X-Congthu-Charset", "violation; charset=tcvn3; damaged=9; in=body")


def test_no_tag_where_none_is_wanted_nor_on_our_own_mail() -> None:
    verdict = judged(BODY, direction=Direction.INBOUND, rules={"vietnamese-charset": {"tag": False}})
    assert [finding.tag for finding in verdict.findings] == [None]
    assert [finding.tag for finding in judged(BODY).findings] == [None]


def test_an_inbound_listener_refuses_where_it_was_told_to() -> None:
    verdict = judged(BODY, direction=Direction.INBOUND, rules={"vietnamese-charset": {"inbound": "enforce"}})
    assert verdict.action is Action.REJECT


@pytest.mark.parametrize("setting", ["enforce", {"mode": "enforce"}, {"damaged": 3}])
def test_enforcing_the_rule_does_not_begin_to_refuse_strangers(setting: Any) -> None:
    verdict = judged(BODY, direction=Direction.INBOUND, rules={"vietnamese-charset": setting})
    assert (verdict.action, [finding.mode for finding in verdict.findings]) == (Action.ACCEPT, [Mode.OBSERVE])
    assert judged(BODY, rules={"vietnamese-charset": setting}).action is Action.REJECT
    assert judged(BODY, direction=Direction.INBOUND, rules={"vietnamese-charset": "off"}).findings == ()


def test_a_warning_is_none_that_would_be_a_refusal_in_another_mode() -> None:
    assert [finding.action for finding in judged(FEW).findings] == [Action.ACCEPT]
    observed = judged(BODY, rules={"vietnamese-charset": "observe"})
    assert [finding.action for finding in observed.findings] == [Action.REJECT]


@pytest.mark.parametrize("direction", [Direction.OUTBOUND, Direction.PROXY_FILTER])
@pytest.mark.parametrize("sender", ["ai@khac.example", ""])
def test_foreign_mail_and_bounces_on_their_way_through_are_not_ours_to_refuse(
    direction: Direction, sender: str
) -> None:
    verdict = judged(BODY, direction=direction, sender=sender)
    (finding,) = verdict.findings
    assert (verdict.action, finding.mode) == (Action.ACCEPT, Mode.OBSERVE)
    verdict = judged(BODY, direction=direction, sender=sender, rules={"vietnamese-charset": {"outside": "enforce"}})
    assert verdict.action is Action.REJECT


def test_whoever_submits_is_one_of_us() -> None:
    verdict = judged(BODY, direction=Direction.SUBMISSION, sender="")
    assert verdict.action is Action.REJECT


def test_a_few_letters_are_a_warning() -> None:
    verdict = judged(FEW)
    (finding,) = verdict.findings
    assert (verdict.action, finding.mode) == (Action.ACCEPT, Mode.OBSERVE)
    assert finding.evidence["texts"][0]["verdict"] == "warning"
    assert judged(FEW, rules={"vietnamese-charset": {"damaged": 3}}).action is Action.REJECT


def test_what_is_quoted_is_a_warning_unless_configured() -> None:
    assert [finding.mode for finding in judged(QUOTED).findings] == [Mode.OBSERVE]
    assert judged(QUOTED, rules={"vietnamese-charset": {"quoted": "enforce"}}).action is Action.REJECT
    assert judged(QUOTED, rules={"vietnamese-charset": {"quoted": "off"}}).findings == ()


def test_the_worst_text_speaks() -> None:
    verdict = judged(QUOTED, FEW, DOCUMENT)
    assert verdict.reply is not None
    assert "BaoCao.docx" in verdict.reply.text
    assert [row["verdict"] for row in verdict.findings[0].evidence["texts"]] == ["violation", "violation", "warning"]


def test_notes_alone_warn_or_are_left_in_peace() -> None:
    notes = LegacyText(Source.BODY, "1", (), "", "", 0, 1.0, (), ("eth",))
    assert [finding.mode for finding in judged(notes).findings] == [Mode.OBSERVE]
    decomposed = LegacyText(Source.BODY, "1", (), "", "", 0, 1.0, (), ("nfd",))
    assert judged(decomposed).findings == ()


def test_texts_that_nobody_could_read_are_a_451() -> None:
    """Promise 4: trouble of ours is neither a refusal nor a pass."""
    verdict = judged(failed="died")
    assert verdict.action is Action.TEMPFAIL
    assert {finding.rule for finding in verdict.findings} >= {"vietnamese-charset", "secret-marking"}


@pytest.mark.parametrize(
    ("setting", "value"), [("damaged", 0), ("damaged", "4"), ("confidence", 1.5), ("quoted", "warn"), ("tag", "yes")]
)
def test_bad_settings_are_named(setting: str, value: object) -> None:
    with pytest.raises(Exception, match=f"rules.vietnamese-charset.{setting}"):
        judged(rules={"vietnamese-charset": {setting: value}})
