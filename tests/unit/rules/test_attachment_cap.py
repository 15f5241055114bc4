"""Q4 4.2: 15 MiB of attachments pass, one byte more does not."""

from __future__ import annotations

import re

import pytest

from gateway.model import Action, Attachment, Facts, Finding, Stage
from gateway.rules.attachment_cap import AttachmentCap
from tests.unit.rules.make import LIMIT, MIB, FakeMessage, envelope, message


def check(
    message: FakeMessage | None, *, limit: int = LIMIT, clauses=("Q4 4.2",), utf8: bool = False
) -> Finding | None:
    facts = Facts(
        Stage.MESSAGE,
        envelope(smtputf8=utf8),
        "tphcm-q4-03-2013",
        frozenset(),
        message=message,
        parameters={"limit": limit},
        clauses=clauses,
    )
    return AttachmentCap().check(facts)


@pytest.mark.parametrize("sizes", [(), (0,), (LIMIT,), (LIMIT - 1, 1), (MIB,) * 15, (0,) * 100])
def test_up_to_the_limit_passes(sizes: tuple[int, ...]) -> None:
    assert check(message(*sizes)) is None


@pytest.mark.parametrize("sizes", [(LIMIT + 1,), (LIMIT, 1), (MIB,) * 16, (1,) * 20 + (LIMIT - 19,)])
def test_one_byte_more_is_refused(sizes: tuple[int, ...]) -> None:
    finding = check(message(*sizes))
    assert finding is not None
    assert (finding.action, finding.clauses) == (Action.REJECT, ("Q4 4.2",))
    assert (finding.reply.code, finding.reply.enhanced) == (552, "5.3.4")
    assert finding.evidence["total"] == sum(sizes)
    assert finding.evidence["limit"] == LIMIT
    assert finding.evidence["count"] == len(sizes)


def test_the_limit_is_a_parameter() -> None:
    assert check(message(10), limit=10) is None
    assert check(message(11), limit=10) is not None
    assert check(message(1), limit=0) is not None


def test_before_the_message_there_is_nothing_to_say() -> None:
    assert check(None) is None


def test_the_sender_learns_the_total_the_cap_the_clause_and_what_to_do_in_both_languages() -> None:
    vietnamese, english = check(message(16 * MIB)).reply.lines
    for line in (vietnamese, english):
        assert line.isascii()
        assert " 16 M" in line
        assert " 15 M" in line
        assert "Q4 4.2" in line
    assert vietnamese.startswith("Tong dung luong tep dinh kem")
    assert "chia thanh nhieu thu" in vietnamese
    assert "download link" in english


def test_a_total_just_over_never_reads_like_the_limit() -> None:
    assert " 15.01 MiB" in check(message(LIMIT + 1)).reply.text


def test_after_smtputf8_vietnamese_has_its_marks() -> None:
    assert check(message(16 * MIB), utf8=True).reply.lines[0].startswith("Tổng dung lượng tệp đính kèm")


def test_a_clause_that_binds_is_cited_without_more_ado() -> None:
    finding = check(message(16 * MIB))
    assert "binding" not in finding.evidence
    assert all("(Q4 4.2)" in line for line in finding.reply.lines)
    assert not re.search("server|may chu", finding.reply.text)


def test_where_no_clause_binds_the_cap_is_the_servers_own_modelled_on_q4() -> None:
    finding = check(message(16 * MIB), clauses=())
    assert (finding.action, finding.clauses) == (Action.REJECT, ("Q4 4.2",))
    assert (finding.reply.code, finding.reply.enhanced) == (552, "5.3.4")
    assert finding.evidence["binding"] is False
    assert (finding.evidence["total"], finding.evidence["limit"]) == (16 * MIB, LIMIT)
    vietnamese, english = finding.reply.lines
    assert "(gioi han cua may chu, theo muc cua Q4 4.2)" in vietnamese
    assert "(this server's limit, modelled on Q4 4.2)" in english
    assert "chia thanh nhieu thu" in vietnamese
    assert "download link" in english


def test_the_cap_is_the_same_where_no_clause_binds() -> None:
    assert check(message(LIMIT), clauses=()) is None
    assert check(message(LIMIT + 1), clauses=()) is not None


def test_the_evidence_names_the_largest_files_and_is_bounded() -> None:
    files = [Attachment("x" * 5000, "", "", MIB + i, "") for i in range(1000)]
    evidence = check(FakeMessage(files)).evidence
    assert evidence["count"] == 1000
    assert [file["bytes"] for file in evidence["largest"]] == [MIB + i for i in (999, 998, 997, 996, 995)]
    assert all(len(file["filename"]) <= 200 for file in evidence["largest"])
