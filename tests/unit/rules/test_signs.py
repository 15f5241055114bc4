"""Rules that are not asked would have found nothing: with signs and without them every verdict is the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.contents import (
    NOTHING,
    ContainedFile,
    Inspection,
    LegacyText,
    SecretMarking,
    Source,
    Spam,
    Threat,
    Unchecked,
    UnmarkedText,
    Why,
    Words,
)
from gateway.directory.entry import Snapshot
from gateway.directory.index import Directory
from gateway.model import Action, Attachment, Defect, Direction, Envelope, Stage, Verdict
from gateway.rates import NO_BLOCKS, NO_RATES, Block, Blocks, Exceeded, Limit, Measure, Rates, Scope, Standing
from gateway.rules.compiled import Known
from gateway.rules.listed import ListedRule
from gateway.rules.policy import ListenerPolicy, Policy
from gateway.rules.signs import ALWAYS
from gateway.rules.table import RULES
from gateway.who import NO_DIRECTORY, Check, Kind, Lookup, Mailbox, Method, Result, Sender
from tests.unit.rules import office
from tests.unit.rules.make import FakeMessage, envelope
from tests.unit.rules.make import settings as configured


class AlwaysAsked:
    """A rule as it is, but that it is asked whatever is to see."""

    signs = ALWAYS

    def __init__(self, rule: ListedRule) -> None:
        self._rule = rule

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rule, name)


class Some:
    """One mailbox is stopped."""

    def __init__(self, who: str, standing: Standing) -> None:
        self._block = Block(who, standing, 0.0)

    def __len__(self) -> int:
        return 1

    def find(self, address: str) -> Block | None:
        return self._block if address.lower() == self._block.who else None


OBSERVED = {"auto-forward": "enforce", "own-server": "enforce", "request-content": "enforce"}
TABLES: dict[str, Any] = {
    "clamd": {"address": "127.0.0.1:3310"},
    "rspamd": {"url": "http://127.0.0.1:11333"},
    "passwords": {"watch": True},
    "rules": OBSERVED,
}


def policies(direction: Direction, known: Known) -> tuple[ListenerPolicy, ListenerPolicy]:
    """With signs, and without."""
    made = configured(direction.value, **TABLES)
    every: Sequence[Any] = [AlwaysAsked(rule) for rule in RULES]
    both = (Policy(made, known=known), Policy(made, rules=every, known=known))
    return both[0].for_listener(direction.value), both[1].for_listener(direction.value)


KNOWN = {direction: Known() for direction in Direction}
BOTH = {direction: policies(direction, KNOWN[direction]) for direction in Direction}

ADDRESSES = (
    *("", "ai@khac.example", "x@gmail.com", "moi@tinh.example", "a@con.tinh.example"),
    "SRS0=a=b=gmail.com=x@tinh.example",
    *(office.UNIT, office.PERSON, office.LOCKED, office.RECLAIMED, office.FORWARDED, office.PUBLIC, office.STRICT),
    *("tatca@tinh.example", "postmaster", "NVANH+x@TINH.example"),
)  # fmt: skip
ADDRESS = st.sampled_from(ADDRESSES)
SESSION = st.fixed_dictionaries(
    {
        "trusted": st.booleans(),
        "user": st.sampled_from(("", "", office.PERSON, "nvanh", "?", "ai@khac.example")),
        "device_sender": st.sampled_from(("", "", office.SERVICE)),
        "login_checked": st.booleans(),
        "stranger": st.booleans(),
        "client_name": st.sampled_from(("", "mx.tinh.example", "mx.khac.example")),
    }
)
WHO = st.builds(
    lambda author, name, proved, checks, disputes: Sender(
        (made := office.written_by(author, name=name, proved=proved, disputes=disputes)).identity, made.fields, checks
    ),
    ADDRESS,
    st.sampled_from(("", "Nguyễn Văn Anh", "Ai đó")),
    st.sampled_from(("", office.UNIT, office.PERSON)),
    st.sampled_from(((), (Check(Method.DKIM, Result.TEMPERROR),), (Check(Method.SPF, Result.FAIL),))),
    st.sampled_from(((), ("several-from",))),
)
LEGACY = LegacyText(Source.BODY, "1", (), "", "tcvn3", 90, 0.99)
MARKED = SecretMarking(Source.BODY, "1", (), "line 1", "mật", "stamp")
UNMARKED = UnmarkedText(Source.BODY, "1", (), "", 100, 100)
SEEN = st.sampled_from(
    (
        *(NOTHING, NOTHING, Inspection(), Inspection(malware="ClamAV"), Inspection(threats=(Threat("EICAR"),))),
        *(Inspection(malware_failed="down"), Inspection(spam_failed="down"), Inspection(words_failed="bug")),
        Inspection(spam=Spam(20.0, 15.0, "reject")),
        Inspection(spam=Spam(7.0, 15.0, "add header")),
        Inspection(files=(ContainedFile("2", ("a.exe",), "application/x-dosexec", 9),)),
        Inspection(unchecked=(Unchecked("2", ("a.zip",), Why.ENCRYPTED),)),
        Inspection(words=Words((LEGACY,), (MARKED,), (UNMARKED,))),
        Inspection(words=Words(request=office.ASKS)),
    )
)
MESSAGE = st.builds(
    FakeMessage,
    attachments=st.sampled_from(
        ((), (), (Attachment("a.exe", "", "application/x-dosexec", 0, ""),), (Attachment("a", "", "", 2**30, ""),))
    ),
    disputes=st.sampled_from(((), (), (Defect("message-partial"),))),
    fields=st.sampled_from(({}, {"delivered-to": b"nvanh@tinh.example"}, {"list-id": b"<x>"})),
)
RATES = st.sampled_from(
    (
        NO_RATES,
        Rates(),
        Rates(failed=True),
        Rates((Exceeded(Scope.CLIENT, "x", Limit(Measure.MESSAGES, 60, 1), 1, 9.0),)),
    )
)
BLOCKS: st.SearchStrategy[Blocks] = st.sampled_from(
    (NO_BLOCKS, Some(office.PERSON, Standing.LOCKED), Some("ai@khac.example", Standing.SUSPECT))
)
SMALL: Lookup = Directory.build(Snapshot(1, mailboxes=(Mailbox(office.PERSON, Kind.PERSONAL),)))
DIRECTORIES = st.sampled_from((NO_DIRECTORY, office.DIRECTORY, office.DIRECTORY, SMALL))


@settings(max_examples=250, deadline=None)
@given(st.data())
def test_whoever_is_not_asked_had_nothing_to_say(data: st.DataObject) -> None:
    direction, stage = data.draw(st.sampled_from(Direction)), data.draw(st.sampled_from(Stage))
    known, both = KNOWN[direction], BOTH[direction]
    known.directory, known.blocks = data.draw(DIRECTORIES), data.draw(BLOCKS)
    recipients = data.draw(st.lists(ADDRESS.filter(bool), min_size=1, max_size=2))
    session, path = data.draw(SESSION), data.draw(ADDRESS)
    given_: dict[str, Any] = {"rates": data.draw(RATES)}
    if stage is Stage.MESSAGE:
        given_ |= {"message": data.draw(MESSAGE), "inspection": data.draw(SEEN), "who": data.draw(WHO)}

    def verdict(policy: ListenerPolicy) -> Verdict:
        mail = envelope(path, *recipients, direction=direction, **session)
        more = dict(given_)
        if stage is Stage.RCPT:
            more["recipient"] = mail.recipients.pop(0)
        return policy.check(stage, mail, **more)

    quick, slow = map(verdict, both)
    assert quick == slow


INBOUND, OUTBOUND, SUBMISSION = Direction.INBOUND, Direction.OUTBOUND, Direction.SUBMISSION
OURS = {"trusted": True}
OFFICIAL = office.written_by("nva@gmail.com", name="Nguyễn Văn Anh")
EXCEEDED = Rates((Exceeded(Scope.CLIENT, "x", Limit(Measure.MESSAGES, 60, 1), 1, 9.0),))
# For each rule something that it finds, with as little else to see as can be: direction, stage, reverse-path,
# recipient, session, directory, and what else is known.
FOUND: dict[str, tuple[Direction, Stage, str, str, dict[str, Any], Lookup, dict[str, Any]]] = {
    "own-domain": (INBOUND, Stage.MAIL, "moi@tinh.example", "a@x.example", {}, NO_DIRECTORY, {}),
    "own-address": (SUBMISSION, Stage.MAIL, "ai@khac.example", "a@x.example", {"user": "an"}, NO_DIRECTORY, {}),
    "mailbox-state": (INBOUND, Stage.MAIL, office.LOCKED, "a@x.example", OURS, office.DIRECTORY, {}),
    "blocked-sender": (OUTBOUND, Stage.MAIL, office.PERSON, "a@x.example", OURS, NO_DIRECTORY, {}),
    "request-channel": (INBOUND, Stage.MESSAGE, "ai@khac.example", office.PUBLIC, OURS, office.DIRECTORY, {}),
    "request-content": (INBOUND, Stage.MESSAGE, "ai@khac.example", office.STRICT, OURS, office.DIRECTORY, {}),
    "private-mailbox": (INBOUND, Stage.MESSAGE, "", "moi@tinh.example", OURS, office.DIRECTORY, {"who": OFFICIAL}),
    "auto-forward": (OUTBOUND, Stage.MESSAGE, "ai@khac.example", "x@gmail.com", OURS, NO_DIRECTORY, {}),
    "own-server": (INBOUND, Stage.MESSAGE, "a@con.tinh.example", "moi@tinh.example", {}, NO_DIRECTORY, {}),
}
CONTENT: dict[str, tuple[Direction, dict[str, Any]]] = {
    "outbound-throttle": (OUTBOUND, {"rates": EXCEEDED}),
    "malware": (INBOUND, {"inspection": Inspection(threats=(Threat("EICAR"),))}),
    "spam": (INBOUND, {"inspection": Inspection(spam=Spam(20.0, 15.0, "reject"))}),
    "vietnamese-charset": (INBOUND, {"inspection": Inspection(words=Words((LEGACY,)))}),
    "secret-marking": (INBOUND, {"inspection": Inspection(words=Words((), (MARKED,)))}),
    "vietnamese-diacritics": (SUBMISSION, {"inspection": Inspection(words=Words((), (), (UNMARKED,)))}),
    "dangerous-type": (INBOUND, {"message": FakeMessage((Attachment("a.exe", "", "application/x-dosexec", 0, ""),))}),
    "attachment-cap": (INBOUND, {"message": FakeMessage((Attachment("a.txt", "", "text/plain", 2**30, ""),))}),
    "unscannable": (INBOUND, {"message": FakeMessage(disputes=(Defect("message-partial"),))}),
}
for _name, (_direction, _more) in CONTENT.items():
    FOUND[_name] = (_direction, Stage.MESSAGE, "moi@tinh.example", "moi@tinh.example", OURS, NO_DIRECTORY, _more)


@pytest.mark.parametrize("name", FOUND)
def test_a_rule_is_asked_for_the_one_thing_that_it_finds(name: str) -> None:
    direction, stage, path, recipient, session, directory, more = FOUND[name]
    known = KNOWN[direction]
    known.directory = directory
    known.blocks = Some(office.PERSON, Standing.LOCKED) if name == "blocked-sender" else NO_BLOCKS
    given_ = {"message": FakeMessage(), **more} if stage is Stage.MESSAGE else more
    verdicts = [
        policy.check(stage, envelope(path, recipient, direction=direction, **session), **given_)
        for policy in BOTH[direction]
    ]
    assert name in [finding.rule for finding in verdicts[0].findings]
    assert verdicts[0] == verdicts[1]


def test_a_login_whose_mailbox_is_locked() -> None:
    KNOWN[SUBMISSION].directory, KNOWN[SUBMISSION].blocks = office.DIRECTORY, NO_BLOCKS
    mail = envelope(office.PERSON, "moi@tinh.example", direction=SUBMISSION, user=office.LOCKED)
    assert "mailbox-state" in [finding.rule for finding in BOTH[SUBMISSION][0].check(Stage.MAIL, mail).findings]


def test_no_rule_was_forgotten() -> None:
    assert set(FOUND) == {rule.name for rule in RULES} - {"password-policy"}


def test_every_rule_of_a_message_is_named_though_none_was_asked() -> None:
    KNOWN[Direction.INBOUND].directory, KNOWN[Direction.INBOUND].blocks = NO_DIRECTORY, NO_BLOCKS
    quick, slow = BOTH[Direction.INBOUND]
    mail = envelope("ai@khac.example", "an@tinh.example", trusted=True)
    verdict = quick.check(Stage.MESSAGE, mail, message=FakeMessage())
    assert verdict.checked == slow.check(Stage.MESSAGE, mail, message=FakeMessage()).checked
    assert "attachment-cap" in verdict.checked
    assert quick.check(Stage.MESSAGE, mail, message=FakeMessage()) is verdict, "nothing is made for it"


class Broken:
    """A directory with a bug."""

    version, size = 1, 1

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


@pytest.mark.parametrize("stage", [Stage.MAIL, Stage.RCPT, Stage.MESSAGE])
def test_what_breaks_the_signs_is_answered_by_the_rules(stage: Stage) -> None:
    known = Known(Broken())
    quick, slow = policies(Direction.INBOUND, known)

    def verdict(policy: ListenerPolicy) -> Verdict:
        mail: Envelope = envelope("ai@khac.example", "an@tinh.example")
        more: dict[str, Any] = {"recipient": mail.recipients.pop()} if stage is Stage.RCPT else {}
        return policy.check(stage, mail, "angiang-50-2009", message=FakeMessage(), **more)

    assert [finding.rule for finding in verdict(quick).findings] == [one.rule for one in verdict(slow).findings]
    assert verdict(quick).action is Action.TEMPFAIL
