"""last_login records that a real Dovecot writes into a SQL table: the owner's logins are told from the poller's."""

from __future__ import annotations

import imaplib
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping

import pytest

from gateway.access import Coverage, Kind, Source, Strength
from gateway.sources.last_login import LastLogins, Table
from gateway.sources.told import Told
from tests.services.test_poller import imap, pop_stat, select
from tests.support.dovecot import DovecotImap

pytestmark = [pytest.mark.service("dovecot-imap"), pytest.mark.service("dovecot-sqlite")]

USERS = ["an@tinh.example", "binh@tinh.example", "chi@tinh.example"]
_OLD = "  last_login_dict = file:{folder}/state/last-login\n  last_login_key = last-login/%{{auth_user}}/%u\n"
_NEW = "  last_login_dict = proxy::lastlogin\n  last_login_key = last-login/%s/%{{auth_user}}/%u\n"
_DICT = """
dict {{
  lastlogin = sqlite:{folder}/last-login.conf
}}
service dict {{
  unix_listener dict {{
    mode = 0666
  }}
}}
"""
_MAP = """\
connect = {folder}/state/last-login.sqlite
map {{
  pattern = shared/last-login/$service/$login/$user
  table = last_logins
  value_field = last_login
  value_type = uint
  fields {{
    service = $service
    auth_user = $login
    username = $user
  }}
}}
"""
_TABLE = """\
CREATE TABLE last_logins (
  username TEXT NOT NULL, auth_user TEXT NOT NULL, service TEXT NOT NULL, last_login BIGINT NOT NULL,
  PRIMARY KEY (username, auth_user, service)
)"""


@pytest.fixture(scope="module")
def dovecot() -> Iterator[DovecotImap]:
    """One that keeps its record in SQLite."""
    made = DovecotImap(USERS)
    where = {"folder": made.folder}
    text = made.config.read_text()
    assert _OLD.format(**where) in text
    made.config.write_text(text.replace(_OLD.format(**where), _NEW.format()) + _DICT.format(**where))
    (made.folder / "last-login.conf").write_text(_MAP.format(**where))
    base = made.folder / "state/last-login.sqlite"
    with sqlite3.connect(base) as connection:
        connection.execute(_TABLE)
    base.chmod(0o666)
    with made:
        yield made


def logins(dovecot: DovecotImap) -> LastLogins:
    url = f"sqlite:///{dovecot.folder}/state/last-login.sqlite"
    return LastLogins(Table(url), frozenset({DovecotImap.MASTER}), str.lower)


def visit(dovecot: DovecotImap, user: str) -> None:
    """The poller logs in."""
    client = imaplib.IMAP4("127.0.0.1", dovecot.port)
    client.login(f"{user}*{DovecotImap.MASTER}", DovecotImap.SECRET)
    client.logout()


def read(dovecot: DovecotImap, covered: Mapping[str, Coverage], done: Callable[[Told], bool]) -> Told:
    """What the table says, once Dovecot has written it: it does so after it has answered."""
    reader = logins(dovecot)
    deadline = time.monotonic() + 60
    while not done(told := reader.read(covered, time.time())):
        assert time.monotonic() < deadline, f"not in time: {told}"
        time.sleep(0.05)
    return told


def test_the_owner_and_the_poller(dovecot: DovecotImap) -> None:
    an, binh, _ = USERS
    began = time.time()
    select(dovecot, an)
    pop_stat(dovecot, an)
    with imap(dovecot, an.upper(), select=False):  # the login is kept as it was typed
        pass
    for user in (an, binh):
        visit(dovecot, user)
    told = read(dovecot, {}, lambda told: {one.mailbox for one in told.coverage} == {an, binh})
    (one,) = told.evidence  # the poller's visit to the other is none
    assert (one.mailbox, one.kind, one.source, one.strength) == (an, Kind.ACCESS, Source.LAST_LOGIN, Strength.EXACT)
    assert one.not_before <= began and began - 1 <= one.not_after <= time.time()
    assert not told.problems


def test_from_visit_to_visit_nobody_came(dovecot: DovecotImap) -> None:
    """A mailbox that has no record of its owner at all: its silence is proved by the poller's record moving on."""
    user = USERS[2]
    visit(dovecot, user)
    first = {one.mailbox: one for one in read(dovecot, {}, lambda told: covers(told, user) > 0).coverage}
    time.sleep(1.1)  # the record has whole seconds
    visit(dovecot, user)
    told = read(dovecot, first, lambda told: covers(told, user) > first[user].until)
    (one,) = [one for one in told.coverage if one.mailbox == user]
    assert one.since == first[user].since == first[user].until < one.until <= time.time()
    assert not [one for one in told.evidence if one.mailbox == user]


def covers(told: Told, user: str) -> float:
    return max((one.until for one in told.coverage if one.mailbox == user), default=0.0)
