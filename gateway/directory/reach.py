"""Which addresses reach a request channel: through aliases, groups and forwards, however many stand between.

Pure, computed once for a snapshot. The mail server expands these behind us, where we do not see it; so it is known
beforehand (Q4 6.1, AG 6: nothing opens the channel by a detour). Circles are no trouble: each address is visited once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gateway.directory.addresses import Readings, domain_key
from gateway.who import Channel, Group, Mailbox


def domain_aliases(groups: Iterable[Group]) -> dict[str, str]:
    """Domains that stand for another one whole: a group "@old.example" with the one member "@new.example"."""
    made: dict[str, str] = {}
    for group in groups:
        if group.address.startswith("@") and len(group.members) == 1 and group.members[0].startswith("@"):
            made[domain_key(group.address[1:])] = domain_key(group.members[0][1:])
    return made


def known_keys(mailboxes: Iterable[Mailbox], groups: Iterable[Group], readings: Readings) -> frozenset[str]:
    """Every address that the mail server knows by itself; mail to others goes to a catch-all where there is one."""
    keys = {readings.exact(address) for mailbox in mailboxes for address in (mailbox.address, *mailbox.aliases)}
    return frozenset(keys | {readings.exact(group.address) for group in groups})


class Reach:
    """The request channels that mail to an address reaches. Immutable. `some`: whether any address reaches one."""

    __slots__ = ("_catching", "_found", "_known", "_locals", "_readings", "some")

    def __init__(
        self,
        channels: Sequence[Channel],
        mailboxes: Sequence[Mailbox],
        groups: Sequence[Group],
        readings: Readings,
        ours: frozenset[str],
    ) -> None:
        self._readings = readings
        self._known = known_keys(mailboxes, groups, readings) if channels else frozenset()
        sources = self._sources(mailboxes, groups) if channels else {}
        found: defaultdict[str, list[Channel]] = defaultdict(list)
        for channel in channels:
            for key in self._closure((channel.address, *channel.also), sources):
                found[key].append(channel)
        self._found: Mapping[str, tuple[Channel, ...]] = {key: tuple(reached) for key, reached in found.items()}
        self.some = bool(found)
        self._catching = any(key.startswith("@") for key in found)
        self._locals = self._without_domain(ours)

    def channels(self, address: str) -> Sequence[Channel]:
        """Those that mail to this address reaches, in the order of the configuration; () for almost every address."""
        if not self.some:
            return ()
        key = self._readings.exact(address)
        if self._readings.is_single(key) and (key in self._known or key in self._found or not self._catching):
            return self._found.get(key, ())
        reached: dict[Channel, None] = {}
        for key in self._targets(address):
            reached.update(dict.fromkeys(self._found.get(key) or self._locals.get(key) or ()))
        return tuple(reached)

    def _targets(self, address: str) -> Iterator[str]:
        """Every key that mail to an address may end at one step on, with the catch-alls that take unknown addresses."""
        for key in self._readings.all(address):
            yield key
            if key not in self._known and self._known.isdisjoint(self._readings.bases(key)):
                yield f"@{key.rpartition('@')[2]}"

    def _without_domain(self, ours: frozenset[str]) -> Mapping[str, tuple[Channel, ...]]:
        """ "q4@" for q4@tphcm.gov.vn: what `Readings.all` makes of q4 and of q4@[192.0.2.1]."""
        made: dict[str, tuple[Channel, ...]] = {}
        for key, reached in self._found.items():
            local, _, domain = key.rpartition("@")
            if local and domain in ours:
                made[f"{local}@"] = tuple(dict.fromkeys((*made.get(f"{local}@", ()), *reached)))
        return made

    def _sources(self, mailboxes: Iterable[Mailbox], groups: Iterable[Group]) -> Mapping[str, list[str]]:
        """For each address those whose mail goes on to it."""
        sources: defaultdict[str, list[str]] = defaultdict(list)
        exact = self._readings.exact
        for mailbox in mailboxes:
            own = exact(mailbox.address)
            for key in map(exact, mailbox.aliases):
                sources[own].append(key)
                sources[key].append(own)  # one inbox: what comes to the mailbox is read beside what comes to the alias
            for forward in mailbox.forwards:
                self._lead(sources, own, forward)
        for group in groups:
            for member in group.members:
                self._lead(sources, exact(group.address), member)
        return sources

    def _lead(self, sources: defaultdict[str, list[str]], source: str, target: str) -> None:
        for key in dict.fromkeys(self._targets(target)):
            sources[key].append(source)

    def _closure(self, start: Iterable[str], sources: Mapping[str, list[str]]) -> set[str]:
        waiting = [self._readings.exact(address) for address in start]
        seen = set(waiting)
        while waiting:
            for source in sources.get(waiting.pop(), ()):
                if source not in seen:
                    seen.add(source)
                    waiting.append(source)
        return seen
