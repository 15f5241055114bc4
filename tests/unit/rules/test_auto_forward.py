"""AG 4.2: official mail that a server forwards to a private mailbox is seen; what officials write by hand is not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.model import Action, Direction, Mode, Verdict
from gateway.rules.auto_forward import AutoForward
from tests.unit.rules.office import FORWARDED, PERSON, UNIT, asked, only

RULE = AutoForward()
OUT = Direction.OUTBOUND
CITIZEN = "dan@gmail.com"


def judged(path: str, *recipients: str, direction: Direction = OUT, **given: Any) -> Verdict:
    return asked(RULE, path, *recipients, direction=direction, **given)


def signs(verdict: Verdict) -> list[str]:
    finding = only(verdict)
    assert (finding.mode, finding.action, finding.clauses) == (Mode.OBSERVE, Action.REJECT, ("AG 4.2",))
    return list(finding.evidence["signs"])


@pytest.mark.parametrize("direction", Direction)
def test_mail_to_a_citizen_is_ordinary(direction: Direction) -> None:
    assert judged(PERSON, CITIZEN, direction=direction).findings == ()


def test_a_strangers_mail_that_leaves_us_again() -> None:
    assert signs(judged("ai@khac.example", CITIZEN)) == ["reverse-path"]


def test_with_its_reverse_path_rewritten() -> None:
    assert signs(judged("SRS0=abcd=XY=khac.example=ai@tinh.example", CITIZEN)) == ["srs"]


@pytest.mark.parametrize("direction", [OUT, Direction.PROXY_FILTER, Direction.SUBMISSION])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("resent-from", b"Anh <nvanh@tinh.example>"),
        ("resent-sender", b"nvanh@tinh.example"),
        ("delivered-to", b"nvanh@tinh.example"),
        ("x-original-to", b"NVANH@TINH.example"),
        ("x-sieve-redirected-from", b"nvanh@tinh.example"),
        ("x-zimbra-forwarded", b"nvanh@tinh.example"),
        ("x-ms-exchange-inbox-rules-loop", b"nvanh@tinh.example"),
        ("x-ms-exchange-forwardingloop", b"nvanh@tinh.example;\t44d81603-6a98-429d-8ab9-bb947b669639"),
        ("x-forwarded-for", b"ai@khac.example nvanh@tinh.example"),
    ],
)
def test_fields_of_servers_that_forward(field: str, value: bytes, direction: Direction) -> None:
    for path in (PERSON, ""):
        assert signs(judged(path, CITIZEN, fields={field: value}, direction=direction)) == [field]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("", {}),  # a bounce for a citizen
        ("prvs=1234abcdef=nvanh@tinh.example", {}),  # our own server signs its reverse-paths
        (PERSON, {"delivered-to": b"ai@khac.example"}),
        (PERSON, {"resent-from": b"tinh.example"}),
        ("ai@khac.example", {"list-id": b"<tin.tinh.example>"}),
        (PERSON, {"delivered-to": PERSON.encode(), "list-post": b"<mailto:tin@tinh.example>"}),
    ],
)
def test_bounces_lists_and_others_fields_are_ordinary(path: str, fields: dict[str, bytes]) -> None:
    assert judged(path, CITIZEN, fields=fields).findings == ()


@pytest.mark.parametrize("recipient", ["vt@so.gov.example", UNIT, "a@congty.example"])
def test_to_an_office_it_may_be_forwarded(recipient: str) -> None:
    assert judged("ai@khac.example", recipient, fields={"delivered-to": PERSON.encode()}).findings == ()


def test_a_foreign_reverse_path_means_nothing_where_mail_arrives() -> None:
    for path in ("ai@khac.example", "SRS0=abcd=XY=khac.example=ai@relay.example"):
        assert judged(path, CITIZEN, direction=Direction.INBOUND).findings == ()


def test_a_forward_that_the_directory_knows_is_told_as_mail_arrives() -> None:
    finding = only(judged("ai@khac.example", PERSON, FORWARDED, direction=Direction.INBOUND))
    assert finding.evidence == {
        "recipients": [FORWARDED],
        "recipient_count": 1,
        "mailbox": FORWARDED,
        "forwards_to": "chuyen.vo@gmail.com",
    }


def test_its_sender_is_never_refused_for_it() -> None:
    given = {"direction": Direction.INBOUND, "configured": "enforce"}
    assert judged("ai@khac.example", FORWARDED, **given).action is Action.ACCEPT


def test_enforced_it_says_what_to_switch_off() -> None:
    verdict = judged("ai@khac.example", CITIZEN, configured="enforce")
    assert verdict.reply is not None
    assert (verdict.action, verdict.reply.code) == (Action.REJECT, 550)
    assert "(dan@gmail.com) (AG 4.2). Hay tat chuyen tiep" in verdict.reply.lines[0]


@settings(deadline=None)  # each example compiles a policy
@given(st.binary(max_size=300), st.sampled_from(Direction))
def test_any_field_is_fine(value: bytes, direction: Direction) -> None:
    fields = {"delivered-to": value, "x-forwarded-for": value, "resent-from": value + b"@tinh.example"}
    verdict = judged(PERSON, CITIZEN, fields=fields, direction=direction)
    assert all("crash" not in finding.evidence for finding in verdict.findings)


def test_a_megabyte_of_a_field_is_read_in_part() -> None:
    value = b"a@" * 500_000 + b"nvanh@tinh.example"
    assert judged(PERSON, CITIZEN, fields={"delivered-to": value}).findings == ()
