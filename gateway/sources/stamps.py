"""Which attributes of LDAP servers tell of logons and of passwords, and what they say. Data and pure reading.

Zimbra writes zimbraLastLogonTimestamp at most every 7 days (zimbraLastLogonTimestampFrequency), Active Directory
lastLogonTimestamp at most every 14 (msDS-LogonTimeSyncInterval; [MS-ADA1] 2.351): the last logon may be so much later.
Active Directory's is the person's logon to anything, so it is a hint of the mailbox's use and no more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from gateway.access import Source, Strength
from gateway.directory.ldap_entries import RawEntry
from gateway.sources.dates import filetime, generalized

DAY: Final = 86400.0


@dataclass(frozen=True, slots=True)
class Stamps:
    """Attribute names; "" where the server has none. `read`: their text to seconds since the epoch, None for never.

    `coarse`: seconds by which `logon` may be late. `complete`: whether it sees every way into the mailbox. `must`: an
    attribute that is TRUE where the password is to be changed at the next login.
    """

    address: str
    filter: str
    source: Source | None = None
    logon: str = ""
    coarse: float = 0.0
    strength: Strength = Strength.EXACT
    complete: bool = False
    changed: str = ""
    must: str = ""
    read: Callable[[str], float | None] = generalized

    def wanted(self) -> str:
        """The attributes beside the address, blank-separated."""
        return " ".join(filter(None, (self.logon, self.changed, self.must)))


STAMPS: Final[Mapping[str, Stamps]] = {
    "zimbra": Stamps(
        address="zimbraMailDeliveryAddress",
        filter="(&(objectClass=zimbraAccount)(!(objectClass=zimbraCalendarResource))(!(zimbraIsSystemAccount=TRUE)))",
        source=Source.ZIMBRA,
        logon="zimbraLastLogonTimestamp",
        coarse=7 * DAY,
        complete=True,
        changed="zimbraPasswordModifiedTime",
        must="zimbraPasswordMustChange",
    ),
    "active-directory": Stamps(
        address="mail",
        filter="(&(objectCategory=person)(objectClass=user)(mail=*))",
        source=Source.ACTIVE_DIRECTORY,
        logon="lastLogonTimestamp",
        coarse=14 * DAY,
        strength=Strength.WEAK,
        changed="pwdLastSet",
        read=filetime,
    ),
    "openldap": Stamps(
        address="mail",
        filter="(&(objectClass=inetOrgPerson)(mail=*))",
        changed="pwdChangedTime",  # draft-behera-ldap-password-policy-10 5.3.2
        must="pwdReset",
    ),
}
"""By the name that `ldap.map` has."""


@dataclass(frozen=True, slots=True)
class PasswordDate:
    """When a mailbox's password was changed last, in seconds since the epoch, None where the server does not say.

    `must_change`: the server asks for a new one at the next login: the password is still the one that was issued.
    """

    mailbox: str
    changed: float | None
    must_change: bool


def first(entry: RawEntry, attribute: str) -> str:
    """An attribute's first value as text, "" for none or one that is not ASCII."""
    for value in entry.values.get(attribute.lower(), ())[:1] if attribute else ():
        return value.decode("ascii", "replace").strip()[:100] if value.isascii() else ""
    return ""


def password_of(entry: RawEntry, stamps: Stamps, mailbox: str) -> PasswordDate | None:
    """What an entry says of its password; None where it says nothing. ValueError for a value that is none."""
    said = first(entry, stamps.changed)
    must = first(entry, stamps.must).upper() == "TRUE"
    changed = stamps.read(said) if said else None
    if said and changed is None:  # pwdLastSet 0: to be changed at the next logon ([MS-ADA3] 2.175)
        must = True
    return PasswordDate(mailbox, changed, must) if said or must else None
