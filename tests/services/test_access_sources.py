"""Dovecot's events and policy against a real Dovecot: every access is found, nothing else is, a lock is told."""

from __future__ import annotations

import asyncio
import imaplib
import itertools
import poplib
import time
from collections.abc import Iterator

import pytest

from gateway.access import Kind, Sign, Source, Strength
from gateway.imap.poll import Poller
from gateway.imap.settings import Account, Server, Target
from gateway.sources.feed import Feeding
from gateway.sources.server import Certificate
from gateway.who import State
from tests.services.test_poller import ACCESSES, OTHERS, Deed, idle, pop_stat, select, sent
from tests.services.test_poller import USERS as THEIRS
from tests.support.dovecot import DovecotImap
from tests.support.sources import TOKEN, Endpoint, marker
from tests.support.tls import Certificates

pytestmark = pytest.mark.service("dovecot-imap")

USERS = [f"nguon{number}@tinh.example" for number in range(200)]
MARKERS = [f"moc{number}@tinh.example" for number in range(100)]
GRAIN = Feeding().grain
_numbers = itertools.count()


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    """Both endpoints, without TLS."""
    with Endpoint() as made:
        yield made


@pytest.fixture(scope="module")
def dovecot(endpoint: Endpoint) -> Iterator[DovecotImap]:
    """A Dovecot that posts to them."""
    made = DovecotImap([*USERS, *MARKERS, *THEIRS])
    made.config.write_text(made.config.read_text() + endpoint.settings())
    with made:
        yield made


def fresh(dovecot: DovecotImap) -> str:
    user = USERS[next(_numbers)]
    dovecot.deliver(user, 2)
    return user


def settle(endpoint: Endpoint, dovecot: DovecotImap) -> None:
    """Everything that Dovecot posted before now has come: a login that is made now has."""
    user = marker()
    select(dovecot, user)

    def come() -> bool:
        return {(one.source, one.sign) for one in endpoint.of(user)} >= {
            (Source.DOVECOT_EVENTS, Sign.LOGIN),
            (Source.DOVECOT_EVENTS, Sign.SELECT),
            (Source.DOVECOT_POLICY, Sign.LOGIN),
        }

    endpoint.wait(come, "a login")


@pytest.mark.parametrize("deed", ACCESSES, ids=lambda deed: deed.__name__)
@pytest.mark.parametrize("claimed", [False, True], ids=["new", "old"])
def test_every_access_is_found(endpoint: Endpoint, dovecot: DovecotImap, deed: Deed, claimed: bool) -> None:
    """Those that polling cannot see, too: a login alone, a look with EXAMINE, SELECT and IDLE with nothing new."""
    user = fresh(dovecot)
    if claimed:
        select(dovecot, user)
        settle(endpoint, dovecot)
        endpoint.kept.clear()
    before = time.time()
    deed(dovecot, user)
    half_hour = time.time() // GRAIN * GRAIN  # one that began meanwhile has a statement of its own
    settle(endpoint, dovecot)
    found = endpoint.of(user)
    assert {one.source for one in found} == {Source.DOVECOT_EVENTS, Source.DOVECOT_POLICY}
    assert {one.sign for one in found} >= {Sign.LOGIN}
    for one in found:
        assert one.strength is Strength.EXACT
        assert one.not_before <= max(before, half_hour)
        assert before <= one.not_after <= time.time()


@pytest.mark.parametrize("deed", OTHERS, ids=lambda deed: deed.__name__)
def test_nothing_else_is(endpoint: Endpoint, dovecot: DovecotImap, deed: Deed) -> None:
    """Deliveries, administrators' work and our own polls are no access."""
    user = fresh(dovecot)
    deed(dovecot, user)
    settle(endpoint, dovecot)
    assert endpoint.of(user) == []


def test_what_is_told_of_an_access(endpoint: Endpoint, dovecot: DovecotImap) -> None:
    user = fresh(dovecot)
    client = imaplib.IMAP4("127.0.0.1", dovecot.port)
    client.xatom("ID", '("name" "Thu \\"Nhanh\\"" "version" "1")')
    client.login(user.upper(), DovecotImap.PASSWORD)
    client.select()
    client.logout()
    settle(endpoint, dovecot)
    assert {(one.source, one.sign, one.kind, one.actor) for one in endpoint.of(user)} == {
        (Source.DOVECOT_EVENTS, Sign.LOGIN, Kind.ACCESS, 'Thu "Nhanh"'),
        (Source.DOVECOT_EVENTS, Sign.SELECT, Kind.ACCESS, 'Thu "Nhanh"'),
        (Source.DOVECOT_POLICY, Sign.LOGIN, Kind.ACCESS, 'Thu "Nhanh"'),
    }


def test_a_phone_and_idle_are_automatic(endpoint: Endpoint, dovecot: DovecotImap) -> None:
    user, waiting = fresh(dovecot), fresh(dovecot)
    client = imaplib.IMAP4("127.0.0.1", dovecot.port)
    client.xatom("ID", '("name" "iPhone Mail")')
    client.login(user, DovecotImap.PASSWORD)
    client.select()
    client.logout()
    idle(dovecot, waiting)
    settle(endpoint, dovecot)
    assert {one.kind for one in endpoint.of(user)} == {Kind.AUTOMATIC}
    assert {one.sign: one.kind for one in endpoint.of(waiting)} == {
        Sign.LOGIN: Kind.ACCESS,
        Sign.SELECT: Kind.ACCESS,
        Sign.IDLE: Kind.AUTOMATIC,
    }


def test_a_wrong_password_is_no_access(endpoint: Endpoint, dovecot: DovecotImap) -> None:
    user = fresh(dovecot)
    client = imaplib.IMAP4("127.0.0.1", dovecot.port)
    with pytest.raises(imaplib.IMAP4.error):
        client.login(user, "sai")
    client.shutdown()
    settle(endpoint, dovecot)
    assert endpoint.of(user) == []


def test_a_master_who_opens_the_inbox_is_no_access(endpoint: Endpoint, dovecot: DovecotImap) -> None:
    """Its SELECT does not say that it is a master's: only its session's login does."""
    user = fresh(dovecot)
    client = imaplib.IMAP4("127.0.0.1", dovecot.port)
    client.login(f"{user}*{DovecotImap.MASTER}", DovecotImap.SECRET)
    client.select()
    client.logout()
    settle(endpoint, dovecot)
    assert endpoint.of(user) == []


def test_polls_carry_the_coverage(endpoint: Endpoint, dovecot: DovecotImap) -> None:
    """From one poll to the next: both came through, so what lies between would have, too."""
    user = fresh(dovecot)
    poller = Poller(Server("127.0.0.1", dovecot.port, "loopback"), Account(DovecotImap.MASTER, DovecotImap.SECRET))
    broken = [watch.broken for watch in endpoint.feed._watches.values()]
    began = time.time()
    asyncio.run(poller.poll(Target(user)))
    settle(endpoint, dovecot)
    assert not [one for one in endpoint.covered if one.mailbox == user]
    between = time.time()
    asyncio.run(poller.poll(Target(user)))
    settle(endpoint, dovecot)
    for source in (Source.DOVECOT_EVENTS, Source.DOVECOT_POLICY):
        (one,) = [one for one in endpoint.covered if (one.mailbox, one.source) == (user, source)]
        assert began <= one.since <= between <= one.until <= time.time()
    assert [watch.broken for watch in endpoint.feed._watches.values()] == broken


class TestLock:
    @pytest.mark.parametrize(
        ("state", "words"), [(State.LOCKED, "dang bi khoa"), (State.RECLAIMED, "da bi thu hoi")], ids=str
    )
    def test_the_owner_hears_why(self, endpoint: Endpoint, dovecot: DovecotImap, state: State, words: str) -> None:
        user = fresh(dovecot)
        endpoint.states[user] = state
        client = imaplib.IMAP4("127.0.0.1", dovecot.port)
        with pytest.raises(imaplib.IMAP4.error, match=words):
            client.login(user, DovecotImap.PASSWORD)
        client.shutdown()
        other = poplib.POP3("127.0.0.1", dovecot.pop)
        other.user(user)
        with pytest.raises(poplib.error_proto, match=words):
            other.pass_(DovecotImap.PASSWORD)
        other.close()
        settle(endpoint, dovecot)
        assert endpoint.of(user) == []  # he did not get in
        del endpoint.states[user]
        pop_stat(dovecot, user)

    def test_a_stranger_does_not(self, endpoint: Endpoint, dovecot: DovecotImap) -> None:
        """Who has no password hears nothing of locks."""
        user = fresh(dovecot)
        endpoint.states[user] = State.LOCKED
        client = imaplib.IMAP4("127.0.0.1", dovecot.port)
        with pytest.raises(imaplib.IMAP4.error, match="Authentication failed"):
            client.login(user, "sai")
        client.shutdown()

    def test_the_poller_still_looks(self, endpoint: Endpoint, dovecot: DovecotImap) -> None:
        user = fresh(dovecot)
        endpoint.states[user] = State.LOCKED
        poller = Poller(Server("127.0.0.1", dovecot.port, "loopback"), Account(DovecotImap.MASTER, DovecotImap.SECRET))
        assert asyncio.run(poller.poll(Target(user))).mailbox == user


def test_without_us_everybody_comes_in() -> None:
    """The policy fails open: nobody listens there."""
    with Endpoint() as endpoint:
        settings = endpoint.settings()
    made = DovecotImap(USERS[:1])
    made.config.write_text(made.config.read_text() + settings)
    with made as dovecot:
        sent(dovecot, USERS[0])


def test_over_tls(tls: Certificates) -> None:
    with Endpoint(certificate=Certificate(tls.chain, tls.key)) as endpoint:
        made = DovecotImap([*USERS[:1], *MARKERS])
        authority = made.folder / "ca.pem"  # where Dovecot's own users may read it
        authority.write_bytes(tls.authority.read_bytes())
        made.config.write_text(made.config.read_text() + endpoint.settings(authority))
        with made as dovecot:
            select(dovecot, USERS[0])
            settle(endpoint, dovecot)
            assert len(endpoint.of(USERS[0])) == 3


def test_no_secret_is_shown(endpoint: Endpoint) -> None:
    assert TOKEN not in repr(endpoint.feed.__dict__)
