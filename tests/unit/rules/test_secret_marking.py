"""A marking of secrecy is refused by place and level; the words around it reach neither reply nor evidence."""

from __future__ import annotations

from typing import Any

from gateway.contents import Inspection, SecretMarking, Source, Words
from gateway.model import Action, Direction, Mode, Stage, Verdict
from gateway.rules.policy import Policy
from tests.unit.rules.make import FakeMessage, envelope, settings

STAMP = SecretMarking(Source.DOCUMENT, "2", ("KeHoach.docx",), "header 1", "tối mật", "stamp")
NAME = SecretMarking(Source.NAME, "2", ("TUYỆT MẬT - ke hoach phong chong.pdf",), "", "tuyệt mật", "stamp")
UNMARKED = SecretMarking(Source.HEADER, "", (), "Subject", "mật", "unmarked")
QUOTED = SecretMarking(Source.QUOTED, "1", (), "paragraph 3", "mật", "field")


def judged(*markings: SecretMarking, rules: dict[str, Any] | None = None, **gateway: Any) -> Verdict:
    made = settings("inbound", rules=rules or {}, gateway=gateway)
    mail = envelope("ai@khac.example", "b@tinh.example", direction=Direction.INBOUND)
    inspection = Inspection(words=Words(markings=markings))
    return Policy(made).for_listener("inbound").check(Stage.MESSAGE, mail, message=FakeMessage(), inspection=inspection)


def test_a_stamp_is_refused_with_its_clause() -> None:
    verdict = judged(STAMP)
    assert verdict.reply is not None
    assert (verdict.action, verdict.reply.code, verdict.reply.enhanced) == (Action.REJECT, 550, "5.7.1")
    assert verdict.reply.lines[0] == (
        'Co dau chi do mat (TOI MAT) o tep "KeHoach.docx". Van ban, tai lieu mat khong duoc gui qua he thong thu nay '
        "(AG 4.4): hay gui theo quy dinh ve bao ve bi mat nha nuoc."
    )


def test_evidence_holds_place_and_marking_only() -> None:
    (finding,) = judged(STAMP).findings
    assert finding.evidence == {
        "count": 1,
        "markings": [
            {
                "text": 'tệp "KeHoach.docx"',
                "source": "document",
                "part": "2",
                "place": "đầu trang 1",
                "level": "tối mật",
                "form": "stamp",
            }
        ],
    }


def test_a_marked_name_is_not_repeated() -> None:
    verdict = judged(NAME)
    assert verdict.reply is not None
    told = f"{verdict.reply.text} {verdict.findings[0].evidence}"
    assert "phong chong" not in told
    assert "tên tệp (phần 2)" in told


def test_written_without_marks_it_is_observed() -> None:
    verdict = judged(UNMARKED)
    assert (verdict.action, [finding.mode for finding in verdict.findings]) == (Action.ACCEPT, [Mode.OBSERVE])
    assert judged(UNMARKED, rules={"secret-marking": {"unmarked": "enforce"}}).action is Action.REJECT
    assert judged(UNMARKED, rules={"secret-marking": {"unmarked": "off"}}).findings == ()


def test_quoted_documents_are_secret_too_unless_configured() -> None:
    assert judged(QUOTED).action is Action.REJECT
    assert judged(QUOTED, rules={"secret-marking": {"quoted": "observe"}}).action is Action.ACCEPT


def test_what_is_enforced_speaks_first() -> None:
    verdict = judged(UNMARKED, STAMP)
    assert verdict.reply is not None
    assert "KeHoach.docx" in verdict.reply.text
    assert verdict.findings[0].evidence["count"] == 2


def test_the_other_regulation_has_a_clause_for_it() -> None:
    assert judged(STAMP, regulation="tphcm-q4-03-2013").findings[0].clauses == ("Q4 7.1",)
