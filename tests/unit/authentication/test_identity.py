"""What is proved of who writes: a mailbox only by its login, a network that checks logins, or a bound signature."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.authentication.heading import Heading, read_heading
from gateway.authentication.identity import IdentitySettings, identify, replay_keys, undecided
from gateway.authentication.sender import read_sender
from gateway.model import Address, Direction, Envelope, Recipient, Session
from gateway.who import (
    Check,
    Identity,
    Kind,
    Mailbox,
    Method,
    Named,
    NoDirectory,
    Proof,
    Result,
    SenderFields,
    State,
)

NOW = 1795224600.0  # 21 Nov 2026, 08:30 in Vietnam
CHANNEL = "vp@tinh.example"
UNIT = Mailbox(
    "q4@tphcm.example", Kind.UNIT, "Q4", aliases=("quan4@tphcm.example",), delegates=("nvanh@tphcm.example",)
)
ANH = Mailbox("nvanh@tphcm.example", Kind.PERSONAL, "Q4")
BINH = Mailbox("ttbinh@tphcm.example", Kind.PERSONAL, "Q4")
OURS = frozenset({"tphcm.example"})
SETTINGS = IdentitySettings(OURS, frozenset({"tphcm.example", "bo.example"}))
SIGNED = ("from", "to", "date", "message-id", "subject", "from", "sender", "reply-to", "cc", "content-type")
GOOD = Check(Method.DKIM, Result.PASS, "tphcm.example", signed=SIGNED, signed_at=int(NOW), digest="ab")
LINES = {
    "From": "Quan 4 <q4@tphcm.example>",
    "To": f"<{CHANNEL}>",
    "Date": "Sat, 21 Nov 2026 08:30:00 +0700",
    "Message-ID": "<1@tphcm.example>",
    "Subject": "Cap hop thu",
}


class Book(NoDirectory):
    """A directory that also follows sub-addresses."""

    size = 3

    def find(self, address: str) -> Mailbox | None:
        local, _, domain = address.lower().rpartition("@")
        key = f"{local.partition('+')[0]}@{domain}"
        return next((one for one in (UNIT, ANH, BINH) if key in (one.key, *one.aliases)), None)


def envelope(sender: str = "q4@tphcm.example", *recipients: str, **session: Any) -> Envelope:
    made = Session("s", "in", Direction.INBOUND, "192.0.2.1", 40000, **session)
    return Envelope(made, Address(sender), [Recipient(Address(one)) for one in recipients or (CHANNEL,)])


def header(extra: str = "", /, **lines: str | None) -> bytes:
    """A header like LINES but for `lines`; None leaves one out."""
    made = {**LINES, **{name.replace("_", "-").title().replace("Id", "ID"): value for name, value in lines.items()}}
    return ("".join(f"{name}: {value}\r\n" for name, value in made.items() if value is not None) + extra).encode()


def prove(
    mail: Envelope | None = None,
    raw: bytes | None = None,
    checks: Sequence[Check] = (),
    *,
    lookup: NoDirectory | None = None,
    settings: IdentitySettings = SETTINGS,
    now: float = NOW,
    seen: Callable[[str], bool] = lambda _key: False,
) -> Identity:
    raw = header() if raw is None else raw
    fields = read_sender(raw, b"\r\n")
    return identify(mail or envelope(), fields, checks, lookup or Book(), settings, read_heading(raw), now, seen)


def unproven(identity: Identity, why: str) -> bool:
    return identity.mailbox == "" and identity.how in DOMAIN_ONLY and identity.why[0] == why


DOMAIN_ONLY = {Proof.NONE, Proof.ALIGNED_DKIM, Proof.ALIGNED_SPF}


class TestLogin:
    @pytest.mark.parametrize("user", ["q4@tphcm.example", "Q4@TPHCM.example", "q4", "quan4", "quan4@tphcm.example"])
    def test_its_owner(self, user: str) -> None:
        found = prove(envelope(user=user))
        assert found == Identity("q4@tphcm.example", "tphcm.example", Proof.LOGIN, ("owner",))

    def test_a_delegate(self) -> None:
        found = prove(envelope(user="nvanh"))
        assert found == Identity("q4@tphcm.example", "tphcm.example", Proof.LOGIN, ("delegate",))

    def test_from_an_alias(self) -> None:
        found = prove(envelope(user="q4"), header(**{"from": "quan4@tphcm.example"}))
        assert (found.mailbox, found.how) == ("q4@tphcm.example", Proof.LOGIN)

    @pytest.mark.parametrize(
        ("user", "why"),
        [
            ("ttbinh", "login-other"),
            ("khac@tphcm.example", "login-unknown"),
            ("q4+x", "login-unknown"),
            ("q4@khac.example", "login-unknown"),
            ("?", "login-unknown"),
            ("DOMAIN\\q4", "login-unknown"),
        ],
    )
    def test_another_s(self, user: str, why: str) -> None:
        assert unproven(prove(envelope(user=user)), why)

    def test_a_login_decides_though_its_network_and_its_signature_would_prove_it(self) -> None:
        assert unproven(prove(envelope(user="ttbinh", login_checked=True), checks=[GOOD]), "login-other")

    def test_a_login_that_cannot_be_read_leaves_it_to_its_network(self) -> None:
        assert prove(envelope(user="?", login_checked=True)).how is Proof.NETWORK

    def test_a_sub_address_in_from_is_no_mailbox(self) -> None:
        assert unproven(prove(envelope(user="q4"), header(**{"from": "q4+x@tphcm.example"})), "login-other")

    def test_without_a_directory_a_login_is_its_address(self) -> None:
        nobody = NoDirectory()
        assert prove(envelope(user="q4@tphcm.example"), lookup=nobody).mailbox == "q4@tphcm.example"
        assert prove(envelope(user="q4"), lookup=nobody).mailbox == "q4@tphcm.example"
        assert unproven(prove(envelope(user="nvanh"), lookup=nobody), "login-unknown")

    def test_with_several_domains_a_bare_login_needs_its_realm(self) -> None:
        several = replace(SETTINGS, own_domains=frozenset({"tphcm.example", "khac.example"}))
        assert unproven(prove(envelope(user="q4"), settings=several), "login-unknown")
        assert prove(envelope(user="q4"), settings=replace(several, login_domain="tphcm.example")).how is Proof.LOGIN

    def test_a_locked_delegate(self) -> None:
        class Locked(Book):
            def find(self, address: str) -> Mailbox | None:
                found = super().find(address)
                return replace(ANH, state=State.LOCKED) if found is ANH else found

        assert unproven(prove(envelope(user="nvanh"), lookup=Locked()), "login-other")


class TestNetwork:
    def test_a_network_that_checks_logins(self) -> None:
        found = prove(envelope(login_checked=True, trusted=True))
        assert found == Identity("q4@tphcm.example", "tphcm.example", Proof.NETWORK, ("owner",))

    def test_it_proves_the_reverse_path_only(self) -> None:
        for sender in ("ttbinh@tphcm.example", "", "q4+x@tphcm.example"):
            assert unproven(prove(envelope(sender, login_checked=True)), "reverse-path-other")

    def test_an_alias_of_the_same_mailbox(self) -> None:
        assert prove(envelope("quan4@tphcm.example", login_checked=True)).how is Proof.NETWORK

    def test_a_trusted_network_alone_proves_nothing(self) -> None:
        assert unproven(prove(envelope(trusted=True)), "no-proof")

    def test_a_device(self) -> None:
        found = prove(envelope(device_sender="Q4@tphcm.example"))
        assert (found.mailbox, found.how) == ("q4@tphcm.example", Proof.DEVICE)
        assert unproven(prove(envelope(device_sender="may@tphcm.example")), "device-other")
        assert unproven(prove(envelope("a@b.example", device_sender="q4@tphcm.example")), "device-other")


class TestSignature:
    def test_a_bound_signature(self) -> None:
        found = prove(checks=[GOOD])
        assert found == Identity("q4@tphcm.example", "tphcm.example", Proof.DKIM, ("signed",))

    def test_a_domain_that_is_not_declared_proves_a_domain_only(self) -> None:
        found = prove(checks=[GOOD], settings=IdentitySettings(OURS))
        assert found == Identity("", "tphcm.example", Proof.ALIGNED_DKIM, ("no-proof",))

    @pytest.mark.parametrize(
        ("changed", "why"),
        [
            ({"result": Result.FAIL}, "dkim-fail"),
            ({"result": Result.POLICY}, "dkim-policy"),
            ({"result": Result.NEUTRAL}, "dkim-neutral"),
            ({"result": Result.TEMPERROR}, "dkim-temperror"),
            ({"partial": True}, "dkim-partial"),
            ({"agent": "ttbinh@tphcm.example"}, "dkim-agent"),
            ({"signed_at": int(NOW) - 90_000}, "dkim-stale"),
            ({"signed_at": int(NOW) + 400}, "dkim-stale"),
            ({"expires": int(NOW) - 1}, "dkim-stale"),
            ({"signed": ("to", "date", "message-id", "subject")}, "dkim-unsigned"),
            ({"signed": ("from", "date", "message-id", "subject")}, "dkim-unsigned"),
            ({"signed": ("from", "to", "message-id", "subject")}, "dkim-unsigned"),
            ({"signed": ("from", "to", "date", "subject")}, "dkim-unsigned"),
            ({"signed": ("from", "to", "date", "message-id")}, "dkim-unsigned"),
        ],
    )
    def test_a_signature_that_proves_no_mailbox(self, changed: dict[str, Any], why: str) -> None:
        assert unproven(prove(checks=[replace(GOOD, **changed)]), why)

    @pytest.mark.parametrize(
        ("changed", "why"),
        [
            ({"date": "Thu, 19 Nov 2026 08:30:00 +0700"}, "dkim-stale"),
            ({"date": "Sat, 21 Nov 2026 08:40:00 +0700"}, "dkim-stale"),
            ({"date": None}, "dkim-unsigned"),
            ({"date": "hom qua"}, "dkim-stale"),
            ({"to": None}, "dkim-unsigned"),
            ({"to": "khac@tinh.example"}, "dkim-recipient"),
            ({"to": f'"{CHANNEL}" <khac@tinh.example>'}, "dkim-recipient"),
            ({"to": "undisclosed-recipients:;"}, "dkim-recipient"),
            ({"message_id": None}, "dkim-unsigned"),
            ({"message_id": "x"}, "dkim-message-id"),
        ],
    )
    def test_a_header_that_a_signature_does_not_bind(self, changed: dict[str, str | None], why: str) -> None:
        assert unproven(prove(raw=header(**changed), checks=[GOOD]), why)

    @pytest.mark.parametrize(
        "extra",
        [
            "To: khac@tinh.example\r\n",
            "Date: Sat, 21 Nov 2026 08:30:01 +0700\r\n",
            "Message-ID: <2@tphcm.example>\r\n",
            "Subject: khac\r\n",
            "MIME-Version: 1.0\r\n",
            "Content-Transfer-Encoding: base64\r\n",
            "Content-Type: text/html\r\nContent-Type: text/plain\r\n",
        ],
    )
    def test_a_field_that_was_added_behind_the_signer_s_back(self, extra: str) -> None:
        assert unproven(prove(raw=header(extra), checks=[GOOD]), "dkim-unsigned")

    def test_a_reply_to_that_is_not_signed(self) -> None:
        signed = tuple(name for name in SIGNED if name != "reply-to")
        raw = header("Reply-To: ke@gian.example\r\n")
        assert unproven(prove(raw=raw, checks=[replace(GOOD, signed=signed)]), "dkim-unsigned")
        assert prove(raw=raw, checks=[GOOD]).how is Proof.DKIM

    def test_only_the_from_s_own_domain_binds_it(self) -> None:
        other = replace(GOOD, domain="bo.example")
        below = replace(GOOD, domain="so.tphcm.example")
        assert prove(checks=[other, below]).mailbox == ""
        raw = header(**{"from": "a@so.tphcm.example"})
        assert prove(raw=raw, checks=[GOOD]).mailbox == ""

    def test_a_mailbox_of_another_declared_domain(self) -> None:
        found = prove(raw=header(**{"from": "a@bo.example"}), checks=[replace(GOOD, domain="BO.example")])
        assert (found.mailbox, found.how) == ("a@bo.example", Proof.DKIM)

    def test_the_best_of_several_signatures_counts(self) -> None:
        assert prove(checks=[replace(GOOD, result=Result.FAIL), GOOD]).how is Proof.DKIM

    def test_every_recipient_must_be_named(self) -> None:
        mail = envelope("q4@tphcm.example", CHANNEL, "khac@tinh.example")
        assert unproven(prove(mail, checks=[GOOD]), "dkim-recipient")
        assert prove(mail, header(cc="Khac@tinh.example"), [GOOD]).how is Proof.DKIM

    def test_a_copy_proves_nothing(self) -> None:
        mail, raw = envelope(), header()
        fields = read_sender(raw, b"\r\n")
        keys = replay_keys(mail, fields, [GOOD], SETTINGS, read_heading(raw))
        assert len(keys) == 1
        assert unproven(prove(mail, raw, [GOOD], seen=frozenset(keys).__contains__), "dkim-replayed")

    def test_a_second_signature_is_no_way_round(self) -> None:
        raw = header()
        fields, heading = read_sender(raw, b"\r\n"), read_heading(raw)
        second = replace(GOOD, digest="cd", selector="ed")
        first = replay_keys(envelope(), fields, [GOOD, second], SETTINGS, heading)
        assert replay_keys(envelope(), fields, [second], SETTINGS, heading) == first

    def test_another_recipient_s_copy_is_another_message(self) -> None:
        raw = header(cc="khac@tinh.example")
        fields, heading = read_sender(raw, b"\r\n"), read_heading(raw)
        one = replay_keys(envelope(), fields, [GOOD], SETTINGS, heading)
        other = replay_keys(envelope("q4@tphcm.example", "khac@tinh.example"), fields, [GOOD], SETTINGS, heading)
        assert not set(one) & set(other)

    @pytest.mark.parametrize("session", [{"user": "q4"}, {"device_sender": "q4@tphcm.example"}])
    def test_nothing_is_remembered_of_our_own_clients(self, session: dict[str, Any]) -> None:
        raw = header()
        fields = read_sender(raw, b"\r\n")
        assert replay_keys(envelope(**session), fields, [GOOD], SETTINGS, read_heading(raw)) == ()

    def test_nothing_is_remembered_of_what_binds_nothing(self) -> None:
        raw = header()
        fields = read_sender(raw, b"\r\n")
        for checks in ([], [replace(GOOD, result=Result.FAIL)], [replace(GOOD, domain="khac.example")]):
            assert replay_keys(envelope(), fields, checks, SETTINGS, read_heading(raw)) == ()


class TestFields:
    """What the header says in two ways proves nothing, whoever sent it."""

    EVERY: tuple[dict[str, Any], ...] = (
        {"user": "q4"},
        {"login_checked": True},
        {"device_sender": "q4@tphcm.example"},
        {},
    )

    @pytest.mark.parametrize("session", EVERY)
    @pytest.mark.parametrize(
        ("changed", "extra", "why"),
        [
            ({"from": '"a@b.example" <q4@tphcm.example>'}, "", "disputed"),
            ({"from": "q4@tphcm.example, a@b.example"}, "", "disputed"),
            ({"from": None}, "", "disputed"),
            ({}, "From: a@b.example\r\n", "disputed"),
            ({}, "Sender: a@b.example\r\n", "sender-mismatch"),
            ({}, "Sender: nvanh@tphcm.example\r\n", "sender-mismatch"),
            ({}, "Resent-From: a@b.example\r\n", "resent-mismatch"),
            ({}, "Resent-Sender: a@b.example\r\n", "resent-mismatch"),
        ],
    )
    def test_it_is_unproven(self, session: dict[str, Any], changed: dict[str, str], extra: str, why: str) -> None:
        assert unproven(prove(envelope(**session), header(extra, **changed), [GOOD]), why)

    @pytest.mark.parametrize("sender", ["q4@tphcm.example", "Quan4@tphcm.example"])
    def test_a_sender_that_is_the_author(self, sender: str) -> None:
        assert prove(envelope(user="q4"), header(f"Sender: {sender}\r\n")).how is Proof.LOGIN

    def test_the_disputes_are_told(self) -> None:
        why = prove(raw=header(**{"from": '"a@b.example" <q4@tphcm.example>'})).why
        assert why == ("disputed", "address-in-name")


class TestDomain:
    @pytest.mark.parametrize(
        ("checks", "how"),
        [
            ([Check(Method.DKIM, Result.PASS, "khac.example")], Proof.ALIGNED_DKIM),
            ([Check(Method.SPF, Result.PASS, "khac.example", scope="mailfrom")], Proof.ALIGNED_SPF),
            ([Check(Method.DKIM, Result.PASS, "so.khac.example")], Proof.NONE),
            ([Check(Method.SPF, Result.PASS, "so.khac.example")], Proof.NONE),
            ([Check(Method.DKIM, Result.FAIL, "khac.example")], Proof.NONE),
            ([Check(Method.DKIM, Result.PASS, "")], Proof.NONE),
            ([Check(Method.DMARC, Result.PASS, "khac.example")], Proof.NONE),
            (
                [Check(Method.DKIM, Result.PASS, "so.khac.example"), Check(Method.DMARC, Result.PASS, "khac.example")],
                Proof.ALIGNED_DKIM,
            ),
            (
                [Check(Method.SPF, Result.PASS, "so.khac.example"), Check(Method.DMARC, Result.PASS, "khac.example")],
                Proof.ALIGNED_SPF,
            ),
            (
                [Check(Method.DKIM, Result.PASS, "gian.example"), Check(Method.DMARC, Result.PASS, "khac.example")],
                Proof.NONE,
            ),
            ([Check(Method.ARC, Result.PASS, "khac.example")], Proof.NONE),
        ],
    )
    def test_a_domain_is_proved_but_no_mailbox(self, checks: list[Check], how: Proof) -> None:
        found = prove(raw=header(**{"from": "a@khac.example"}), checks=checks)
        assert (found.mailbox, found.how) == ("", how)
        assert found.domain == ("khac.example" if how is not Proof.NONE else "")


class TestUndecided:
    @staticmethod
    def ask(mail: Envelope, raw: bytes, checks: Sequence[Check]) -> str:
        fields, heading = read_sender(raw, b"\r\n"), read_heading(raw)
        identity = identify(mail, fields, checks, Book(), SETTINGS, heading, NOW)
        return undecided(mail, fields, checks, Book(), SETTINGS, heading, identity)

    def test_a_signature_that_might_have_proved_it(self) -> None:
        waiting = replace(GOOD, result=Result.TEMPERROR)
        assert self.ask(envelope(), header(), [waiting]) == "dns"
        assert self.ask(envelope(), header(), [waiting, GOOD]) == ""

    @pytest.mark.parametrize(
        ("mail", "raw"),
        [
            (envelope(user="ttbinh"), header()),
            (envelope(), header(**{"from": "q4@tphcm.example, a@b.example"})),
            (envelope(), header(**{"from": "a@khac.example"})),
            (envelope(), header("Sender: a@b.example\r\n")),
            (envelope(), header(message_id=None)),
        ],
    )
    def test_one_that_could_not(self, mail: Envelope, raw: bytes) -> None:
        waiting = [replace(GOOD, result=Result.TEMPERROR), Check(Method.DKIM, Result.TEMPERROR, "khac.example")]
        assert self.ask(mail, raw, waiting) == ""

    def test_other_methods_prove_no_mailbox(self) -> None:
        checks = [Check(method, Result.TEMPERROR, "tphcm.example") for method in (Method.SPF, Method.DMARC, Method.ARC)]
        assert self.ask(envelope(), header(), checks) == ""


def test_an_empty_heading_does_no_harm() -> None:
    fields = read_sender(header(), b"\r\n")
    found = identify(envelope(), fields, [GOOD], Book(), SETTINGS, Heading(), NOW)
    assert unproven(found, "dkim-unsigned")


def test_several_authors_prove_nothing_though_nobody_disputes_them() -> None:
    both = SenderFields((Named("", "q4@tphcm.example"), Named("", "a@b.example")))
    for fields, why in ((both, "several-authors"), (SenderFields(), "no-author")):
        found = identify(envelope(user="q4"), fields, [GOOD], Book(), SETTINGS, read_heading(header()), NOW)
        assert unproven(found, why)


def test_an_author_that_the_directory_does_not_know() -> None:
    raw = header(**{"from": "moi@tphcm.example"})
    assert unproven(prove(envelope(user="q4"), raw), "login-other")
    assert prove(envelope(user="moi"), raw).mailbox == "moi@tphcm.example"


PEOPLE = st.sampled_from((UNIT.address, ANH.address, "ai@khac.example"))
FEW = st.lists(PEOPLE.map(lambda address: Named("", address)), max_size=2).map(tuple)


@example(SenderFields(author=(Named("", UNIT.address),), resent=(Named("", ANH.address),)), {}, UNIT.address)
@example(SenderFields(author=(Named("", UNIT.address),), sender=(Named("", ANH.address),)), {}, UNIT.address)
@given(
    st.builds(
        SenderFields,
        author=FEW,
        sender=FEW,
        resent=FEW,
        disputes=st.sampled_from(((), (), ("several-from",))),
    ),
    st.fixed_dictionaries(
        {
            "user": st.sampled_from(("", "", "?", ANH.address)),
            "device_sender": st.sampled_from(("", "", ANH.address)),
            "login_checked": st.booleans(),
            "trusted": st.booleans(),
        }
    ),
    PEOPLE,
)
def test_a_check_that_told_nothing_is_as_none(fields: SenderFields, session: dict[str, Any], path: str) -> None:
    """Without checks most of it is left out."""
    mail, told_nothing = envelope(path, **session), Check(Method.SPF, Result.NONE)
    without, with_it = (
        identify(mail, fields, checks, Book(), SETTINGS, Heading(), NOW) for checks in ((), (told_nothing,))
    )
    assert without == with_it
