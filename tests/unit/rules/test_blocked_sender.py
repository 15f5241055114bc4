"""AG 10.2a, 8.6, 10.2e, Q4 11.7: a stopped sender sends nothing, by whatever name; a suspected one is only recorded."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.blocks.standings import Standings
from gateway.model import Action, Direction, Mode, Stage, Verdict
from gateway.rates import NO_BLOCKS, Block, Blocks, Standing
from gateway.regulations import load
from gateway.rules.blocked_sender import BlockedSender, cite
from gateway.rules.compiled import Known
from gateway.rules.policy import Policy
from gateway.who import NO_DIRECTORY, Proof
from tests.unit.rules.make import AG, Q4, FakeMessage, envelope, settings
from tests.unit.rules.office import ALIAS, DIRECTORY, PERSON, UNIT, written_by

RULE = BlockedSender()
OUT, SUBMISSION, INBOUND, FILTER = Direction.OUTBOUND, Direction.SUBMISSION, Direction.INBOUND, Direction.PROXY_FILTER


def stopped(*who: str, standing: Standing = Standing.BLOCKED) -> Standings:
    return Standings(1, [Block(one, standing, 1_790_000_000.0, ("spam", "odd_hours"), by="lan@gw") for one in who])


def asked(
    path: str,
    blocks: Blocks,
    *,
    stage: Stage = Stage.MAIL,
    direction: Direction = SUBMISSION,
    regulation: str = AG,
    proved: str = "",
    directory: Any = DIRECTORY,
    login_domain: str = "",
    **session: Any,
) -> Verdict:
    """The verdict of a listener that has only this rule."""
    tables = {"gateway": {"regulation": regulation, "domains": ("tinh.example",)}}
    if login_domain:
        tables["authentication"] = {"login_domain": login_domain}
    known = Known(directory)
    known.blocks = blocks
    listener = Policy(settings(direction.value, **tables), rules=(RULE,), known=known).for_listener(direction.value)
    mail = envelope(path, "ai@khac.example", direction=direction, **session)
    if stage is Stage.MAIL:
        return listener.check(stage, mail)
    who = written_by(path or "x@y.example", proved=proved, how=Proof.DKIM)
    return listener.check(stage, mail, message=FakeMessage(), who=who)


@pytest.mark.parametrize("stage", RULE.stages)
@pytest.mark.parametrize(
    "session",
    [
        {"user": PERSON},
        {"user": "nvanh"},
        {"user": "NVAnh@tinh.example", "path": UNIT},
        {"user": PERSON, "direction": OUT, "trusted": True},
        {"user": PERSON, "direction": INBOUND},
        {"direction": OUT, "trusted": True},
        {"direction": FILTER, "trusted": True},
        {"direction": OUT, "trusted": True, "path": PERSON.upper()},
        {"direction": OUT, "trusted": True, "path": "nvanh+x@tinh.example"},
        {"direction": OUT},
        {"device_sender": PERSON, "path": "ai@khac.example"},
        {"login_checked": True, "trusted": True},
    ],
)
def test_it_is_refused_by_whatever_name(stage: Stage, session: dict[str, Any]) -> None:
    verdict = asked(session.pop("path", PERSON), stopped(PERSON), stage=stage, **session)
    assert verdict.reply is not None
    assert (verdict.action, verdict.reply.code, verdict.reply.enhanced) == (Action.REJECT, 550, "5.7.1")
    assert PERSON in verdict.reply.text


BEHIND: dict[str, Any] = {"direction": OUT, "trusted": True, "peer": "10.0.0.5"}


@pytest.mark.parametrize("path", [PERSON, PERSON.upper(), "nvanh+x@tinh.example"])
@pytest.mark.parametrize("stage", RULE.stages)
def test_a_path_that_servers_told_is_stopped_through_them(stage: Stage, path: str) -> None:
    verdict = asked(path, stopped(f"{PERSON}%10.0.0.0/24"), stage=stage, **BEHIND)
    assert verdict.reply is not None
    assert (verdict.action, verdict.reply.code) == (Action.REJECT, 550)
    assert f"Hop thu {PERSON} tam" in verdict.reply.lines[0]


def test_nor_does_it_pass_as_a_bounce_of_the_same_author() -> None:
    known = Known(DIRECTORY)
    known.blocks = stopped(f"{PERSON}%10.0.0.0/24")
    made = settings("outbound", gateway={"domains": ("tinh.example",)})
    listener = Policy(made, rules=(RULE,), known=known).for_listener("outbound")
    mail = envelope("", "ai@khac.example", **BEHIND)
    verdict = listener.check(Stage.MESSAGE, mail, message=FakeMessage(), who=written_by(PERSON))
    assert verdict.action is Action.REJECT


@pytest.mark.parametrize("stage", RULE.stages)
@pytest.mark.parametrize(
    "session",
    [
        {"user": PERSON},
        {**BEHIND, "user": PERSON},
        {**BEHIND, "login_checked": True},
        {**BEHIND, "peer": "10.0.1.5"},
        {"device_sender": PERSON},
    ],
)
def test_and_nowhere_else(stage: Stage, session: dict[str, Any]) -> None:
    """Whoever can write any path behind one server stops nobody's mailbox by it."""
    assert asked(PERSON, stopped(f"{PERSON}%10.0.0.0/24"), stage=stage, **session).findings == ()


@pytest.mark.parametrize("stage", RULE.stages)
@pytest.mark.parametrize(
    "session",
    [
        {"user": PERSON},
        {"user": PERSON, "path": UNIT},  # its own login, under the name that it was given
        {"direction": OUT, "trusted": True},
        {"direction": OUT, "trusted": True, "path": ""},
        {"direction": INBOUND, "path": UNIT},  # a stranger's: `own-domain` says what that is
        {"direction": FILTER, "trusted": True, "stranger": True, "path": "ai@khac.example"},
        {"user": "\x00\n" * 1000},
    ],
)
def test_others_send(stage: Stage, session: dict[str, Any]) -> None:
    path = session.pop("path", PERSON)
    assert asked(path, stopped(UNIT, "khac@tinh.example"), stage=stage, **session).findings == ()
    assert asked(path, NO_BLOCKS, stage=stage, **session).findings == ()
    assert asked(path, Standings(), stage=stage, **session).findings == ()


def test_a_mailbox_that_was_stopped_by_its_alias() -> None:
    for path in (UNIT, ALIAS):
        assert asked(path, stopped(ALIAS), direction=OUT, trusted=True).action is Action.REJECT
        assert asked(path, stopped(UNIT), direction=OUT, trusted=True).action is Action.REJECT


def test_without_a_directory_the_address_tells() -> None:
    assert asked(UNIT, stopped(PERSON), user="nvanh", directory=NO_DIRECTORY).action is Action.REJECT
    assert asked(PERSON, stopped(PERSON), direction=OUT, trusted=True, directory=NO_DIRECTORY).action is Action.REJECT
    other = stopped("nvanh@khac.example")
    assert asked(UNIT, other, user="nvanh", directory=NO_DIRECTORY, login_domain="khac.example").findings != ()
    assert asked(UNIT, other, user="nvanh", directory=NO_DIRECTORY).findings == ()


def test_who_was_proved_by_a_signature() -> None:
    told: dict[str, Any] = {"direction": OUT, "trusted": True, "stage": Stage.MESSAGE}
    assert asked("", stopped(PERSON), proved=PERSON, **told).findings[0].evidence["found_by"] == "dkim"
    assert asked(UNIT, stopped(PERSON), proved=PERSON, **told).action is Action.REJECT
    assert asked(UNIT, stopped(PERSON), proved="", **told).findings == ()
    # What comes back from a list was sent before, and its list is not to be told that nobody is there.
    assert asked("", stopped(PERSON), proved=PERSON, direction=INBOUND, stage=Stage.MESSAGE).findings == ()


def test_a_suspected_one_is_recorded_and_sends() -> None:
    suspect = stopped(PERSON, standing=Standing.SUSPECT)
    assert asked(PERSON, suspect, user=PERSON).findings == ()
    verdict = asked(PERSON, suspect, user=PERSON, stage=Stage.MESSAGE)
    (finding,) = verdict.findings
    assert (verdict.action, verdict.reply, finding.mode) == (Action.ACCEPT, None, Mode.OBSERVE)
    assert finding.evidence["reasons"] == ["spam", "odd_hours"]


def test_of_two_names_the_stopped_one_decides() -> None:
    both = Standings(1, [Block(UNIT, Standing.SUSPECT, 1.0), Block(PERSON, Standing.LOCKED, 1.0)])
    verdict = asked(UNIT, both, proved=PERSON, direction=OUT, trusted=True, stage=Stage.MESSAGE)
    assert verdict.action is Action.REJECT


@pytest.mark.parametrize(
    ("regulation", "standing", "clauses"),
    [
        (AG, Standing.LOCKED, ("AG 10.2a",)),
        (AG, Standing.BLOCKED, ("AG 8.6", "AG 10.2e")),
        (Q4, Standing.BLOCKED, ("Q4 11.7",)),
        (Q4, Standing.LOCKED, ()),
    ],
)
def test_the_clause_is_the_standings_own(regulation: str, standing: Standing, clauses: tuple[str, ...]) -> None:
    verdict = asked(PERSON, stopped(PERSON, standing=standing), user=PERSON, regulation=regulation)
    assert verdict.findings[0].clauses == clauses
    assert cite(load(regulation), standing) == ", ".join(clauses)
    assert verdict.reply is not None
    assert (clauses[0] if clauses else "quy dinh rieng") in verdict.reply.text


def test_replies_say_what_to_do_and_not_why() -> None:
    locked = asked(PERSON, stopped(PERSON, standing=Standing.LOCKED), user=PERSON, smtputf8=True).reply
    blocked = asked(PERSON, stopped(PERSON), user=PERSON).reply
    assert locked is not None
    assert blocked is not None
    assert "đã bị khóa gửi thư (AG 10.2a). Hãy đổi mật khẩu và báo quản trị" in locked.text
    assert "written confirmation" in locked.text
    assert "co dau hieu bi nguoi khac chiem dung (AG 8.6, AG 10.2e). Hay doi mat khau ngay" in blocked.text
    for text in (locked.text, blocked.text):
        assert "odd_hours" not in text
        assert "lan@gw" not in text


def test_the_evidence_tells_the_staff() -> None:
    verdict = asked(PERSON, stopped(PERSON, standing=Standing.LOCKED), user="nvanh")
    assert dict(verdict.findings[0].evidence) == {
        "mailbox": PERSON,
        "standing": "locked",
        "since": "2026-09-21T14:13:20+00:00",
        "reasons": ["spam", "odd_hours"],
        "by": "lan@gw",
        "found_by": "mailbox",
        "login": "nvanh",
        "reverse_path": PERSON,
        "client_address": verdict.findings[0].evidence["client_address"],
    }
