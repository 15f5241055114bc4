"""AG 10.2d: an address of ours is not used by strangers."""

from __future__ import annotations

import pytest

from gateway.model import Action, Direction, Envelope, Facts, Finding, Stage
from gateway.rules.own_domain import OwnDomain
from tests.unit.rules.make import envelope

OURS = frozenset(("tinh.example", "*.q4.example", "xn--tnh-vvy.vn"))


def check(envelope: Envelope, clauses: tuple[str, ...] = ("AG 10.2d",)) -> Finding | None:
    return OwnDomain().check(Facts(Stage.MAIL, envelope, "angiang-50-2009", OURS, clauses=clauses))


@pytest.mark.parametrize(
    "sender", ["a@tinh.example", "A@TINH.Example", "x@so.q4.example", "y@a.b.q4.example", '"a b"@tinh.example']
)
def test_our_address_from_outside_is_refused(sender: str) -> None:
    finding = check(envelope(sender, helo="spam.example"))
    assert finding is not None
    assert (finding.action, finding.clauses) == (Action.REJECT, ("AG 10.2d",))
    assert (finding.reply.code, finding.reply.enhanced) == (550, "5.7.1")
    assert "AG 10.2d" in finding.reply.text
    assert finding.evidence["reverse_path"] == sender
    assert finding.evidence["client_address"] == "192.0.2.1"
    assert finding.evidence["helo"] == "spam.example"


@pytest.mark.parametrize(
    "sender",
    [
        "",
        "a@khac.example",
        "a@q4.example",
        "a@xtinh.example",
        "a@so.tinh.example",
        "a@tinh.example.khac.example",
        "tinh",
    ],
)
def test_others_and_the_null_reverse_path_pass(sender: str) -> None:
    assert check(envelope(sender)) is None


@pytest.mark.parametrize(
    "session",
    [{"trusted": True}, {"user": "a"}, {"device_sender": "MayQuet@tinh.example"}],
    ids=["trusted network", "authenticated", "bound device"],
)
def test_our_own_clients_pass(session: dict[str, object]) -> None:
    assert check(envelope("mayquet@tinh.example", **session)) is None


def test_a_device_may_not_use_another_address() -> None:
    assert check(envelope("a@tinh.example", device_sender="mayquet@tinh.example")) is not None


def test_our_domain_written_in_unicode_is_still_ours() -> None:
    domain = "tỉnh.vn"
    ours = frozenset((domain.encode("idna").decode(),))
    facts = Facts(Stage.MAIL, envelope(f"a@{domain}", smtputf8=True), "angiang-50-2009", ours, clauses=("AG 10.2d",))
    finding = OwnDomain().check(facts)
    assert finding is not None
    assert domain in finding.reply.lines[0]


def test_it_is_asked_on_inbound_listeners_only() -> None:
    assert OwnDomain.directions == (Direction.INBOUND,)


def test_evidence_and_reply_are_bounded() -> None:
    sender = "a" * 5000 + "@" + "tinh.example"
    finding = check(envelope(sender, helo="h" * 5000, client_name="n" * 5000))
    assert all(len(str(value)) <= 320 for value in finding.evidence.values())
    assert all(len(line) <= 512 for line in finding.reply.encoded.splitlines())
