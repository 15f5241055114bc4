"""Settings of the sources that are asked, as readers: Dovecot's last_login, an LDAP server's dates, Cyrus' lastpop.

Between the configuration and `gateway.sources`; keeps nothing and decides nothing. Secrets are read when asked for.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Final

from gateway.access import Coverage, Evidence, Failure, Source
from gateway.config import Settings
from gateway.directory.attributes import MAPS
from gateway.directory.errors import DirectoryError
from gateway.errors import StartError
from gateway.imap.failures import PollFailed
from gateway.imap.settings import Target
from gateway.lifecycle.days import start_of
from gateway.sources.judging import Judge, Judging
from gateway.sources.last_login import LastLoginFailed, LastLogins, Table
from gateway.sources.lastpop import LastPop
from gateway.sources.ldap_times import LdapTimes
from gateway.sources.rounds import Reader, apart
from gateway.sources.stamps import STAMPS
from gateway.sources.told import Told
from gateway.using import account_of, asking_of, secret, server_of

if TYPE_CHECKING:
    from gateway.config_identity import Ldap
    from gateway.directory.ldap import LdapServer

AddressOf = Callable[[str], str]
"""A login's mailbox, by its address in lower case; "" for none of ours."""
LDAP_NAMES: Final = {"zimbra": "zimbra-ldap", "active-directory": "ad-ldap", "openldap": "openldap"}
_LONGEST: Final = 15 * 3600.0  # seconds between two visits that hang together, with the interval as delivered
_VISITS: Final = 2.5  # the same in intervals: one poll may fail
_REFUSED: Final = 3  # logins refused in a row that mean our own account


def longest(settings: Settings) -> float:
    """Seconds between two visits of the poller that still hang together."""
    return max(_LONGEST, _VISITS * settings.imap.interval)


def masters_of(settings: Settings) -> frozenset[str]:
    """Master users' logins, in lower case: theirs are no use."""
    return frozenset(one.lower() for one in (settings.imap.user, *settings.access.masters) if one)


def judge_of(settings: Settings) -> Judge:
    """Whose use a login is."""
    access = settings.access
    return Judge(
        Judging(
            jobs=access.jobs,
            programs=tuple(one.lower() for one in access.programs),
            devices=tuple(one.lower() for one in access.devices),
            device_networks=access.device_networks,
        )
    )


def logins_of(settings: Settings, address_of: AddressOf) -> LastLogins:
    """The last_login table. StartError: its URL cannot be read, or is none."""
    given = settings.access.last_login
    url = secret(given.url_file, "access.last_login.url_file")
    names = (given.table, given.user_column, given.login_column, given.time_column, given.precision)
    since = start_of(given.complete_since) if given.complete_since is not None else None
    try:
        return LastLogins(
            Table(url, *names), masters_of(settings), address_of, longest=longest(settings), complete_since=since
        )
    except ValueError as error:  # its text has no URL in it
        raise StartError(f"access.last_login: {error}") from None


def ldap_of(settings: Settings) -> LdapServer:
    """The directory's LDAP server. StartError: it is not configured, or a file or a name is wrong."""
    if not settings.ldap.url or not settings.ldap.base:
        raise StartError("access.ldap: needs ldap.url and ldap.base (docs/ldap.md)")
    return ldap_server(settings.ldap)


def ldap_server(ldap: Ldap) -> LdapServer:
    """The server of [ldap]; the password is read now. StartError: a file or a name is wrong."""
    from gateway.directory.ldap import LdapServer  # and its library: only where there is such a server

    try:
        map_ = MAPS[ldap.map].but(ldap.attributes)
    except ValueError as error:
        raise StartError(f"ldap.attributes: {error}") from None
    password = secret(ldap.password_file, "ldap.password_file") if ldap.password_file is not None else ""
    return LdapServer(
        ldap.url,
        ldap.base,
        ldap.bind_dn,
        password,
        starttls=ldap.starttls,
        ca=ldap.ca,
        timeout=ldap.timeout,
        map=map_,
        filter=ldap.filter,
        group_filter=ldap.group_filter,
        unit_filter=ldap.unit_filter,
        page=ldap.page,
    )


def times_of(settings: Settings, address_of: AddressOf) -> LdapTimes:
    """The LDAP server's dates. StartError."""
    return LdapTimes(ldap_of(settings), STAMPS[settings.access.ldap], address_of)


def readers_of(
    settings: Settings, address_of: AddressOf, targets: Callable[[], Iterable[Target]]
) -> tuple[Reader, ...]:
    """All that are configured. `targets`: the mailboxes to ask Cyrus about; blocking. StartError."""
    access = settings.access
    made = []
    if access.last_login.url_file is not None:
        made.append(_logins(logins_of(settings, address_of)))
    if access.ldap:
        made.append(_times(LDAP_NAMES[access.ldap], STAMPS[access.ldap].source, times_of(settings, address_of)))
    if access.lastpop:
        try:
            pop = LastPop(server_of(settings), account_of(settings), asking_of(settings))
        except OSError as error:
            raise StartError(f"imap.tls_ca: cannot read {settings.imap.tls_ca}: {error.strerror or 'no PEM'}") from None
        made.append(_pops(pop, targets, settings.imap.rate))
    return tuple(made)


def _logins(logins: LastLogins) -> Reader:
    async def read(covered: Mapping[str, Coverage], now: float) -> Told:
        return await apart(lambda: logins.read(covered, now))

    return Reader(Source.LAST_LOGIN.value, Source.LAST_LOGIN, read, (LastLoginFailed,))


def _times(name: str, source: Source | None, times: LdapTimes) -> Reader:
    from gateway.directory.ldap import LdapFailed

    async def read(covered: Mapping[str, Coverage], now: float) -> Told:
        return await apart(lambda: times.read(covered, now))

    return Reader(name, source, read, (LdapFailed,))


def _pops(pop: LastPop, targets: Callable[[], Iterable[Target]], rate: float) -> Reader:
    async def read(_: Mapping[str, Coverage], __: float) -> Told:
        return await ask_each(pop, await asyncio.to_thread(lambda: list(targets())), 1.0 / rate)

    async def of(mailboxes: Collection[str]) -> Told:
        return await ask_each(pop, map(Target, mailboxes), 1.0 / rate)

    return Reader(Source.LASTPOP.value, None, read, (PollFailed, DirectoryError), of)


async def ask_each(pop: LastPop, targets: Iterable[Target], pause: float) -> Told:
    """One mailbox after the other, `pause` seconds apart. A mailbox's own trouble is counted (`value`).

    PollFailed: our account was refused, or the server is not to be had; nothing more is asked then.
    """
    loop = asyncio.get_running_loop()
    found: list[Evidence] = []
    problems, refused, next_ = 0, 0, -math.inf
    for target in targets:
        await asyncio.sleep(max(next_ - loop.time(), 0.0))
        next_ = loop.time() + pause
        try:
            told = await pop.read(target)
        except PollFailed as error:
            refused += error.kind is Failure.AUTH and not error.own
            if error.kind in _ENDS or refused >= _REFUSED:
                raise
            problems += 1
        else:
            refused = 0
            found += [told] if told is not None else []
    return Told(tuple(found), (), {"value": problems} if problems else {})


_ENDS: Final = frozenset({Failure.MASTER, Failure.CONNECT, Failure.TLS})
