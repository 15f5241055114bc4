"""AG 4.2: an official's name on a mailbox at a public provider is seen, and is no proof."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.model import Action, Direction, Mode, Verdict
from gateway.rules.private_mailbox import PrivateMailbox
from gateway.who import NOBODY, Named, Sender
from tests.unit.rules.make import Q4
from tests.unit.rules.office import PERSON, asked, only, written_by

RULE = PrivateMailbox()
THEIRS = "nva1980@gmail.com"


def judged(who: Sender, **given: Any) -> Verdict:
    return asked(RULE, THEIRS, "dan@tinh.example", who=who, **given)


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Văn Anh",
        "NGUYEN VAN ANH",
        "Anh Nguyễn Văn",
        "Nguyễn Vаn Аnh",  # Cyrillic
        "Ｎｇｕｙễｎ Ｖăｎ Ａｎｈ",  # full width
        "Nguyễn Văn Anh - Sở Xây dựng",
        "ThS. Nguyễn Văn Anh",
    ],
)
def test_an_officials_name_is_recorded(name: str) -> None:
    verdict = judged(written_by(THEIRS, name=name))
    finding = only(verdict)
    assert (verdict.action, finding.mode, finding.action) == (Action.ACCEPT, Mode.OBSERVE, Action.REJECT)
    assert finding.clauses == ("AG 4.2",)
    assert finding.evidence == {"field": "From", "address": THEIRS, "name": name, "officials": [PERSON]}


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Nguyễn Văn Anh", "anh.nguyen@congty.example"),
        ("Nguyễn Văn Anh", PERSON),
        ("Nguyễn Văn Bình", THEIRS),
        ("Anh", THEIRS),
        ("", "nva1980@gmail.com"),
        ("", ""),
    ],
)
def test_others_are_not(name: str, address: str) -> None:
    assert judged(written_by(address, name=name)).findings == ()


def test_without_a_name_people_see_the_address() -> None:
    assert only(judged(written_by("nguyenvananh@gmail.com"))).evidence["officials"] == [PERSON]


@pytest.mark.parametrize("field", ["sender", "reply_to"])
def test_answers_and_senders_too(field: str) -> None:
    other = {field: (Named("Nguyễn Văn Anh", "x@yahoo.com.vn"),)}
    assert only(judged(written_by("a@b.example", name="Ai", **other))).evidence["address"] == "x@yahoo.com.vn"


def test_answers_that_would_leave_for_a_provider_bear_the_authors_name() -> None:
    who = written_by(PERSON, name="Nguyễn Văn Anh", reply_to=("x@yahoo.com.vn",))
    assert only(judged(who)).evidence["field"] == "Reply-To"


def test_providers_are_added_and_taken_out() -> None:
    out = {"mode": "observe", "providers": ["-gmail.com", "congty.example"]}
    assert judged(written_by(THEIRS, name="Nguyễn Văn Anh"), configured=out).findings == ()
    assert judged(written_by("a@mail.congty.example", name="Nguyễn Văn Anh"), configured=out).findings != ()


def test_enforced_it_says_the_clause_and_the_way() -> None:
    verdict = judged(written_by(THEIRS, name="Nguyễn Văn Anh"), configured="enforce")
    assert verdict.reply is not None
    assert (verdict.action, verdict.reply.code, verdict.reply.enhanced) == (Action.REJECT, 550, "5.7.1")
    assert "(AG 4.2). Hay gui tu hop thu cong vu" in verdict.reply.lines[0]
    under_q4 = judged(written_by(THEIRS, name="Nguyễn Văn Anh"), configured="enforce", regulation=Q4)
    assert under_q4.reply is not None
    assert "quy dinh rieng cua may chu nay" in under_q4.reply.lines[0]


def test_where_it_is_asked() -> None:
    assert RULE.directions == (Direction.INBOUND, Direction.PROXY_FILTER)
    assert judged(NOBODY).findings == ()


def test_evidence_and_reply_are_bounded() -> None:
    who = written_by("a" * 9000 + "@gmail.com", name="Nguyễn Văn Anh, " + "x" * 9000)
    verdict = judged(who, configured="enforce")
    assert verdict.reply is not None
    assert all(len(line) <= 512 for line in verdict.reply.encoded.split(b"\r\n"))
    assert all(len(str(value)) <= 320 for value in only(verdict).evidence.values())
