"""Q4 8.1, AG 6.4: a locked or reclaimed mailbox sends nothing and receives as configured."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.model import Action, Direction, Stage, Verdict
from gateway.rules.mailbox_state import MailboxState
from gateway.who import NO_DIRECTORY
from tests.unit.rules.make import AG, Q4
from tests.unit.rules.office import FORWARDED, LOCKED, LOCKED_UNIT, PERSON, RECLAIMED, UNIT, asked, only

RULE = MailboxState()


def sends(path: str, **given: Any) -> Verdict:
    return asked(RULE, path, stage=Stage.MAIL, **{"direction": Direction.SUBMISSION, **given})


def receives(address: str, **given: Any) -> Verdict:
    return asked(RULE, "ai@khac.example", address, stage=Stage.RCPT, **given)


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("path", [LOCKED, LOCKED_UNIT, RECLAIMED, LOCKED.upper(), "ttbinh+x@tinh.example"])
def test_it_does_not_send(path: str, direction: Direction) -> None:
    verdict = sends(path, direction=direction)
    assert verdict.reply is not None
    assert (verdict.action, verdict.reply.code, verdict.reply.enhanced) == (Action.REJECT, 550, "5.2.1")


@pytest.mark.parametrize("user", [LOCKED, "ttbinh", "TTBinh@tinh.example"])
def test_nor_under_another_name(user: str) -> None:
    assert only(sends(UNIT, user=user)).evidence["mailbox"] == LOCKED


@pytest.mark.parametrize("path", [PERSON, UNIT, FORWARDED, "la@tinh.example", "ai@gmail.com", ""])
def test_others_do(path: str) -> None:
    assert sends(path).findings == ()
    assert sends(path, user="nvanh").findings == ()
    assert sends(path, user="khong-co").findings == ()


def test_a_locked_one_receives_and_a_reclaimed_one_does_not() -> None:
    assert receives(LOCKED).findings == ()
    assert receives(RECLAIMED).action is Action.REJECT


def test_which_is_a_setting() -> None:
    other = {"locked_receives": False, "reclaimed_receives": True}
    assert receives(LOCKED, configured=other).action is Action.REJECT
    assert receives("TTBINH+x@tinh.example", configured=other).action is Action.REJECT
    assert receives(RECLAIMED, configured=other).findings == ()


@pytest.mark.parametrize("address", [PERSON, UNIT, "la@tinh.example", "ai@khac.example"])
def test_others_receive(address: str) -> None:
    assert receives(address, configured={"locked_receives": False}).findings == ()


@pytest.mark.parametrize(
    ("regulation", "path", "clauses"),
    [
        (Q4, LOCKED, ("Q4 8.1a",)),
        (Q4, RECLAIMED, ("Q4 8.1b",)),
        (AG, RECLAIMED, ("AG 6.4",)),
        (AG, LOCKED, ()),  # it knows no lock but the one at lost control
    ],
)
def test_the_clause_is_the_states_own(regulation: str, path: str, clauses: tuple[str, ...]) -> None:
    verdict = sends(path, regulation=regulation)
    assert only(verdict).clauses == clauses
    assert verdict.reply is not None
    assert (clauses[0] if clauses else "quy dinh rieng") in verdict.reply.text


def test_replies() -> None:
    verdict = sends(LOCKED, regulation=Q4, smtputf8=True)
    assert verdict.reply is not None
    assert verdict.reply.lines[0] == (
        "Hộp thư ttbinh@tinh.example đang bị tạm khóa, không gửi thư được (Q4 8.1a). Đơn vị quản lý hãy gửi đề nghị "
        "mở lại hoặc cấp lại cho cơ quan quản lý thư điện tử."
    )
    to_strangers = receives(RECLAIMED).reply
    assert to_strangers is not None
    assert RECLAIMED not in to_strangers.text
    assert to_strangers.lines[1] == (
        "The recipient's mailbox takes no mail at present (AG 6.4). Ask the recipient's office."
    )


def test_the_evidence() -> None:
    assert only(sends(LOCKED, user="ttbinh")).evidence == {
        "mailbox": LOCKED,
        "state": "locked",
        "login": "ttbinh",
        "reverse_path": LOCKED,
        "client_address": "192.0.2.1",
    }


def test_without_a_directory_nothing_is_locked() -> None:
    assert sends(LOCKED, directory=NO_DIRECTORY).findings == ()
    assert receives(RECLAIMED, directory=NO_DIRECTORY).findings == ()
