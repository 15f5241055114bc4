"""Q4 6.1: a request says why and brings the list of mailboxes as a file."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.contents import Inspection, MailboxList, RequestSigns, Unchecked, Why, Words
from gateway.model import Action, Mode, Verdict
from gateway.rules.request_content import RequestContent
from tests.unit.rules.make import Q4
from tests.unit.rules.office import ORDINARY, PERSON, PUBLIC, STRICT, UNIT, asked, only

RULE = RequestContent()
ATTACHED = MailboxList("2", ("DanhSach.xlsx",), "", 3)
IN_BODY = MailboxList("1", (), "", 3)


def judged(reason: bool, *lists: MailboxList, to: str = PUBLIC, score: float = 0.9, **given: Any) -> Verdict:
    signs = RequestSigns(score, ("create",), reason, lists)
    return asked(RULE, UNIT, to, signs=signs, regulation=Q4, **given)


def lacks(verdict: Verdict) -> list[str]:
    finding = only(verdict)
    assert (finding.mode, finding.clauses) == (Mode.OBSERVE, ("Q4 6.1",))
    return list(finding.evidence["lacks"])


def test_a_whole_request_is_fine() -> None:
    assert judged(True, ATTACHED).findings == ()
    assert judged(True, IN_BODY, ATTACHED).findings == ()


@pytest.mark.parametrize(
    ("reason", "lists", "lacking"),
    [
        (False, (ATTACHED,), ["reason"]),
        (True, (), ["list"]),
        (True, (IN_BODY,), ["list-attached"]),
        (False, (), ["reason", "list"]),
        (False, (IN_BODY,), ["reason", "list-attached"]),
    ],
)
def test_what_is_lacking_is_named(reason: bool, lists: tuple[MailboxList, ...], lacking: list[str]) -> None:
    assert lacks(judged(reason, *lists)) == lacking


def test_it_only_observes_unless_it_is_enforced() -> None:
    assert judged(False).action is Action.ACCEPT
    verdict = judged(False, configured="enforce")
    assert verdict.reply is not None
    assert (verdict.action, verdict.reply.code) == (Action.REJECT, 550)
    assert verdict.reply.lines[0] == (
        "Thu yeu cau ve hop thu con thieu ly do va danh sach hop thu dinh kem (Q4 6.1). Hay bo sung roi gui lai toi "
        "vpub@tinh.example (danh sach: tep xlsx, docx, csv hoac pdf)."
    )
    assert "lacks the reason and the list of mailboxes" in verdict.reply.lines[1]


def test_what_is_no_request_needs_neither() -> None:
    assert asked(RULE, UNIT, PUBLIC, signs=ORDINARY).findings == ()
    assert judged(False, score=0.49).findings == ()
    assert judged(False, to=PERSON).findings == ()


def test_an_exclusive_channel_takes_requests_only() -> None:
    assert lacks(judged(False, to=STRICT, score=0.0)) == ["reason", "list"]


def test_a_list_has_as_many_rows_as_are_asked_for() -> None:
    assert lacks(judged(True, ATTACHED, configured={"mode": "observe", "rows": 4})) == ["list"]
    assert judged(True, ATTACHED, configured={"mode": "observe", "rows": 3}).findings == ()


@pytest.mark.parametrize("why", [Why.ENCRYPTED, Why.UNSUPPORTED, Why.BUSY])
def test_a_file_that_nobody_could_open_may_be_the_list(why: Why) -> None:
    words = Words(request=RequestSigns(0.9, ("create",), True))
    closed = Inspection(unchecked=(Unchecked("2", ("ds.zip",), why),), words=words)
    assert asked(RULE, UNIT, PUBLIC, inspection=closed).findings == ()


def test_where_nobody_read_the_texts_nothing_is_said_to_be_lacking() -> None:
    verdict = asked(RULE, UNIT, PUBLIC, inspection=Inspection(words_failed="bug"), configured="enforce", regulation=Q4)
    assert verdict.action is Action.TEMPFAIL
