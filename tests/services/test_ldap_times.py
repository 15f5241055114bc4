"""Logon times and password dates out of a real OpenLDAP server: in Zimbra's, Active Directory's and its own schema."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.access import Kind, Source, Strength
from gateway.directory.ldap import LdapFailed, LdapServer
from gateway.sources.ldap_times import LdapTimes
from gateway.sources.stamps import DAY, STAMPS
from tests.support.ports import free_port
from tests.support.slapd import BASE, READER, Slapd
from tests.support.tls import Certificates

pytestmark = pytest.mark.service("slapd")

NOW = 1_795_000_000.0  # 2026-11-18 11:06:40 UTC
ZIMBRA = f"""\
dn: uid=an,{BASE}
objectClass: inetOrgPerson
objectClass: zimbraAccount
uid: an
cn: an
sn: an
zimbraMailDeliveryAddress: An@tinh.example
zimbraLastLogonTimestamp: 20261010000000.123Z
zimbraPasswordModifiedTime: 20260801000000Z

dn: uid=binh,{BASE}
objectClass: inetOrgPerson
objectClass: zimbraAccount
uid: binh
cn: binh
sn: binh
zimbraMailDeliveryAddress: binh@tinh.example
zimbraLastLogonTimestamp: 20261118000000Z
zimbraPasswordMustChange: TRUE

dn: uid=chi,{BASE}
objectClass: inetOrgPerson
objectClass: zimbraAccount
uid: chi
cn: chi
sn: chi
zimbraMailDeliveryAddress: chi@tinh.example
zimbraLastLogonTimestamp: hom qua
"""
ACTIVE_DIRECTORY = f"""\
dn: cn=Dung,{BASE}
objectClass: inetOrgPerson
objectClass: user
objectCategory: person
cn: Dung
sn: Dung
mail: dung@tinh.example
lastLogonTimestamp: 134065152000000000
pwdLastSet: 0

dn: cn=Em,{BASE}
objectClass: inetOrgPerson
objectClass: user
objectCategory: person
cn: Em
sn: Em
mail: em@tinh.example
lastLogonTimestamp: 0
pwdLastSet: 134065152000000000
"""
OPENLDAP = f"""\
dn: cn=Giang,{BASE}
objectClass: inetOrgPerson
cn: Giang
sn: Giang
mail: giang@tinh.example
userPassword: mot-mat-khau
"""


@pytest.fixture(scope="module")
def slapd(tmp_path_factory: pytest.TempPathFactory, tls: Certificates) -> Iterator[Slapd]:
    """One with the accounts of all three, and the password policy overlay that dates passwords."""
    made = Slapd(tmp_path_factory.mktemp("slapd"), tls, more="moduleload ppolicy\noverlay ppolicy")
    try:
        made.start()
        made.add("\n".join([ZIMBRA, ACTIVE_DIRECTORY, OPENLDAP]))
        yield made
    finally:
        made.stop()


def times(slapd: Slapd, tls: Certificates, name: str, **changes: float) -> LdapTimes:
    server = LdapServer(slapd.url, BASE, READER, slapd.password, ca=tls.authority)
    return LdapTimes(server, STAMPS[name], str.lower, **changes)


def test_zimbra(slapd: Slapd, tls: Certificates) -> None:
    told = times(slapd, tls, "zimbra").read({}, NOW)
    an, binh = sorted(told.evidence, key=lambda one: one.mailbox)
    logon = 1_791_590_400.123
    assert (an.mailbox, an.kind, an.strength, an.source) == (
        "an@tinh.example",
        Kind.ACCESS,
        Strength.EXACT,
        Source.ZIMBRA,
    )
    assert an.not_before < logon < an.not_after == logon + 7 * DAY + 60 and an.coarse == 7 * DAY
    assert binh.not_after == NOW  # in the last seven days it may have been used without a word
    assert told.problems == {"value": 1}
    newest = 1_794_960_000.0
    assert {(one.mailbox, one.source, one.until) for one in told.coverage} == {
        (f"{name}@tinh.example", Source.ZIMBRA, newest) for name in ("an", "binh", "chi")
    }
    assert {(one.mailbox, one.changed, one.must_change) for one in told.passwords} == {
        ("an@tinh.example", 1_785_542_400.0, False),
        ("binh@tinh.example", None, True),
    }


def test_where_the_office_says_that_it_is_complete(slapd: Slapd, tls: Certificates) -> None:
    told = times(slapd, tls, "zimbra", complete_since=NOW - 400 * DAY).read({}, NOW)
    assert {one.since for one in told.coverage} == {NOW - 400 * DAY}


def test_active_directory(slapd: Slapd, tls: Certificates) -> None:
    told = times(slapd, tls, "active-directory").read({}, NOW)
    (one,) = told.evidence
    assert (one.mailbox, one.source, one.strength) == ("dung@tinh.example", Source.ACTIVE_DIRECTORY, Strength.WEAK)
    assert one.not_before == 1_762_041_600.0 - 60 and one.coarse == 14 * DAY
    assert told.coverage == ()  # the person's logon: its silence says nothing of the mailbox
    assert {(one.mailbox, one.changed, one.must_change) for one in told.passwords} == {
        ("dung@tinh.example", None, True),
        ("em@tinh.example", 1_762_041_600.0, False),
    }


def test_openldap_dates_passwords(slapd: Slapd, tls: Certificates) -> None:
    slapd.modify(f"dn: cn=Giang,{BASE}\nchangetype: modify\nreplace: userPassword\nuserPassword: mat-khau-moi\n")
    told = times(slapd, tls, "openldap").read({}, time.time())
    (one,) = [one for one in told.passwords if one.mailbox == "giang@tinh.example"]
    assert one.changed is not None and abs(time.time() - one.changed) < 300 and not one.must_change
    assert told.evidence == () and told.coverage == ()


def test_a_server_that_is_away(slapd: Slapd, tls: Certificates) -> None:
    away = replace(LdapServer(f"ldap://localhost:{free_port()}", BASE, READER, slapd.password), timeout=60.0)
    with pytest.raises(LdapFailed) as caught:
        LdapTimes(away, STAMPS["zimbra"], str.lower).read({}, NOW)
    assert slapd.password not in str(caught.value)


def test_half_an_answer_is_none(tmp_path: Path, tls: Certificates) -> None:
    """A size limit: accounts that were not read have not lost their logons."""
    made = Slapd(tmp_path / "slapd", tls, limit="2")
    try:
        made.start()
        made.add(ZIMBRA)
        with pytest.raises(LdapFailed):
            times(made, tls, "zimbra").read({}, NOW)
    finally:
        made.stop()
