"""Q4 11.5, 12.1, AG 10.2d: whoever logs in sends as itself, its aliases, or a unit's mailbox that was given to it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model import Action, Direction, Envelope, Facts, Finding, Mode, Stage
from gateway.rules.listed import EVERYWHERE
from gateway.rules.own_address import OwnAddress
from gateway.who import NOBODY, Kind, Lookup, Mailbox, Named, NoDirectory, Sender, SenderFields
from tests.unit.rules.make import envelope

OURS = frozenset({"tinh.example"})
ANH = Mailbox("nvanh@tinh.example", Kind.PERSONAL, aliases=("anh@tinh.example",))
BINH = Mailbox("ttbinh@tinh.example", Kind.PERSONAL)
UNIT = Mailbox("vp@tinh.example", Kind.UNIT, aliases=("vanphong@tinh.example",), delegates=("nvanh@tinh.example",))


class Book(NoDirectory):
    size = 3

    def find(self, address: str) -> Mailbox | None:
        local, _, domain = address.lower().rpartition("@")
        key = f"{local.partition('+')[0]}@{domain}"
        return next((one for one in (ANH, BINH, UNIT) if key in (one.key, *one.aliases)), None)


def check(
    mail: Envelope,
    stage: Stage = Stage.MAIL,
    *,
    fields: SenderFields | None = None,
    directory: Lookup | None = None,
    unknown: Mode = Mode.OBSERVE,
    own_domains: frozenset[str] = OURS,
    login_domain: str = "",
) -> Finding | None:
    facts = Facts(stage, mail, "tphcm-q4-03-2013", own_domains, clauses=("Q4 11.5", "Q4 12.1"))
    facts.parameters = {"unknown": unknown, "login_domain": login_domain}
    facts.directory = directory or Book()
    facts.sender = NOBODY if fields is None else Sender(fields=fields)
    return OwnAddress().check(facts)


def submitted(sender: str = "nvanh@tinh.example", user: str = "nvanh@tinh.example", **session: Any) -> Envelope:
    return envelope(sender, "b@khac.example", direction=Direction.SUBMISSION, user=user, **session)


def written(*authors: str, **fields: Any) -> SenderFields:
    return SenderFields(author=tuple(Named("", one) for one in authors), **fields)


@pytest.mark.parametrize(
    "sender",
    [
        "nvanh@tinh.example",
        "NVAnh@tinh.example",
        "anh@tinh.example",
        "nvanh+tin@tinh.example",
        "vp@tinh.example",
        "vanphong@tinh.example",
        "prvs=0123456789=nvanh@tinh.example",
        "nvanh+b=khac.example@tinh.example",
        "",
    ],
)
@pytest.mark.parametrize("user", ["nvanh@tinh.example", "nvanh", "anh"])
def test_its_own_addresses_and_what_was_given_to_it(sender: str, user: str) -> None:
    assert check(submitted(sender, user)) is None
    if sender:
        assert check(submitted(sender, user), Stage.MESSAGE, fields=written(sender)) is None


@pytest.mark.parametrize(
    "address", ["ttbinh@tinh.example", "khac@tinh.example", "a@khac.example", "prvs=0123456789=ttbinh@tinh.example"]
)
def test_another_s_address_is_refused(address: str) -> None:
    finding = check(submitted(address))
    assert finding is not None
    assert (finding.action, finding.mode) == (Action.REJECT, Mode.ENFORCE)
    assert (finding.reply.code, finding.reply.enhanced) == (550, "5.7.1")
    assert "Q4 11.5" in finding.reply.text
    assert "nvanh@tinh.example" in finding.reply.text
    assert finding.evidence == {
        "login": "nvanh@tinh.example",
        "address": address,
        "where": "reverse-path",
        "mailbox": "nvanh@tinh.example",
    }


def test_from_and_sender_at_message() -> None:
    mail = submitted()
    finding = check(mail, Stage.MESSAGE, fields=written("ttbinh@tinh.example"))
    assert finding is not None
    assert finding.evidence["where"] == "From"
    finding = check(mail, Stage.MESSAGE, fields=written("vp@tinh.example", sender=(Named("", "a@khac.example"),)))
    assert finding is not None
    assert finding.evidence["where"] == "Sender"
    finding = check(mail, Stage.MESSAGE, fields=written("nvanh@tinh.example", "ttbinh@tinh.example"))
    assert finding is not None
    assert check(mail, Stage.MESSAGE, fields=written("vp@tinh.example", reply_to=(Named("", "a@b.example"),))) is None


def test_a_delegate_of_none() -> None:
    assert check(submitted("vp@tinh.example", "ttbinh")) is not None


def test_the_unit_itself() -> None:
    assert check(submitted("vp@tinh.example", "vp")) is None
    assert check(submitted("nvanh@tinh.example", "vp")) is not None


def test_whoever_did_not_log_in_is_not_asked() -> None:
    for session in ({}, {"trusted": True}, {"login_checked": True}, {"device_sender": "may@tinh.example"}):
        mail = envelope("ttbinh@tinh.example", direction=Direction.SUBMISSION, **session)
        assert check(mail) is None
        assert check(mail, Stage.MESSAGE, fields=written("ttbinh@tinh.example")) is None


def test_what_readers_disagree_about_counts_as_all_of_it() -> None:
    def disputed(*mentions: str, author: str = "nvanh@tinh.example", **fields: Any) -> Finding | None:
        made = written(author, disputes=("address-in-name",), mentions=(author, *mentions), **fields)
        return check(submitted(), Stage.MESSAGE, fields=made)

    finding = disputed("ttbinh@tinh.example")
    assert finding is not None
    assert finding.evidence["disputes"] == "address-in-name"
    assert disputed("a@khac.example") is None  # an outsider's address in its own name harms nobody here
    assert disputed("vp@tinh.example") is None
    assert disputed("ttbinh@tinh.example", reply_to=(Named("", "ttbinh@tinh.example"),)) is None
    assert disputed(author="a@khac.example") is not None


def test_a_stranger_s_message_resent_is_only_observed() -> None:
    made = written("a@khac.example", resent=(Named("", "nvanh@tinh.example"),))
    finding = check(submitted(), Stage.MESSAGE, fields=made)
    assert finding is not None
    assert finding.mode is Mode.OBSERVE
    for forged in (
        written("ttbinh@tinh.example", resent=(Named("", "nvanh@tinh.example"),)),
        written("a@khac.example", resent=(Named("", "ttbinh@tinh.example"),)),
    ):
        finding = check(submitted(), Stage.MESSAGE, fields=forged)
        assert finding is not None
        assert finding.mode is Mode.ENFORCE


def test_what_is_only_observed_hides_nothing() -> None:
    mine = (Named("", "nvanh@tinh.example"),)
    forged = written("a@khac.example", resent=mine, sender=(Named("", "ttbinh@tinh.example"),))
    finding = check(submitted(), Stage.MESSAGE, fields=forged)
    assert finding is not None
    assert (finding.mode, finding.evidence["address"]) == (Mode.ENFORCE, "ttbinh@tinh.example")
    several = written("khac@tinh.example", "ttbinh@tinh.example")
    finding = check(submitted(user="web@tinh.example"), Stage.MESSAGE, fields=several, unknown=Mode.OFF)
    assert finding is not None
    assert finding.evidence["address"] == "ttbinh@tinh.example"


def test_a_realm_for_bare_logins() -> None:
    several = frozenset({"tinh.example", "khac.example"})
    mail = submitted("vp@tinh.example", "nvanh")
    for realm in ("tinh.example", "khac.example", ""):
        finding = check(mail, own_domains=several, login_domain=realm, unknown=Mode.ENFORCE)
        assert (finding is None) is (realm == "tinh.example")


@pytest.mark.parametrize("unknown", list(Mode))
@pytest.mark.parametrize("user", ["nv0123", "?", "TINH\\nvanh"])
def test_a_login_that_says_nothing(user: str, unknown: Mode) -> None:
    finding = check(submitted("ttbinh@tinh.example", user), unknown=unknown)
    assert (finding.mode if finding else Mode.OFF) is unknown


def test_a_login_by_an_address_that_is_not_the_directory_s() -> None:
    assert check(submitted("web@tinh.example", "web@tinh.example")) is None
    finding = check(submitted("ttbinh@tinh.example", "web@tinh.example"), unknown=Mode.OFF)
    assert finding is not None
    assert finding.mode is Mode.ENFORCE
    assert check(submitted("khac@tinh.example", "web@tinh.example"), unknown=Mode.OFF) is None


def test_without_a_directory() -> None:
    nobody = NoDirectory()
    for user in ("nvanh@tinh.example", "nvanh", "NVANH"):
        assert check(submitted("nvanh+tin@tinh.example", user), directory=nobody) is None
        finding = check(submitted("ttbinh@tinh.example", user), directory=nobody)
        assert finding is not None
        assert finding.mode is Mode.OBSERVE


def test_a_bare_login_of_several_domains() -> None:
    several = frozenset({"tinh.example", "khac.example"})
    assert check(submitted("nvanh@khac.example", "nvanh"), own_domains=several) is None
    assert check(submitted("nvanh@ngoai.example", "nvanh"), own_domains=several) is not None


def test_it_is_asked_everywhere_at_mail_and_message() -> None:
    assert (OwnAddress.directions, OwnAddress.stages) == (EVERYWHERE, (Stage.MAIL, Stage.MESSAGE))


def test_evidence_and_reply_are_bounded() -> None:
    finding = check(submitted("a" * 5000 + "@tinh.example", "u" * 5000), unknown=Mode.ENFORCE)
    assert finding is not None
    assert all(len(str(value)) <= 320 for value in finding.evidence.values())
    assert all(len(line) <= 510 for line in finding.reply.encoded.splitlines())


@given(st.text(max_size=80), st.text(max_size=40), st.sampled_from([Stage.MAIL, Stage.MESSAGE]), st.booleans())
def test_any_text_is_judged(address: str, user: str, stage: Stage, known: bool) -> None:
    lookup = Book() if known else NoDirectory()
    finding = check(submitted(address, user), stage, fields=written(address), directory=lookup)
    assert finding is None or finding.action is Action.REJECT
