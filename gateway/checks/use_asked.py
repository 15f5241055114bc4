"""What tells of mailboxes' use, asked: IMAP as the master user, the last_login table, the LDAP server, Cyrus.

Opens connections and reads; changes nothing anywhere.
"""

from __future__ import annotations

import asyncio
import datetime
import time
from collections.abc import Callable, Mapping
from typing import Final

from gateway.access import Failure
from gateway.checks.connect import Inspection
from gateway.config import Settings
from gateway.directory.entry import Snapshot
from gateway.directory.errors import DirectoryError
from gateway.directory.store import DirectoryStore
from gateway.errors import StartError
from gateway.imap.failures import PollFailed
from gateway.imap.poll import Poller
from gateway.imap.settings import Target
from gateway.pulling import LDAP_NAMES, ldap_of, logins_of, masters_of, times_of
from gateway.sources.last_login import LastLoginFailed, LastLogins
from gateway.sources.lastpop import LastPop
from gateway.sources.told import SKEW, Told
from gateway.using import account_of, asking_of, server_of
from gateway.who import State

_TRIED: Final = 2  # mailboxes; Dovecot makes a third wrong login wait
_HINTS: Final[Mapping[Failure, str]] = {
    Failure.CONNECT: "nobody answers there",
    Failure.TLS: "TLS failed",
    Failure.TIMEOUT: "gives no answer in time",
    Failure.GARBAGE: "answers, and not as an IMAP server does: is it the right port, and imap.tls?",
    Failure.BYE: "ends the session at once: is this machine allowed in, or are there too many connections?",
    Failure.CLOSED: "ends the connection at once: is this machine allowed in, and imap.tls right?",
}


async def inspect(settings: Settings, findings: Inspection) -> None:
    """Ask everything that is configured; what was learnt becomes facts."""
    access = settings.access
    if settings.imap.host is None and access.last_login.url_file is None and not access.ldap:
        return
    snapshot = await asyncio.to_thread(_directory, settings)
    if settings.imap.host is not None:
        await _imap(settings, snapshot, findings)
    address_of = _addresses(snapshot)
    if access.last_login.url_file is not None:
        await asyncio.to_thread(_last_login, settings, address_of, findings)
    if access.ldap:
        await asyncio.to_thread(_ldap, settings, address_of, findings)


def _directory(settings: Settings) -> Snapshot:
    """As it is in the store; an empty one where there is none or it cannot be read, which is told elsewhere."""
    try:
        return DirectoryStore(settings.store.url, settings.gateway.data_dir).snapshot()
    except DirectoryError:
        return Snapshot(0)


def _addresses(snapshot: Snapshot) -> Callable[[str], str]:
    """Our mailboxes by address and alias; where there is no directory every name counts."""
    known = {one.lower(): box.key for box in snapshot.mailboxes for one in (box.address, *box.aliases)}
    return (lambda name: known.get(name.lower(), "")) if known else str.lower


async def _imap(settings: Settings, snapshot: Snapshot, findings: Inspection) -> None:
    """Log in as the master user to the first mailboxes: the one mailbox may be gone, both are not."""
    imap = settings.imap
    assert imap.host is not None
    targets = [Target(one.key) for one in snapshot.mailboxes if one.state is State.ACTIVE][:_TRIED]
    if not targets:
        findings.warn("imap.host", imap.host, "not tried: the directory has no mailbox to log in to yet")
        return
    _fits(settings, len(snapshot.mailboxes), findings)
    try:
        poller = Poller(server_of(settings), account_of(settings), asking_of(settings))
    except (StartError, OSError) as error:
        findings.error("imap", imap.host, str(error))
        return
    failed: list[PollFailed] = []
    for target in targets:
        began = time.monotonic()
        try:
            seen = await poller.poll(target)
        except PollFailed as error:
            failed.append(error)
            if error.kind in _HINTS or error.kind is Failure.MASTER:
                break
            continue
        inbox, quota = seen.folders[0], seen.quota
        said = f"{inbox.messages} messages, {inbox.unseen} unseen, {len(seen.folders) - 1} folders beside the inbox"
        said += f", {quota.used / 2**20:.0f} of {quota.limit / 2**20:.0f} MiB" if quota and quota.limit else ""
        took = (time.monotonic() - began) * 1000
        findings.facts.append(f"imap {imap.host} as {imap.user}, {target.mailbox}: {said}; {took:.0f} ms")
        if settings.access.lastpop:
            await _lastpop(settings, target, findings)
        return
    _refused(settings, targets, failed[-1], findings)


def _refused(settings: Settings, tried: list[Target], error: PollFailed, findings: Inspection) -> None:
    imap = settings.imap
    if error.kind in _HINTS:
        detail = f" ({error.detail})" if error.detail else ""
        findings.error("imap.host", imap.host, _HINTS[error.kind] + detail)
    elif error.kind in (Failure.MASTER, Failure.AUTH):
        who = " and ".join(one.mailbox for one in tried)
        hint = f"the server refuses it for {who}: a wrong password, or no master user there (docs/poller.md)"
        findings.error("imap.user", imap.user, hint)
    else:
        findings.error("imap.host", imap.host, f"a poll of {tried[-1].mailbox} failed: {error}")


def _fits(settings: Settings, mailboxes: int, findings: Inspection) -> None:
    imap = settings.imap
    needed = mailboxes / imap.rate
    if needed > imap.interval:
        hint = f"{mailboxes} mailboxes need {needed / 60:.0f} min at this rate, and imap.interval is shorter"
        findings.error("imap.rate", imap.rate, hint)


async def _lastpop(settings: Settings, target: Target, findings: Inspection) -> None:
    try:
        told = await LastPop(server_of(settings), account_of(settings), asking_of(settings)).read(target)
    except PollFailed as error:
        findings.error("access.lastpop", True, f"{target.mailbox} cannot be asked: {error}")
        return
    said = f"the last POP3 login was on {_day(told.not_after)}" if told else "knows no POP3 login (is it Cyrus?)"
    findings.facts.append(f"lastpop of {target.mailbox}: {said}")


def _last_login(settings: Settings, address_of: Callable[[str], str], findings: Inspection) -> None:
    key, now = "access.last_login", time.time()
    try:
        logins: LastLogins = logins_of(settings, address_of)
        told = logins.read({}, now)
    except (StartError, LastLoginFailed) as error:
        findings.error(f"{key}.url_file", str(settings.access.last_login.url_file), str(error))
        return
    findings.facts.append(f"last_login {settings.access.last_login.table}: {_summary(told)}")
    if not told.evidence and not told.coverage:
        findings.error(f"{key}.table", settings.access.last_login.table, "there is no login of a mailbox of ours in it")
    _doubts(told, f"{key}.table", settings.access.last_login.table, findings)
    if masters_of(settings) and not _visited(told):
        hint = "no row of a master user: does last_login_key have %{auth_user} in it? (docs/access-sources.md)"
        findings.warn(f"{key}.login_column", settings.access.last_login.login_column, hint)


def _visited(told: Told) -> bool:
    """Whether a row is a master user's: it shows in the coverage beside the owner's own."""
    own = {one.mailbox: one.not_before + SKEW for one in told.evidence}
    return any(one.since < one.until or own.get(one.mailbox) != one.until for one in told.coverage)


def _ldap(settings: Settings, address_of: Callable[[str], str], findings: Inspection) -> None:
    map_, now = settings.access.ldap, time.time()
    try:
        told = times_of(settings, address_of).read({}, now)
    except (StartError, DirectoryError) as error:
        findings.error("access.ldap", map_, str(error))
        return
    dates = len(told.passwords)
    findings.facts.append(f"{LDAP_NAMES[map_]} {ldap_of(settings).url}: {_summary(told)}, {dates} dates of passwords")
    if not told.evidence and not dates:
        hint = "no date of a mailbox of ours is to be seen: may ldap.bind_dn read them? (docs/access-sources.md)"
        findings.error("access.ldap", map_, hint)
    _doubts(told, "access.ldap", map_, findings)


def _summary(told: Told) -> str:
    newest = max((one.not_after for one in told.evidence), default=None)
    return f"{len(told.evidence)} mailboxes" + (f", the newest login on {_day(newest)}" if newest else "")


def _doubts(told: Told, key: str, value: str, findings: Inspection) -> None:
    words = {"stranger": "of nobody in the directory", "value": "without a time that can be read"}
    words["clock"] = "from the future: is the server's clock right?"
    for kind, number in told.problems.items():
        findings.warn(key, value, f"{number} records {words.get(kind, kind)}")


def _day(moment: float) -> str:
    return datetime.datetime.fromtimestamp(moment).astimezone().strftime("%Y-%m-%d %H:%M")
