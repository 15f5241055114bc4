"""Whose use it is, and whose session."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network

import pytest

from gateway.access import Kind, Sign, Source, Strength
from gateway.sources.judging import Judge, Judged, Judging
from gateway.sources.sessions import Sessions
from gateway.sources.sight import Sighting

SEEN = Sighting("an", Source.DOVECOT_EVENTS, Sign.LOGIN, 90.0, 100.0, session="s", master="", service="imap")
JUDGE = Judge(
    Judging(
        jobs=(ip_network("10.9.0.0/16"), ip_network("2001:db8::/32")),
        programs=("imapsync",),
        device_networks=(ip_network("10.8.0.0/16"),),
    )
)
ACCESS, AUTOMATIC, NOTHING = Judged(Kind.ACCESS), Judged(Kind.AUTOMATIC), Judged(None)


@pytest.mark.parametrize(
    ("changes", "judged"),
    [
        ({}, ACCESS),
        ({"service": "pop3"}, ACCESS),
        ({"sign": Sign.SELECT}, ACCESS),
        ({"master": None, "sign": Sign.SELECT}, Judged(Kind.ACCESS, Strength.MEDIUM)),
        ({"master": None, "sign": Sign.IDLE}, Judged(Kind.AUTOMATIC, Strength.MEDIUM)),
        ({"sign": Sign.IDLE}, AUTOMATIC),
        ({"client": "iPhone Mail"}, AUTOMATIC),
        ({"client": "Z-Push"}, AUTOMATIC),
        ({"service": "smtp"}, AUTOMATIC),
        ({"remote": "10.8.1.1"}, AUTOMATIC),
        ({"remote": "::ffff:10.8.1.1"}, AUTOMATIC),
        ({"remote": "10.7.1.1"}, ACCESS),
        ({"remote": "nowhere"}, ACCESS),
        ({"remote": "10.9.0.1"}, NOTHING),
        ({"remote": "2001:db8::7"}, NOTHING),
        ({"client": "imapsync 2.2"}, NOTHING),
        ({"master": "poller"}, NOTHING),
        ({"service": "doveadm"}, NOTHING),
    ],
)
def test_judging(changes: dict[str, object], judged: Judged) -> None:
    assert JUDGE.judge(replace(SEEN, **changes)) == judged  # type: ignore[arg-type]


class TestSessions:
    command = replace(SEEN, sign=Sign.SELECT, master=None, client="")

    def test_a_command_is_its_sessions(self) -> None:
        sessions = Sessions()
        sessions.take(replace(SEEN, master="poller", client="x"))
        assert sessions.take(self.command) == replace(self.command, master="poller", client="x")

    def test_a_command_that_overtook_its_login(self) -> None:
        sessions = Sessions(wait=10.0)
        assert sessions.take(self.command) is None
        assert list(sessions.ripe(105.0)) == []
        sessions.take(replace(SEEN, master="poller"))
        assert list(sessions.ripe(105.0)) == [replace(self.command, master="poller")]
        assert list(sessions.ripe(200.0)) == []

    def test_a_login_that_never_came(self) -> None:
        sessions = Sessions(wait=10.0)
        sessions.take(self.command)
        assert list(sessions.ripe(110.0)) == [self.command]

    def test_at_the_end_nothing_waits(self) -> None:
        sessions = Sessions()
        sessions.take(self.command)
        assert list(sessions.ripe(100.0, all_of_them=True)) == [self.command]

    def test_the_clock_going_back_makes_nothing_wait(self) -> None:
        sessions = Sessions()
        sessions.take(self.command)
        assert list(sessions.ripe(50.0)) == [self.command]

    def test_another_users_session_of_that_name_is_another(self) -> None:
        sessions = Sessions()
        sessions.take(replace(SEEN, user="binh", master="poller"))
        assert sessions.take(self.command) is None

    def test_it_is_bounded(self) -> None:
        sessions = Sessions(most=10)
        for number in range(100):
            sessions.take(replace(SEEN, session=f"s{number}"))
        assert sessions.take(replace(self.command, session="s5")) is None
        assert sessions.take(replace(self.command, session="s99")) is not None
        waited = sum(sessions.take(replace(self.command, session=f"w{number}")) is None for number in range(20_000))
        assert waited < 10_001
