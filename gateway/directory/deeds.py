"""Single changes that the office makes by hand: sparing a mailbox, handing a unit's mailbox over. Pure plans.

Their rules are the regulations': a unit mailbox has a head who answers for it (Q4 12.1), and whoever follows him gets
all of it while nobody keeps a right that the former head gave (Q4 12.2).
"""

from __future__ import annotations

import datetime
from dataclasses import replace

from gateway.directory.entry import Exemption, Snapshot
from gateway.directory.errors import DirectoryError
from gateway.directory.plan import Plan, change, remove
from gateway.who import Kind, Mailbox


def find(current: Snapshot, address: str) -> Mailbox:
    """The mailbox with this address or alias. DirectoryError where there is none."""
    found = current.mailbox(address.strip())
    if found is None:
        raise DirectoryError(f"the directory has no mailbox {address}")
    return found


def exempt(current: Snapshot, address: str, reason: str, until: datetime.date | None) -> Plan:
    """Spare a mailbox, or change why and how long. DirectoryError where there is no such mailbox."""
    mailbox = find(current, address)
    return change(current, Exemption(mailbox.address, " ".join(reason.split()), until))


def unexempt(current: Snapshot, address: str) -> Plan:
    """Take an exemption back; a plan without steps where there is none. DirectoryError: no such mailbox."""
    mailbox = find(current, address)
    return remove(current, Exemption(mailbox.address, ""))


def handover(current: Snapshot, address: str, holder: str, to_mailbox: str = "") -> tuple[Plan, Mailbox, Mailbox]:
    """Give a unit mailbox to a new head: every delegation goes. The plan, and the mailbox before and after.

    `to_mailbox`: the new head's own mailbox, for the notice. DirectoryError where the mailbox is no unit's, the new
    head's is no personal one, or no name is given.
    """
    before = find(current, address)
    if before.kind is not Kind.UNIT:
        raise DirectoryError(f"{before.address} is no unit's mailbox but {before.kind}: only those are handed over")
    if to_mailbox and find(current, to_mailbox).kind is not Kind.PERSONAL:
        raise DirectoryError(f"{to_mailbox} is no personal mailbox")
    name = " ".join(holder.split())
    if not name:
        raise DirectoryError("who is the new head?")
    now = replace(before, holder=name, delegates=())
    return change(current, now), before, now
