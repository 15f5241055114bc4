"""Reads logon times and password dates of all accounts out of an LDAP server. Blocking: for a thread or a command.

Over gateway.directory.ldap: its TLS, pages, time-outs and limits. A value that cannot be read is counted, and the
others stand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gateway.access import Coverage, Evidence
from gateway.directory.attributes import AttributeMap
from gateway.directory.ldap_entries import RawEntry
from gateway.sources.chain import extend
from gateway.sources.stamps import PasswordDate, Stamps, first, password_of
from gateway.sources.told import FUTURE, Told, last_login

if TYPE_CHECKING:
    from gateway.directory.ldap import LdapServer


@dataclass(frozen=True, slots=True)
class LdapTold(Told):
    """What one reading brought. `passwords`: of accounts that tell of them."""

    passwords: tuple[PasswordDate, ...] = field(default=())


class LdapTimes:
    """`server`: the directory's own (its map's filter is not used); `filter` "" for the stamps' own.

    `address_of`: the mailbox's address in lower case for what stands in the entry, "" for none of ours. `longest`:
    seconds between two logons of anybody that still show the server at work. `complete_since`: the office says that it
    wrote every logon since then.
    """

    def __init__(
        self,
        server: LdapServer,
        stamps: Stamps,
        address_of: Callable[[str], str],
        *,
        longest: float | None = None,
        complete_since: float | None = None,
    ) -> None:
        wanted = AttributeMap(stamps.filter, address=stamps.address, holder="", group="", note=stamps.wanted())
        self._server = replace(
            server, map=wanted, filter=server.filter or stamps.filter, group_filter="-", unit_filter=""
        )
        self._stamps, self._address_of = stamps, address_of
        self._longest = stamps.coarse + 7 * 86400.0 if longest is None else longest
        self._since = complete_since

    def read(self, covered: Mapping[str, Coverage], now: float) -> LdapTold:
        """Everything that the server says now. `covered`: the newest coverage of each mailbox that is kept.

        gateway.directory.ldap.LdapFailed: nothing was read.
        """
        from gateway.directory.ldap import read_all  # there since the server was named, with its library

        return self.understand(read_all(self._server).mailboxes, covered, now)

    def understand(self, entries: Iterable[RawEntry], covered: Mapping[str, Coverage], now: float) -> LdapTold:
        """What these entries say. Never raises for what they say."""
        problems: Counter[str] = Counter()
        logons: dict[str, float | None] = {}
        passwords: list[PasswordDate] = []
        for entry in entries:
            mailbox = self._address_of(first(entry, self._stamps.address))
            if not mailbox:
                problems["stranger"] += 1
                continue
            at = self._logon(entry, problems)
            logons[mailbox] = max(filter(None, (at, logons.get(mailbox))), default=None)
            try:
                if (dated := password_of(entry, self._stamps, mailbox)) is not None:
                    passwords.append(dated)
            except (ValueError, OverflowError):
                problems["value"] += 1
        evidence = self._evidence(logons, now, problems)
        return LdapTold(evidence, self._coverage(logons, covered, now), dict(problems), tuple(passwords))

    def _logon(self, entry: RawEntry, problems: Counter[str]) -> float | None:
        said = first(entry, self._stamps.logon)
        try:
            return self._stamps.read(said) if said else None
        except (ValueError, OverflowError):
            problems["value"] += 1
            return None

    def _evidence(self, logons: Mapping[str, float | None], now: float, problems: Counter[str]) -> tuple[Evidence, ...]:
        stamps = self._stamps
        if stamps.source is None:
            return ()
        made = []
        for mailbox, at in logons.items():
            if at is not None:
                problems["clock"] += at > now + FUTURE
                made.append(last_login(mailbox, stamps.source, at, now, strength=stamps.strength, coarse=stamps.coarse))
        if not problems["clock"]:
            del problems["clock"]
        return tuple(made)

    def _coverage(
        self, logons: Mapping[str, float | None], covered: Mapping[str, Coverage], now: float
    ) -> tuple[Coverage, ...]:
        """From the own logon, or the first look, to the newest logon of anybody: then the server still wrote."""
        source = self._stamps.source
        known: Sequence[float] = [at for at in logons.values() if at is not None and at <= now + FUTURE]
        if source is None or not self._stamps.complete or not known:
            return ()
        newest = min(max(known), now)
        made = []
        for mailbox, at in logons.items():
            signs = [newest] if at is None or at > newest else [at, newest]
            one = extend(mailbox, source, covered.get(mailbox), signs, self._longest, self._since)
            if one is not None:
                made.append(one)
        return tuple(made)
