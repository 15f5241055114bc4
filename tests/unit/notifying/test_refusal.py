"""What is kept of a refusal until its letter is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.journal.decision import Decision
from gateway.model import Action, Finding, Mode, Reply
from gateway.notifying.refusal import Refusal, refusal_of, subject_of
from tests.unit.rules.make import FakeMessage

AN = "an@tinh.example"
NO = Reply(550, "5.7.1", "Khong duoc / No")


def finding(rule: str = "attachment-cap", action: Action = Action.REJECT, mode: Mode = Mode.ENFORCE) -> Finding:
    return Finding(rule, ("Q4 4.2",), action, NO, {"total": 5}, mode)


def made(*findings: Finding, message_id: str = "<a@b>", sha256: str = "ab", count: int = 1) -> Refusal | None:
    people = [f"{n}@khac.example" for n in range(count)]
    decision = Decision(1.0, "REF", recipients=people, findings=findings, message_id=message_id, sha256=sha256)
    return refusal_of(decision, FakeMessage(fields={"subject": b" Chao"}), AN, ("spam",))


def test_only_what_refused_it_is_told() -> None:
    observed, warned = finding("malware", mode=Mode.OBSERVE), finding("dangerous-type", Action.ACCEPT)
    told = made(observed, finding(), warned, count=9)
    assert told is not None
    assert [one.rule for one in told.reasons] == ["attachment-cap"]
    assert (told.mailbox, told.reference, told.subject, told.count) == (AN, "REF", "Chao", 9)
    assert len(told.recipients) == 5
    assert told.reasons[0].reply == NO.text
    assert made(observed, warned) is None


def test_silent_rules_keep_all_of_it_silent() -> None:
    assert made(finding("spam"), finding()) is None


def test_the_same_message_has_the_same_name() -> None:
    first, again, other = made(finding()), made(finding(), sha256="cd"), made(finding("malware"))
    nameless, changed = made(finding(), message_id=""), made(finding(), message_id="", sha256="cd")
    assert first and again and other and nameless and changed
    assert first.about == again.about
    assert len({one.about for one in (first, other, nameless, changed)}) == 4


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b" =?utf-8?B?QsOhbyBjw6Fv?=", "Báo cáo"),
        (b" =?utf-8?Q?B=C3=A1o?= =?utf-8?Q?_c=C3=A1o?=", "Báo cáo"),
        (b" =?x-nothing?B?QsOhbw==?=", "=?x-nothing?B?QsOhbw==?="),
        ("Báo cáo".encode(), "Báo cáo"),
        (b" =?utf-8?B?DQpCY2M6IHg=?=", "Bcc: x"),
        (b"", ""),
    ],
)
def test_subjects(raw: bytes, shown: str) -> None:
    assert subject_of(FakeMessage(fields={"subject": raw})) == shown


@given(st.binary(max_size=3000))
def test_any_subject_is_one_line(raw: bytes) -> None:
    shown = subject_of(FakeMessage(fields={"subject": raw}))
    assert len(shown) <= 150
    assert shown.isprintable() or not shown
