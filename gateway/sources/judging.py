"""Whose use a sighting is: a person's, a device's, or a job's that counts as nothing. Pure.

A login looks the same whoever made it, so the office says by which names and networks it knows its programs.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from gateway.access import Kind, Sign, Source, Strength
from gateway.sources.sight import Sighting

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_NOT_A_USE: Final = frozenset({"doveadm", "lmtp", "lda", "indexer-worker", "quota-status"})  # the server's own work
_SENDING: Final = frozenset({"smtp", "submission"})  # a login to send: nobody has read anything


@dataclass(frozen=True, slots=True)
class Judging:
    """`jobs`: networks whose logins are known jobs' (monitoring, backup, migration) and count as nothing. `programs`:
    clients that are jobs, `devices`: clients that synchronise by themselves (phones), both by a part of the name that
    they give in IMAP ID, in lower case; `device_networks`: where such programs log in from (an ActiveSync gateway).
    """

    jobs: tuple[Network, ...] = ()
    programs: tuple[str, ...] = ()
    devices: tuple[str, ...] = ("iphone", "ipad", "android", "samsung", "z-push", "activesync", "mobile")
    device_networks: tuple[Network, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """`kind` None: it shows that the source works, and no use."""

    kind: Kind | None
    strength: Strength = Strength.EXACT


_NOTHING: Final = Judged(None)


@dataclass(frozen=True, slots=True)
class Judge:
    """Applies one `Judging`."""

    judging: Judging = field(default_factory=Judging)

    def judge(self, seen: Sighting) -> Judged:
        """What this sighting is worth. Where nobody knows whose session it is, a job's is possible: medium.

        A login to send on a listener of ours opens no mailbox: strong, for exact would gainsay who saw it closed.
        """
        rules = self.judging
        if seen.master or seen.service in _NOT_A_USE or _named(seen.client, rules.programs):
            return _NOTHING
        if _within(seen.remote, rules.jobs):
            return _NOTHING
        strength = Strength.MEDIUM if seen.master is None else Strength.EXACT
        if seen.source is Source.SUBMISSION:
            return Judged(Kind.AUTOMATIC, Strength.STRONG)
        by_itself = seen.sign is Sign.IDLE or seen.service in _SENDING or _named(seen.client, rules.devices)
        if by_itself or _within(seen.remote, rules.device_networks):
            return Judged(Kind.AUTOMATIC, strength)
        return Judged(Kind.ACCESS, strength)


def _named(client: str, parts: Iterable[str]) -> bool:
    lower = client.lower()
    return bool(lower) and any(part in lower for part in parts)


def _within(remote: str, networks: Iterable[Network]) -> bool:
    if not remote or not networks:
        return False
    try:
        address = ipaddress.ip_address(remote)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address.version == network.version and address in network for network in networks)
