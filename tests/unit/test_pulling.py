"""Settings of the sources that are asked, as readers; and Cyrus asked mailbox by mailbox."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.access import Evidence, Failure, Kind, Sign, Source, Strength
from gateway.errors import StartError
from gateway.imap.failures import PollFailed
from gateway.imap.settings import Target
from gateway.pulling import ask_each, judge_of, longest, masters_of, readers_of
from gateway.sources.lastpop import LastPop
from gateway.sources.sight import Sighting
from tests.unit.rules.make import settings

AN = "an@tinh.example"


def secret(folder: Path, text: str, name: str = "secret") -> str:
    path = folder / name
    path.write_text(text)
    return str(path)


def names(**tables: Any) -> list[str]:
    return [one.name for one in readers_of(settings(**tables), str.lower, tuple)]


def test_nothing_is_read_unasked() -> None:
    assert names() == []


def test_all_of_them(tmp_path: Path) -> None:
    polls = {"host": "127.0.0.1:143", "tls": "loopback", "user": "poller", "password_file": secret(tmp_path, "mk")}
    ldap = {"url": "ldaps://ldap.tinh.example", "base": "dc=tinh", "password_file": secret(tmp_path, "mk", "l")}
    url = secret(tmp_path, "sqlite:////khong/co\n", "u")
    for name, source in (("zimbra", "zimbra-ldap"), ("active-directory", "ad-ldap"), ("openldap", "openldap")):
        access = {"last_login": {"url_file": url}, "ldap": name, "lastpop": True}
        assert names(imap=polls, ldap=ldap, access=access) == ["last-login", source, "cyrus-lastpop"]


LDAP = {"url": "ldap://a", "base": "b"}
IMAP = {"host": "a:1", "user": "b", "password_file": "F"}


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        ({"access": {"last_login": {"url_file": "/khong/co"}}}, "access.last_login.url_file: cannot read"),
        ({"access": {"last_login": {"url_file": "F"}}}, "access.last_login: the last_login URL cannot be read"),
        ({"access": {"last_login": {"url_file": "U", "table": "a b"}}}, "access.last_login: not a name"),
        ({"access": {"ldap": "zimbra"}}, "access.ldap: needs ldap.url"),
        ({"access": {"ldap": "zimbra"}, "ldap": {**LDAP, "attributes": {"x": "y"}}}, "ldap.attributes"),
        ({"access": {"lastpop": True}}, "imap.host: not set"),
        ({"access": {"lastpop": True}, "imap": {**IMAP, "tls_ca": "/khong/co"}}, "imap.tls_ca: cannot read"),
    ],
)
def test_what_cannot_be_set_up(tmp_path: Path, tables: dict[str, Any], says: str) -> None:
    files = {"F": secret(tmp_path, "mat-khau"), "U": secret(tmp_path, "sqlite:////a", "u")}
    for table in (tables["access"].get("last_login", {}), tables.get("imap", {})):
        table |= {key: files[value] for key, value in table.items() if value in files}
    with pytest.raises(StartError) as error:
        names(**tables)
    assert str(error.value).startswith(says)
    assert "mat-khau" not in str(error.value)


def test_who_is_a_master_and_what_hangs_together() -> None:
    made = settings(imap={"user": "Poller", "interval": "12h"}, access={"masters": ["Giam-Sat"]})
    assert masters_of(made) == {"poller", "giam-sat"}
    assert longest(made) == 2.5 * 12 * 3600
    assert longest(settings(imap={"interval": "1h"})) == 15 * 3600


def test_whose_login_it_is() -> None:
    judge = judge_of(settings(access={"programs": ["NaGiOs"], "jobs": ["192.0.2.0/24"], "devices": ["Dien-Thoai"]}))

    def kind(**seen: str) -> Kind | None:
        return judge.judge(Sighting(AN, Source.DOVECOT_EVENTS, Sign.LOGIN, 1.0, 1.0, master="", **seen)).kind

    assert kind(client="check nagios") is kind(remote="192.0.2.9") is None
    assert kind(client="dien-thoai X") is Kind.AUTOMATIC
    assert kind(client="iPhone") is Kind.ACCESS  # the list that is set takes the place of the one as delivered


class Cyrus(LastPop):
    """Answers as it is told, without a server."""

    def __init__(self, *answers: PollFailed | float | None) -> None:
        self.answers, self.asked = list(answers), 0

    async def read(self, target: Target) -> Evidence | None:
        answer = self.answers[self.asked]
        self.asked += 1
        if isinstance(answer, PollFailed):
            raise answer
        if answer is None:
            return None
        strength = Strength.EXACT
        return Evidence(target.mailbox, Kind.ACCESS, strength, answer, answer, Source.LASTPOP, Sign.LAST_LOGIN)


REFUSED = PollFailed(Failure.AUTH)
TARGETS = [Target(f"u{number}@tinh.example") for number in range(4)]


async def test_one_mailbox_after_the_other() -> None:
    cyrus = Cyrus(5.0, None, PollFailed(Failure.VANISHED), REFUSED)
    told = await ask_each(cyrus, TARGETS, 0.0)
    assert ([one.mailbox for one in told.evidence], told.coverage) == (["u0@tinh.example"], ())
    assert told.problems == {"value": 2}


@pytest.mark.parametrize("failure", [Failure.MASTER, Failure.CONNECT, Failure.TLS])
async def test_it_ends_where_nothing_more_may_be_asked(failure: Failure) -> None:
    cyrus = Cyrus(5.0, PollFailed(failure))
    with pytest.raises(PollFailed):
        await ask_each(cyrus, TARGETS, 0.0)
    assert cyrus.asked == 2


async def test_three_refusals_in_a_row_are_our_own_account() -> None:
    cyrus = Cyrus(REFUSED, REFUSED, REFUSED)
    with pytest.raises(PollFailed):
        await ask_each(cyrus, TARGETS, 0.0)
    good = Cyrus(REFUSED, REFUSED, None, REFUSED)
    assert (await ask_each(good, TARGETS, 0.0)).problems == {"value": 3}
    own = Cyrus(*[PollFailed(Failure.AUTH, own=True)] * 4)
    assert (await ask_each(own, TARGETS, 0.0)).problems == {"value": 4}
