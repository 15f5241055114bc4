"""Q4 6.1, 6.2, AG 4.2, 6: a request about mailboxes comes from a unit's registered mailbox, proved, or not at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.contents import Inspection, RequestSigns, Unchecked, Why, Words
from gateway.model import Action, Direction, Mode, Stage, Verdict
from gateway.rules.request_channel import TAG, RequestChannel, request_in
from gateway.who import NO_DIRECTORY, NOBODY, Check, Method, Named, Proof, Result, Sender, SenderFields
from tests.unit.rules.make import AG, Q4
from tests.unit.rules.office import (
    ALIAS,
    ASKS,
    LOCKED_UNIT,
    ORDINARY,
    PERSON,
    PUBLIC,
    SERVICE,
    STRICT,
    UNIT,
    asked,
    only,
    written_by,
)

RULE = RequestChannel()
REPORT = {"content-type": b'multipart/report; report-type=delivery-status; boundary="b"'}


def judged(path: str = UNIT, *recipients: str, **given: Any) -> Verdict:
    return asked(RULE, path, *(recipients or (STRICT,)), **given)


def refused(verdict: Verdict) -> list[str]:
    """The flaws of a message that is refused for good."""
    assert verdict.reply is not None
    assert (verdict.action, verdict.reply.code, verdict.reply.enhanced) == (Action.REJECT, 550, "5.7.1")
    return list(only(verdict).evidence["flaws"])


class TestWhoMay:
    """A request passes from a unit's mailbox, however it was proved, and is said to be one."""

    @pytest.mark.parametrize("how", [Proof.LOGIN, Proof.NETWORK, Proof.DKIM])
    @pytest.mark.parametrize("channel", [PUBLIC, STRICT])
    def test_a_proved_unit_passes(self, how: Proof, channel: str) -> None:
        verdict = judged(UNIT, channel, who=written_by(UNIT, how=how), signs=ASKS)
        finding = only(verdict)
        assert (verdict.action, finding.action, finding.mode) == (Action.ACCEPT, Action.ACCEPT, Mode.OBSERVE)
        assert finding.tag == (TAG, f"proved; mailbox={UNIT}; how={how.value}; request=yes; kinds=create,change")
        assert request_in(finding) == {
            "channel": channel,
            "mailbox": UNIT,
            "unit": "SXD",
            "how": how.value,
            "score": 0.93,
            "kinds": ["create", "change"],
            "reason": True,
            "lists": 1,
            "rows": 12,
            "signs": ["subject-create"],
            "read": True,
        }

    @pytest.mark.parametrize("path", [UNIT, ALIAS, "SoXD@Tinh.Example"])
    @pytest.mark.parametrize("author", [UNIT, ALIAS, "SOXD@tinh.example"])
    def test_its_aliases_and_any_case_are_it(self, path: str, author: str) -> None:
        who = written_by(author, proved=UNIT, sender=(ALIAS,), reply_to=(UNIT, ALIAS), resent=(UNIT,))
        assert request_in(only(judged(path, who=who))) is not None

    def test_what_a_unit_writes_besides_is_no_request(self) -> None:
        finding = only(judged(UNIT, PUBLIC, signs=ORDINARY))
        assert request_in(finding) is None
        assert finding.tag == (TAG, f"proved; mailbox={UNIT}; how=login; request=no")

    def test_an_exclusive_channel_takes_requests_only_so_all_are(self) -> None:
        assert request_in(only(judged(UNIT, STRICT, signs=ORDINARY))) is not None

    @pytest.mark.parametrize(
        "trouble", [Inspection(words_failed="bug"), Inspection(unchecked=(Unchecked("2", ("ds.xlsx",), Why.TIME),))]
    )
    def test_a_unit_whose_texts_nobody_could_read_may_have_asked(self, trouble: Inspection) -> None:
        found = request_in(only(judged(UNIT, PUBLIC, inspection=trouble)))
        assert found is not None
        assert found["read"] is False

    def test_no_other_rule_says_so(self) -> None:
        finding = replace(only(judged(UNIT, STRICT)), rule="own-domain")
        assert request_in(finding) is None
        assert request_in(replace(finding, rule=RULE.name, evidence={"request": "x"})) is None

    def test_other_recipients_are_none_of_its_business(self) -> None:
        assert judged("ai@gmail.com", PERSON, who=NOBODY, signs=ASKS).findings == ()

    def test_without_a_directory_there_is_no_channel(self) -> None:
        assert judged("ai@gmail.com", PUBLIC, signs=ASKS, directory=NO_DIRECTORY).findings == ()


class TestAnswersOfPrograms:
    """What a unit's program sends by itself asks for nothing: it may quote a stranger."""

    @pytest.mark.parametrize("channel", [PUBLIC, STRICT])
    @pytest.mark.parametrize(
        "headers",
        [
            {"content-type": b'multipart/report; report-type=disposition-notification; boundary="b"'},
            {"auto-submitted": b"auto-replied (vacation)"},
            {"auto-submitted": b" Auto-Notified; owner-email=a@b"},
            {"precedence": b"auto_reply"},
            {"x-autoreply": b"yes"},
        ],
    )
    def test_they_pass_and_are_no_requests(self, channel: str, headers: dict[str, bytes]) -> None:
        verdict = judged(UNIT, channel, who=written_by(UNIT), signs=ASKS, fields=headers)
        finding = only(verdict)
        assert verdict.action is Action.ACCEPT
        assert finding.tag == (TAG, f"proved; mailbox={UNIT}; how=login; request=no; automatic=yes")
        assert request_in(finding) is None

    @pytest.mark.parametrize(
        "headers",
        [
            {"auto-submitted": b"no"},
            {"auto-submitted": b"auto-generated"},
            {"precedence": b"bulk"},
            {"content-type": b"multipart/mixed; boundary=report"},
        ],
    )
    def test_what_a_unit_makes_with_a_program_is_one(self, headers: dict[str, bytes]) -> None:
        verdict = judged(UNIT, STRICT, who=written_by(UNIT), signs=ASKS, fields=headers)
        assert request_in(only(verdict)) is not None


class TestWhoMayNot:
    """Each way in which a message is not a unit's, by itself."""

    @pytest.mark.parametrize("channel", [PUBLIC, STRICT])
    @pytest.mark.parametrize(
        ("path", "who", "flaw"),
        [
            (UNIT, written_by(UNIT, proved=""), "unproved"),
            (UNIT, written_by(UNIT, how=Proof.DEVICE), "unproved"),
            (UNIT, written_by(UNIT, how=Proof.ALIGNED_DKIM), "unproved"),
            (UNIT, written_by(UNIT, how=Proof.ALIGNED_SPF), "unproved"),
            (UNIT, written_by(UNIT, proved=PERSON), "unproved"),
            (UNIT, written_by(UNIT, proved=PUBLIC), "unproved"),
            ("ai@gmail.com", written_by("ai@gmail.com"), "foreign-provider"),
            (PERSON, written_by(PERSON), "personal-mailbox"),
            (SERVICE, written_by(SERVICE), "service-mailbox"),
            (LOCKED_UNIT, written_by(LOCKED_UNIT), "locked-mailbox"),
            ("la@tinh.example", written_by("la@tinh.example"), "not-registered"),
            ("vt@so.gov.example", written_by("vt@so.gov.example"), "not-registered"),
            ("soxd+x@tinh.example", written_by("soxd+x@tinh.example", proved=UNIT), "not-registered"),
            ("", written_by(UNIT), "null-reverse-path"),
            ("SRS0=ab=cd=tinh.example=soxd@relay.example", written_by(UNIT), "rewritten-reverse-path"),
            ("prvs=1234abcdef=soxd@tinh.example", written_by(UNIT), "rewritten-reverse-path"),
            ("soxd+vpub=tinh.example@tinh.example", written_by(UNIT), "rewritten-reverse-path"),
            (PERSON, written_by(UNIT), "other-reverse-path"),
            ("soxd+x@tinh.example", written_by(UNIT), "other-reverse-path"),
            ("ai@gmail.com", written_by(UNIT), "other-reverse-path"),
            (UNIT, written_by(UNIT, sender=(PERSON,)), "other-sender"),
            (UNIT, written_by(UNIT, reply_to=("ai@gmail.com",)), "other-reply-to"),
            (UNIT, written_by(UNIT, reply_to=(UNIT, "ai@gmail.com")), "other-reply-to"),
            (UNIT, written_by(UNIT, reply_to=("",)), "other-reply-to"),
            (UNIT, written_by(UNIT, resent=(PERSON,)), "resent-by-another"),
            (UNIT, written_by(UNIT, mentions=(UNIT, "ai@gmail.com")), "shows-another-address"),
            (UNIT, written_by(UNIT, disputes=("address-in-name",)), "disputed-header"),
            (UNIT, written_by(UNIT, author=(UNIT, ALIAS)), "several-authors"),
            (UNIT, Sender(written_by(UNIT).identity, SenderFields()), "no-author"),
            (UNIT, NOBODY, "no-author"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_it_is_refused(self, path: str, who: Sender, flaw: str, channel: str) -> None:
        verdict = judged(path, channel, who=who, signs=ASKS)
        assert flaw in refused(verdict)
        assert request_in(only(verdict)) is None

    def test_an_exclusive_channel_refuses_what_is_no_request_too(self) -> None:
        assert refused(judged("dan@gmail.com", STRICT, who=written_by("dan@gmail.com"), signs=ORDINARY))

    def test_a_group_with_an_exclusive_channel_in_it_is_one(self) -> None:
        assert refused(judged("dan@gmail.com", "tatca@tinh.example", who=written_by("dan@gmail.com")))

    @pytest.mark.parametrize("channel", ["VPUB@tinh.example", "vpub+x@tinh.example", '"vpub"@tinh.example'])
    def test_however_the_channel_is_spelled(self, channel: str) -> None:
        assert refused(judged("dan@gmail.com", channel, who=written_by("dan@gmail.com"), signs=ASKS))

    def test_of_two_channels_the_exclusive_one_decides(self) -> None:
        verdict = judged("dan@gmail.com", PUBLIC, STRICT, who=written_by("dan@gmail.com"), signs=ORDINARY)
        assert refused(verdict)
        assert only(verdict).evidence["channel"] == [PUBLIC, STRICT]

    def test_one_channel_among_other_recipients_is_enough(self) -> None:
        recipients = (PERSON, PUBLIC, "x@khac.example")
        verdict = judged("dan@gmail.com", *recipients, who=written_by("dan@gmail.com"), signs=ASKS)
        assert refused(verdict)

    def test_dkim_and_dmarc_of_a_domain_are_no_proof_of_a_mailbox(self) -> None:
        checks = tuple(Check(method, Result.PASS, "tinh.example") for method in Method)
        who = Sender(written_by(UNIT, proved="").identity, written_by(UNIT).fields, checks)
        assert refused(judged(UNIT, PUBLIC, who=who, signs=ASKS)) == ["unproved"]

    def test_the_evidence_says_what_was_seen(self) -> None:
        who = written_by(UNIT, proved="", reply_to=("ai@gmail.com",), disputes=("several-from",))
        evidence = only(judged("x@gmail.com", PUBLIC, who=who, signs=ASKS, user="nvanh")).evidence
        assert evidence["channel"] == [PUBLIC]
        assert evidence["reverse_path"] == "x@gmail.com"
        assert (evidence["login"], evidence["from"], evidence["reply_to"]) == ("nvanh", [UNIT], ["ai@gmail.com"])
        assert evidence["disputes"] == ["several-from"]
        assert evidence["flaws"] == ["disputed-header", "other-reverse-path", "other-reply-to", "unproved"]
        assert (evidence["signs"]["score"], evidence["signs"]["rows"]) == (0.93, 12)


class TestPublicMailbox:
    """A channel that is the office's public mailbox takes everything but requests that nobody proved."""

    def test_ordinary_mail_passes_with_a_tag(self) -> None:
        verdict = judged("dan@gmail.com", PUBLIC, who=written_by("dan@gmail.com", proved=""), signs=ORDINARY)
        finding = only(verdict)
        assert (verdict.action, finding.mode, request_in(finding)) == (Action.ACCEPT, Mode.OBSERVE, None)
        assert finding.tag == (TAG, "unproven; why=foreign-provider,unproved")

    @pytest.mark.parametrize(("score", "action"), [(0.49, Action.ACCEPT), (0.5, Action.REJECT)])
    def test_the_threshold(self, score: float, action: Action) -> None:
        assert judged("dan@gmail.com", PUBLIC, who=NOBODY, signs=RequestSigns(score)).action is action

    def test_the_threshold_is_a_setting(self) -> None:
        verdict = judged("d@gmail.com", PUBLIC, who=NOBODY, signs=RequestSigns(0.6), configured={"score": 0.7})
        assert verdict.action is Action.ACCEPT

    @pytest.mark.parametrize(
        "trouble", [Inspection(words_failed="bug"), Inspection(unchecked=(Unchecked("2", ("ds.xlsx",), Why.BUSY),))]
    )
    def test_what_could_not_be_read_comes_again(self, trouble: Inspection) -> None:
        verdict = judged("dan@gmail.com", PUBLIC, who=NOBODY, inspection=trouble)
        assert verdict.reply is not None
        assert (verdict.action, verdict.reply.code) == (Action.TEMPFAIL, 451)
        assert only(verdict).evidence["undecided"]

    def test_what_nobody_will_ever_read_does_not(self) -> None:
        locked = Inspection(unchecked=(Unchecked("2", ("ds.zip",), Why.ENCRYPTED),))
        assert judged("dan@gmail.com", PUBLIC, who=NOBODY, inspection=locked).action is Action.ACCEPT

    def test_observed_it_refuses_nobody_and_tags(self) -> None:
        finding = only(judged("dan@gmail.com", PUBLIC, who=NOBODY, signs=ASKS, configured="observe"))
        assert (finding.mode, finding.action) == (Mode.OBSERVE, Action.REJECT)
        assert finding.tag is not None
        assert finding.tag[1].startswith("unproven")


class TestBounces:
    """Reports about the office's own mail come back to its public mailbox, whatever they quote."""

    def bounce(self, author: str = "MAILER-DAEMON@mx.khac.example", path: str = "", **given: Any) -> Verdict:
        given = {"fields": REPORT, "who": written_by(author, proved=""), "signs": ASKS, **given}
        return judged(path, given.pop("channel", PUBLIC), **given)

    @pytest.mark.parametrize(
        "author",
        [
            "mailer-daemon@googlemail.com",
            "postmaster@x.example",
            "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@x.example",
        ],
    )
    def test_a_report_passes_with_a_tag(self, author: str) -> None:
        finding = only(self.bounce(author))
        assert finding.mode is Mode.OBSERVE
        assert finding.tag is not None
        assert finding.tag[1].endswith("; bounce=yes")

    @pytest.mark.parametrize("value", [b"auto-replied", b"auto-generated (failure)", b"AUTO-REPLIED; owner-email=x"])
    def test_automatic_mail_of_a_mail_system_too(self, value: bytes) -> None:
        finding = only(self.bounce(fields={"auto-submitted": value}, signs=RequestSigns(0.1)))
        assert finding.tag is not None
        assert finding.tag[1].endswith("; bounce=yes")
        # Where the words ask for a mailbox, the mark alone would be an easy way round.
        assert self.bounce(fields={"auto-submitted": value}).action is Action.REJECT

    @pytest.mark.parametrize(
        "given",
        [
            {"channel": STRICT},
            {"path": "bounces@x.example"},
            {"author": UNIT},
            {"author": "dan@gmail.com"},
            {"author": "vanthu@khac.example"},
            {"author": "postmaster@tinh.example"},
            {"fields": {}},
            {"fields": {"auto-submitted": b"no"}},
            {"fields": {"auto-submitted": b" No (never)"}},
            {"fields": {"content-type": b"multipart/mixed; report-type=delivery-status"}},
            {"fields": {"content-type": b"multipart/report; boundary=b"}},
            {"who": written_by("mailer-daemon@x.example", proved="", reply_to=("soxd@x.example",))},
            {"who": written_by("mailer-daemon@x.example", proved="", reply_to=("soxd@x.example",), mentions=())},
            {"who": written_by("mailer-daemon@x.example", proved="", sender=("soxd@x.example",), mentions=())},
            {"who": written_by("mailer-daemon@x.example", proved="", mentions=(UNIT,))},
            {"who": written_by("mailer-daemon@x.example", proved="", disputes=("several-from",))},
        ],
        ids=str,
    )
    def test_what_only_looks_like_one_is_refused(self, given: dict[str, Any]) -> None:
        assert refused(self.bounce(**given))

    def test_our_own_mail_system_may_speak_in_our_name(self) -> None:
        assert self.bounce("postmaster@tinh.example", trusted=True).action is Action.ACCEPT


class TestAtRcpt:
    """What the envelope shows already is said before the message is sent."""

    @pytest.mark.parametrize(
        ("path", "flaw"),
        [
            ("", "null-reverse-path"),
            ("dan@gmail.com", "foreign-provider"),
            ("dan@YAHOO.com.vn", "foreign-provider"),
            (PERSON, "personal-mailbox"),
            (SERVICE, "service-mailbox"),
            (LOCKED_UNIT, "locked-mailbox"),
            ("la@tinh.example", "not-registered"),
            ("vt@so.gov.example", "not-registered"),
            ("SRS0=x=y=tinh.example=soxd@relay.example", "rewritten-reverse-path"),
            ("prvs=1234abcdef=soxd@tinh.example", "rewritten-reverse-path"),
            ("list-bounces+yeucau=tinh.example@lists.example", "rewritten-reverse-path"),
        ],
    )
    def test_an_exclusive_channel(self, path: str, flaw: str) -> None:
        assert refused(judged(path, STRICT, stage=Stage.RCPT)) == [flaw]

    @pytest.mark.parametrize("path", [UNIT, ALIAS, "SOXD@tinh.example"])
    def test_a_unit_may_go_on(self, path: str) -> None:
        assert judged(path, STRICT, stage=Stage.RCPT).findings == ()

    @pytest.mark.parametrize("path", ["", "dan@gmail.com", PERSON])
    def test_a_public_one_waits_for_the_message(self, path: str) -> None:
        assert judged(path, PUBLIC, stage=Stage.RCPT).findings == ()

    def test_only_the_recipient_in_question_counts(self) -> None:
        assert judged("dan@gmail.com", PERSON, STRICT, stage=Stage.RCPT).findings == ()


class TestNotNow:
    """Where the proof could not be looked for the sender's server comes again; nothing else waits for it."""

    @pytest.mark.parametrize("channel", [PUBLIC, STRICT])
    def test_a_proof_that_is_missing_for_now(self, channel: str) -> None:
        verdict = judged(UNIT, channel, who=written_by(UNIT, proved="", failed="dns"), signs=ASKS)
        assert verdict.reply is not None
        assert (verdict.action, verdict.reply.code, verdict.reply.enhanced) == (Action.TEMPFAIL, 451, "4.7.1")
        assert only(verdict).evidence["undecided"] == "dns"

    def test_a_header_that_nobody_could_read(self) -> None:
        assert judged(UNIT, STRICT, who=Sender(failed="bug")).action is Action.TEMPFAIL

    @pytest.mark.parametrize(
        "who",
        [
            written_by("dan@gmail.com", proved="", failed="dns"),
            written_by(UNIT, proved="", failed="dns", reply_to=("dan@gmail.com",)),
            written_by(UNIT, proved="", failed="dns", disputes=("several-from",)),
            Sender(fields=SenderFields(disputes=("no-from",)), failed="dns"),
        ],
    )
    def test_what_no_proof_could_mend_is_refused_now(self, who: Sender) -> None:
        assert refused(judged(UNIT, STRICT, who=who))

    def test_ordinary_mail_does_not_wait(self) -> None:
        verdict = judged(UNIT, PUBLIC, who=written_by(UNIT, proved="", failed="dns"), signs=ORDINARY)
        assert verdict.action is Action.ACCEPT


class TestReplies:
    """Each says why, by which clause, and how to do it right; to strangers nothing of the directory."""

    def text(self, **given: Any) -> str:
        verdict = judged(given.pop("path", UNIT), given.pop("channel", PUBLIC), signs=ASKS, **given)
        assert verdict.reply is not None
        assert all(len(line) <= 512 for line in verdict.reply.encoded.split(b"\r\n"))
        return verdict.reply.text

    def test_from_a_provider(self) -> None:
        text = self.text(path="a@yahoo.com", who=written_by("a@yahoo.com", proved=""), regulation=Q4)
        assert text == (
            "Thu nay la yeu cau ve hop thu (cap moi): khong nhan tu hop thu cua nha cung cap ben ngoai (Yahoo, "
            "Gmail...) (Q4 6.2). Hay dang nhap hop thu don vi da dang ky va gui toi vpub@tinh.example, neu ro ly do, "
            "dinh kem danh sach. This reads as a request about mailboxes (create): it is not taken from another "
            "provider's mailbox (Yahoo, Gmail...) (Q4 6.2). Log in to your unit's registered mailbox and send to "
            "vpub@tinh.example, with the reason and the list attached."
        )

    def test_an_official_is_told_which_unit(self) -> None:
        text = self.text(path=PERSON, who=written_by(PERSON), smtputf8=True)
        assert (
            'không nhận từ hộp thư cá nhân hay dịch vụ, phải gửi từ hộp thư của đơn vị "Sở Xây dựng" (AG 4.2)' in text
        )

    def test_at_rcpt_too_where_the_official_is_logged_in(self) -> None:
        for user, told in (("nvanh", True), ("", False), ("khong-co", False)):
            reply = judged(PERSON, STRICT, stage=Stage.RCPT, user=user).reply
            assert reply is not None
            assert ('phai gui tu hop thu cua don vi "So Xay dung"' in reply.text) is told

    def test_whoever_proved_nothing_is_not(self) -> None:
        text = self.text(path=PERSON, who=written_by(PERSON, proved=""))
        assert "Xay dung" not in text
        assert text.replace(PERSON, "") == self.text(
            path="la@tinh.example", who=written_by("la@tinh.example", proved=""), regulation=AG
        ).replace("(AG 6)", "(AG 4.2)")

    @pytest.mark.parametrize(
        ("who", "says", "in_english"),
        [
            (written_by(UNIT, reply_to=("ai@gmail.com",)), "Reply-To (tra loi ve) la hop thu khac", "Reply-To is"),
            (written_by(UNIT, sender=("ai@gmail.com",)), "Sender la hop thu khac", "Sender is another"),
            (written_by(UNIT, disputes=("comment",)), "From, Sender hoac Reply-To viet khong", "in several ways"),
            (written_by(UNIT, author=(UNIT, PERSON)), "From co nhieu dia chi", "From has several"),
            (Sender(fields=SenderFields(disputes=("no-from",))), "thieu From", "there is no From"),
        ],
    )
    def test_a_header_that_disagrees_by_its_field(self, who: Sender, says: str, in_english: str) -> None:
        text = self.text(who=who)
        assert says in text
        assert in_english in text

    def test_an_envelope_that_disagrees(self) -> None:
        assert "dia chi gui (MAIL FROM) la hop thu khac" in self.text(path=PERSON, who=written_by(UNIT))

    def test_a_stranger_learns_no_unit_from_it(self) -> None:
        """Nobody logged in and nothing proved: as for an address that the directory does not know."""
        known, unknown = (
            self.text(path=one, who=written_by(one, proved="", reply_to=("ai@gmail.com",)), regulation=AG)
            for one in (UNIT, "la@tinh.example")
        )
        assert known == unknown
        assert "Reply-To" in self.text(who=written_by(UNIT, proved="", reply_to=("ai@gmail.com",)), user="nvanh")

    def test_a_locked_unit_that_is_logged_in(self) -> None:
        assert "bi khoa" in self.text(path=LOCKED_UNIT, who=written_by(LOCKED_UNIT))
        assert "bi khoa" not in self.text(path=LOCKED_UNIT, who=written_by(LOCKED_UNIT, proved=""))

    def test_an_exclusive_channel_says_that_it_is_one(self) -> None:
        assert "chi nhan yeu cau ve hop thu" in self.text(channel=STRICT, who=NOBODY)

    @pytest.mark.parametrize(
        ("regulation", "path", "clauses"),
        [
            (AG, "a@gmail.com", ("AG 4.2",)),
            (Q4, "a@gmail.com", ("Q4 6.2",)),
            (AG, "a@khac.example", ("AG 6",)),
            (Q4, "a@khac.example", ("Q4 6.1",)),
        ],
    )
    def test_the_clause_is_the_one_that_says_it(self, regulation: str, path: str, clauses: tuple[str, ...]) -> None:
        verdict = judged(path, who=written_by(path, proved=""), regulation=regulation)
        assert only(verdict).clauses == clauses
        assert verdict.reply is not None
        assert f"({clauses[0]})" in verdict.reply.lines[0]
        assert f"({clauses[0]})" in verdict.reply.lines[1]

    @pytest.mark.parametrize("utf8", [False, True])
    @pytest.mark.parametrize("kind", ["create", "change", "remove", "reissue", "unlock", "unknown"])
    @pytest.mark.parametrize("path", [UNIT, PERSON, "a@gmail.com", "a@khac.example"])
    def test_nothing_is_cut_off(self, utf8: bool, kind: str, path: str) -> None:
        for who in (written_by(path), written_by(path, proved=""), written_by(path, sender=("x@y.example",))):
            verdict = judged(path, PUBLIC, who=who, signs=RequestSigns(1, (kind,)), smtputf8=utf8)
            if verdict.reply is not None:
                assert all(line.endswith(".") for line in verdict.reply.lines)


class TestHostileInput:
    """Whatever stands in a message: a finding or none, bounded, and nobody but a proved unit opens the channel."""

    def test_evidence_is_bounded(self) -> None:
        many = tuple(Named("n" * 9000, f"{'a' * 9000}{i}@x.example") for i in range(1000))
        who = Sender(
            fields=SenderFields(many, many, many, many, ("d" * 50,) * 1000, tuple(one.address for one in many))
        )
        finding = only(judged("b" * 9000 + "@gmail.com", PUBLIC, who=who, signs=ASKS))
        assert len(str(finding.evidence)) < 8000
        assert len(str(finding.tag)) < 500

    texts = st.text(max_size=40)
    addresses = st.one_of(
        texts, st.sampled_from([UNIT, ALIAS, PERSON, LOCKED_UNIT, "ai@gmail.com", "", "soxd@tinh.example\r\nX: y"])
    )
    named = st.lists(st.builds(Named, texts, addresses), max_size=3).map(tuple)
    senders = st.builds(
        SenderFields,
        named,
        named,
        named,
        named,
        st.lists(texts, max_size=2).map(tuple),
        st.lists(addresses, max_size=2).map(tuple),
    )

    @settings(deadline=None)  # each example compiles a policy
    @given(
        fields=senders,
        path=addresses,
        proved=addresses,
        how=st.sampled_from(Proof),
        failed=st.sampled_from(["", "dns"]),
    )
    def test_only_a_proved_unit_opens_the_channel(
        self, fields: SenderFields, path: str, proved: str, how: Proof, failed: str
    ) -> None:
        who = Sender(written_by(UNIT, proved=proved, how=how).identity, fields, failed=failed)
        verdict = judged(path, STRICT, who=who, signs=ASKS)
        if verdict.action is Action.ACCEPT:
            theirs = {UNIT, ALIAS}
            shown = [one.address for one in (*fields.author, *fields.sender, *fields.reply_to, *fields.resent)]
            assert {one.lower() for one in (*shown, *fields.mentions, path, proved)} <= theirs
            assert len(fields.author) == 1
            assert not fields.disputes
            assert how in (Proof.LOGIN, Proof.NETWORK, Proof.DKIM)
            assert request_in(only(verdict)) is not None
        assert "crash" not in only(verdict).evidence

    @settings(deadline=None)  # each example compiles a policy
    @given(path=addresses, score=st.floats(0, 1), direction=st.sampled_from(Direction))
    def test_it_never_crashes(self, path: str, score: float, direction: Direction) -> None:
        words = Inspection(words=Words(request=RequestSigns(score, ("x" * 50,) * 9, signs=("s" * 90,) * 99)))
        for stage in (Stage.RCPT, Stage.MESSAGE):
            verdict = judged(path, PUBLIC, stage=stage, direction=direction, inspection=words, who=written_by(path))
            assert all("crash" not in finding.evidence for finding in verdict.findings)
