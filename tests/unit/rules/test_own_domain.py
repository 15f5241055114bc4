"""AG 10.2d: an address of ours is not used by strangers."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.model import Action, Direction, Envelope, Facts, Finding, Mode, Stage
from gateway.rules.own_domain import OwnDomain
from gateway.who import Check, Identity, Method, Named, Proof, Result, Sender, SenderFields
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
def test_our_own_clients_pass(session: dict[str, Any]) -> None:
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
    assert finding is not None
    assert all(len(str(value)) <= 320 for value in finding.evidence.values())
    assert all(len(line) <= 512 for line in finding.reply.encoded.splitlines())


AUTHOR = "a@tinh.example"
CHECKED = (Check(Method.SPF, Result.NONE),)


def header_check(
    author: str = AUTHOR,
    *,
    how: Proof = Proof.NONE,
    checks: tuple[Check, ...] = CHECKED,
    mode: Mode = Mode.ENFORCE,
    disputes: tuple[str, ...] = (),
    mentions: tuple[str, ...] = (),
    reply_to: tuple[Named, ...] = (),
    **session: Any,
) -> Finding | None:
    fields = SenderFields((Named("", author),), reply_to=reply_to, disputes=disputes, mentions=(author, *mentions))
    identity = Identity(domain="tinh.example" if how is not Proof.NONE else "", how=how)
    facts = Facts(Stage.MESSAGE, envelope("x@khac.example", **session), "angiang-50-2009", OURS, clauses=("AG 10.2d",))
    facts.parameters, facts.sender = {"header": mode}, Sender(identity, fields, checks)
    return OwnDomain().check(facts)


class TestHeader:
    """From of ours needs our network, a login or our own signature."""

    def test_from_of_ours_from_outside(self) -> None:
        finding = header_check()
        assert finding is not None
        assert (finding.action, finding.mode, finding.reply.code) == (Action.REJECT, Mode.ENFORCE, 550)
        assert finding.evidence["from"] == AUTHOR

    def test_it_is_observed_by_default(self) -> None:
        mode = OwnDomain.parameters["header"](OwnDomain.defaults["header"])
        finding = header_check(mode=mode)
        assert finding is not None
        assert finding.mode is Mode.OBSERVE
        assert header_check(mode=Mode.OFF) is None

    def test_the_envelope_is_not_judged_again(self) -> None:
        facts = Facts(Stage.MESSAGE, envelope(AUTHOR), "angiang-50-2009", OURS)
        facts.parameters = {"header": Mode.ENFORCE}
        assert OwnDomain().check(facts) is None

    @pytest.mark.parametrize("how", [Proof.ALIGNED_DKIM, Proof.DKIM])
    def test_our_signature_will_do(self, how: Proof) -> None:
        assert header_check(how=how) is None
        assert header_check(how=how, disputes=("comment",)) is not None

    def test_spf_will_not(self) -> None:
        assert header_check(how=Proof.ALIGNED_SPF) is not None

    @pytest.mark.parametrize("session", [{"trusted": True}, {"user": "a"}, {"device_sender": AUTHOR}])
    def test_our_own_clients(self, session: dict[str, Any]) -> None:
        assert header_check(**session) is None

    @pytest.mark.parametrize("author", ["a@khac.example", "", "a@tinh.example.khac.example"])
    def test_others(self, author: str) -> None:
        assert header_check(author) is None

    def test_an_address_of_ours_that_some_reader_sees(self) -> None:
        assert header_check("a@khac.example", disputes=("address-in-name",), mentions=(AUTHOR,)) is not None
        assert header_check("a@khac.example", mentions=(AUTHOR,)) is None
        mine = (Named("", AUTHOR),)
        assert header_check("a@khac.example", disputes=("comment",), mentions=(AUTHOR,), reply_to=mine) is None

    def test_a_signature_that_cannot_be_checked_now(self) -> None:
        waiting = Check(Method.DKIM, Result.TEMPERROR, "tinh.example")
        finding = header_check(checks=(waiting,))
        assert finding is not None
        assert (finding.action, finding.reply.code, finding.reply.enhanced) == (Action.TEMPFAIL, 451, "4.7.1")
        for other in (Check(Method.DKIM, Result.TEMPERROR, "khac.example"), Check(Method.SPF, Result.TEMPERROR)):
            finding = header_check(checks=(other,))
            assert finding is not None
            assert finding.action is Action.REJECT

    def test_it_is_silent_where_nothing_is_verified(self) -> None:
        assert header_check(checks=()) is None
