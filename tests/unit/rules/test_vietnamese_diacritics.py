"""Prose without marks is observed in our own mail; short texts, quotes and mail from outside are left in peace."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.contents import Inspection, Source, UnmarkedText, Words
from gateway.model import Action, Direction, Mode, Stage, Verdict
from gateway.rules.policy import Policy
from tests.unit.rules.make import FakeMessage, envelope, settings

PROSE = UnmarkedText(Source.BODY, "1", (), "", 60, 60, "kinh gui cac don vi")


def judged(
    *texts: UnmarkedText, direction: Direction = Direction.SUBMISSION, rules: dict[str, Any] | None = None
) -> Verdict:
    made = settings(direction.value, rules=rules or {})
    mail = envelope("a@tinh.example", "b@khac.example", direction=direction)
    inspection = Inspection(words=Words(unmarked=texts))
    return (
        Policy(made)
        .for_listener(direction.value)
        .check(Stage.MESSAGE, mail, message=FakeMessage(), inspection=inspection)
    )


def test_it_is_observed() -> None:
    verdict = judged(PROSE)
    (finding,) = verdict.findings
    assert (verdict.action, finding.mode, finding.clauses) == (Action.ACCEPT, Mode.OBSERVE, ("AG 3.3",))
    assert finding.evidence == {
        "count": 1,
        "texts": [
            {
                "text": "nội dung thư",
                "source": "body",
                "part": "1",
                "syllables": 60,
                "unmarked": 60,
                "sample": "kinh gui cac don vi",
            }
        ],
    }


def test_enforced_it_says_what_to_do() -> None:
    verdict = judged(PROSE, rules={"vietnamese-diacritics": "enforce"})
    assert verdict.reply is not None
    assert (verdict.reply.code, verdict.reply.enhanced) == (550, "5.6.1")
    assert "viet khong dau (AG 3.3). Hay viet tieng Viet co dau" in verdict.reply.lines[0]


@pytest.mark.parametrize(
    "text",
    [
        UnmarkedText(Source.BODY, "1", (), "", 19, 19),
        UnmarkedText(Source.BODY, "1", (), "", 100, 80),
        UnmarkedText(Source.QUOTED, "1", (), "", 100, 100),
    ],
)
def test_short_mixed_and_quoted_texts_are_left_in_peace(text: UnmarkedText) -> None:
    assert judged(text).findings == ()


def test_mail_from_outside_is_not_asked() -> None:
    verdict = judged(PROSE, direction=Direction.INBOUND)
    assert verdict.findings == ()
    assert "vietnamese-diacritics" not in verdict.checked
