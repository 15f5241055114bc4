"""AG 4.1: a unit's mail does not come through a mail system of its own."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.model import Action, Direction, Mode, Verdict
from gateway.rules.own_server import OwnServer
from gateway.who import Identity, Proof, Sender
from tests.unit.rules.make import Q4
from tests.unit.rules.office import PERSON, UNIT, asked, only, written_by

RULE = OwnServer()


def judged(path: str, author: str | None = None, **given: Any) -> Verdict:
    who = given.pop("who", None) or written_by(path if author is None else author, proved="")
    return asked(RULE, path, "dan@tinh.example", who=who, **given)


def signs(verdict: Verdict) -> dict[str, str]:
    finding = only(verdict)
    assert (verdict.action, finding.mode, finding.clauses) == (Action.ACCEPT, Mode.OBSERVE, ("AG 4.1",))
    return dict(finding.evidence["signs"])


@pytest.mark.parametrize(
    ("path", "author"),
    [
        ("vt@so.tinh.example", "x@khac.example"),
        ("x@khac.example", "vt@so.tinh.example"),
        ("", "vt@A.SO.tinh.example"),
        ("", "vt@so.Tinh.Example"),
        ("prvs=1234abcdef=vt@so.tinh.example", "x@khac.example"),  # whoever signs or rewrites there has a mail system
    ],
)
def test_a_domain_below_ours(path: str, author: str) -> None:
    assert list(signs(judged(path, author))) == ["subdomain"]


@pytest.mark.parametrize("declared", ["so.tinh.example", "*.tinh.example"])
def test_a_domain_below_ours_that_is_declared_is_ours(declared: str) -> None:
    domains = ("tinh.example", declared)
    assert judged("vt@so.tinh.example", domains=domains).findings == ()
    assert list(signs(judged("x@khac.example", client_name="mx.so.tinh.example", domains=domains))) == ["client-name"]


def test_a_domain_that_is_known_to_be_a_units() -> None:
    known = {"mode": "observe", "systems": ["SoXD.example", "*.soxd.example"]}
    for address in ("vt@soxd.example", "vt@mail.soxd.example"):
        assert signs(judged(address, configured=known)) == {"known-system": address}
    assert judged("vt@xsoxd.example", configured=known).findings == ()


@pytest.mark.parametrize("name", ["mail.tinh.example", "MX.so.tinh.example.", "tinh.example"])
def test_a_client_whose_name_is_in_our_domain(name: str) -> None:
    assert list(signs(judged("x@khac.example", client_name=name))) == ["client-name"]


def test_what_a_client_calls_itself_is_no_sign() -> None:
    assert judged("x@khac.example", helo="mail.tinh.example").findings == ()


def test_a_units_address_that_nothing_proves() -> None:
    assert signs(judged("x@khac.example", UNIT)) == {"unit-address": UNIT}


@pytest.mark.parametrize(
    "given",
    [
        {"author": PERSON},
        {"who": written_by(UNIT)},
        {"who": Sender(Identity("", "tinh.example", Proof.ALIGNED_DKIM), written_by(UNIT).fields)},
        {"who": written_by(UNIT, proved="", failed="dns")},
        {"author": UNIT, "path": ""},
        {"author": UNIT, "path": "SRS0=a=b=tinh.example=soxd@khac.example"},
        {"author": UNIT, "path": "list-bounces@khac.example", "fields": {"list-id": b"<l.khac.example>"}},
        {"author": UNIT, "fields": {"auto-submitted": b"auto-replied"}},
    ],
    ids=["a person", "a proved mailbox", "a proved domain", "not now", "null path", "srs", "list", "automatic"],
)
def test_proofs_that_somebody_took_away_are_no_sign(given: dict[str, Any]) -> None:
    assert judged(given.pop("path", "x@khac.example"), **given).findings == ()


@pytest.mark.parametrize("address", ["x@khac.example", "x@xtinh.example", "x@tinh.example.khac.example", "", "x@"])
def test_others_are_none(address: str) -> None:
    assert judged(address).findings == ()


@pytest.mark.parametrize("session", [{"trusted": True}, {"user": "nvanh"}])
def test_our_own_clients_are_none(session: dict[str, Any]) -> None:
    assert judged("vt@so.tinh.example", **session).findings == ()


def test_behind_a_proxy_filter_the_reverse_path_says_whose_it_is() -> None:
    behind = {"direction": Direction.PROXY_FILTER, "trusted": True}
    assert list(signs(judged("vt@so.tinh.example", **behind))) == ["subdomain"]
    assert judged(PERSON, "vt@so.tinh.example", **behind).findings == ()
    assert judged("vt@so.tinh.example", user="nvanh", **behind).findings == ()


def test_enforced_it_says_the_clause_and_the_way() -> None:
    verdict = judged("vt@so.tinh.example", configured="enforce")
    assert verdict.reply is not None
    assert (verdict.action, verdict.reply.code) == (Action.REJECT, 550)
    assert "he thong thu rieng (AG 4.1). Hay gui qua he thong thu cua tinh." in verdict.reply.lines[0]
    assert only(judged("vt@so.tinh.example", regulation=Q4)).clauses == ()


def test_evidence_is_bounded() -> None:
    finding = only(judged("a" * 9000 + "@so.tinh.example", helo="h" * 9000, client_name="n" * 9000 + ".tinh.example"))
    assert len(str(finding.evidence)) < 2000
