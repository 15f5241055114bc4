"""Programs, scripts and macros are refused wherever they stand, and the refusal says which file and why."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.contents import NOTHING, ContainedFile, Inspection, Trait
from gateway.model import Action, Attachment, Facts, Finding, Stage
from gateway.rules.dangerous_type import DangerousType, parse_natures, parse_words
from tests.unit.rules.make import FakeMessage, envelope, inbound_check

PE = "application/x-dosexec"
RULE = DangerousType()
DEFAULTS = {name: parse(RULE.defaults[name]) for name, parse in RULE.parameters.items()}


def check(
    *attachments: Attachment, inspection: Inspection = NOTHING, utf8: bool = False, **parameters: Any
) -> Finding | None:
    facts = Facts(
        Stage.MESSAGE,
        envelope(smtputf8=utf8),
        "angiang-50-2009",
        frozenset(),
        message=FakeMessage(attachments),
        parameters={**DEFAULTS, **parameters},
        clauses=("AG 10.2e",),
        inspection=inspection,
    )
    return RULE.check(facts)


def attached(name: str, kind: str, part: str = "1.2") -> Attachment:
    return Attachment(name, "application/pdf", kind, 5, "", part)


def inside(*names: str, kind: str = PE, traits: tuple[Trait, ...] = ()) -> Inspection:
    return Inspection((ContainedFile("1.2", names, kind, 7, traits),))


def test_ordinary_files_pass() -> None:
    assert check() is None
    assert check(attached("bao_cao.pdf", "application/pdf"), attached("anh.jpg", "image/jpeg", "1.3")) is None
    assert check(attached("a.zip", "application/zip"), inspection=inside("a.zip", "b.txt", kind="text/plain")) is None


def test_a_program_under_an_innocent_name() -> None:
    finding = check(attached("bao_cao.pdf", PE))
    assert finding is not None
    assert (finding.action, finding.reply.code, finding.reply.enhanced) == (Action.REJECT, 550, "5.7.1")
    assert finding.evidence == {
        "count": 1,
        "files": [
            {
                "file": "bao_cao.pdf",
                "part": "1.2",
                "kind": PE,
                "bytes": 5,
                "why": "executable",
                "tricks": ["name-mismatch"],
            }
        ],
    }
    assert finding.reply.lines == (
        'Tep "bao_cao.pdf" la chuong trinh thuc thi, khong duoc gui qua he thong nay (AG 10.2e). '
        "Hay bo tep do, hoac gui ban khong co macro, ban PDF.",
        'File "bao_cao.pdf" is a program, which may not be sent through this system (AG 10.2e). '
        "Remove it, or send a version without macros or a PDF.",
    )


def test_inside_an_archive_the_whole_way_is_named() -> None:
    finding = check(attached("ho_so.zip", "application/zip"), inspection=inside("ho_so.zip", "x/thu.exe"))
    assert finding is not None
    assert finding.evidence["files"][0]["file"] == "ho_so.zip › x/thu.exe"


def test_an_attachment_that_was_looked_into_counts_once() -> None:
    look = Inspection((ContainedFile("1.2", ("a.doc",), "application/msword", 5, (Trait.MACROS,)),))
    finding = check(attached("a.doc", "application/msword"), inspection=look)
    assert finding is not None
    assert (finding.evidence["count"], finding.evidence["files"][0]["why"]) == (1, "macros")


def test_at_most_ten_are_named_and_all_are_counted() -> None:
    finding = check(*(attached(f"{n}.exe", PE, f"1.{n}") for n in range(25)))
    assert finding is not None
    assert (finding.evidence["count"], len(finding.evidence["files"])) == (25, 10)


def test_natures_that_are_not_refused() -> None:
    look = inside("a.docx", kind="application/msword", traits=(Trait.ACTIVE,))
    assert check(inspection=look) is None
    assert check(inspection=look, natures=parse_natures(["active-content"])) is not None
    assert check(attached("a.exe", PE), natures=parse_natures([])) is None
    assert check(attached("a.exe", PE), allow=parse_words(["exe"])) is None
    finding = check(attached("a.dwg", "image/vnd.dwg"), more=parse_words([".DWG"]))
    assert finding is not None
    assert "(.dwg)" in finding.reply.text


def test_a_hostile_name_stays_within_the_reply() -> None:
    finding = check(attached("x\r\n250 OK" + "\u202e" * 5 + "ạ" * 5000 + ".exe", PE), utf8=True)
    assert finding is not None
    assert len(finding.reply.encoded) < 1100
    assert b"\r\n250 " not in finding.reply.encoded


@pytest.mark.parametrize("value", ["exe", 5, [5], ["a b"], ["-"], ["a/b/c"], [""]])
def test_bad_words(value: object) -> None:
    with pytest.raises(ValueError, match="list"):
        parse_words(value)


@pytest.mark.parametrize("value", ["executable", ["program"], 5])
def test_bad_natures(value: object) -> None:
    with pytest.raises(ValueError, match="executable"):
        parse_natures(value)


def test_under_a_text_without_such_a_clause_it_says_whose_rule_it_is() -> None:
    """Promise 3: a clerk is never told of a clause that does not bind, nor left without a reason."""
    made = FakeMessage([Attachment("chay.exe", "", "application/x-dosexec", 10, "")])
    verdict = inbound_check(made, {}, gateway={"regulation": "tphcm-q4-03-2013"})
    assert verdict.reply is not None
    vietnamese, english = verdict.reply.lines
    assert "(quy dinh rieng cua may chu nay)" in vietnamese
    assert "(this server's own rule)" in english
    assert verdict.findings[0].clauses == ()
