"""The directory as rules ask it: one snapshot in memory, made once, never changed (`gateway.who.Lookup`).

Pure: it knows neither the store nor the loop. A lookup costs about a microsecond; 20,000 mailboxes are built in well
under a second, with `pause` called now and then so that a thread that builds does not hold the interpreter for long.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from gateway.directory.addresses import Readings, address_key, domain_key
from gateway.directory.entry import Snapshot
from gateway.directory.names import holder_keys, search_keys
from gateway.directory.reach import Reach, domain_aliases
from gateway.who import Channel, Kind, Mailbox, Unit

_REMEMBERED: Final = 4096  # addresses whose answer is kept, of each question; about 1 MiB
_LONGEST: Final = 320  # characters of one that is
_EVERY: Final = 64  # entries between two pauses: about a millisecond
_MOST_NAMESAKES: Final = 32  # mailboxes that one question by name returns


class Directory:
    """A `Lookup`. Make it with `build`. Safe for any thread and any text.

    `version`: the store's version that this was made from. `size`: how many mailboxes. Answers are kept as long as the
    snapshot is in force, of a bounded number of addresses: the same people write to each other again and again.
    """

    __slots__ = (
        "_addresses",
        "_channels",
        "_found",
        "_holders",
        "_reach",
        "_readings",
        "_units",
        "size",
        "version",
    )

    def __init__(
        self,
        version: int,
        units: Mapping[str, Unit],
        addresses: Mapping[str, Mailbox],
        holders: Mapping[str, tuple[Mailbox, ...]],
        size: int,
        reach: Reach,
        readings: Readings,
    ) -> None:
        self.version, self.size = version, size
        self._found: dict[str, Mailbox | None] = {}
        self._channels: dict[str, Sequence[Channel]] = {}
        self._units, self._addresses, self._holders = units, addresses, holders
        self._reach, self._readings = reach, readings

    @classmethod
    def build(
        cls,
        snapshot: Snapshot,
        channels: Sequence[Channel] = (),
        *,
        separators: str = "+",
        own_domains: Iterable[str] = (),
        hosts: Iterable[str] = (),
        pause: Callable[[], None] = lambda: None,
    ) -> Directory:
        """From what the store holds and the channels as configured.

        `separators`: characters that begin a sub-address on the mail server ("" for none). `own_domains`: domains that
        the mail server takes for its own, beside those of the mailboxes ("*.example": all below). `hosts`: the mail
        server's own names.
        """
        aliases = domain_aliases(snapshot.groups)
        ours = _domains(snapshot, channels, own_domains) | aliases.keys()
        readings = Readings(separators, aliases, frozenset(ours), frozenset(map(domain_key, hosts)))
        return cls(
            snapshot.version,
            {_code(unit.code): unit for unit in snapshot.units},
            _by_address(snapshot.mailboxes, readings, pause),
            _by_holder(snapshot.mailboxes, pause),
            len(snapshot.mailboxes),
            Reach(channels, snapshot.mailboxes, snapshot.groups, readings, frozenset(ours)),
            readings,
        )

    def find(self, address: str) -> Mailbox | None:
        """The mailbox with this address, alias or sub-address. Never by a generous reading: it may prove a sender."""
        if not self.size:
            return None
        kept = self._found
        if address in kept:
            return kept[address]
        found = self._find(address)
        if len(address) <= _LONGEST:
            if len(kept) >= _REMEMBERED:  # somebody tries addresses: begin anew, it costs no more than before
                kept = self._found = {}
            kept[address] = found
        return found

    def _find(self, address: str) -> Mailbox | None:
        key = self._readings.exact(address)
        found = self._addresses.get(key)
        if found is not None or self._readings.is_single(key):
            return found
        for base in self._readings.bases(key):
            if base in self._addresses:
                return self._addresses[base]
        return None

    def unit(self, code: str) -> Unit | None:
        """The unit with this code, in any case."""
        return self._units.get(_code(code))

    def channels(self, address: str) -> Sequence[Channel]:
        """Every channel that any reading of this address reaches (see `Readings`): in doubt, yes."""
        if not self._reach.some:
            return ()
        kept = self._channels
        found = kept.get(address)
        if found is None:
            found = self._reach.channels(address)
            if len(address) <= _LONGEST:
                if len(kept) >= _REMEMBERED:
                    kept = self._channels = {}
                kept[address] = found
        return found

    def held_by(self, name: str) -> Sequence[Mailbox]:
        """Personal mailboxes whose holder this name, or a part of it, may mean; at most 32, in the store's order."""
        found: dict[str, Mailbox] = {}
        for key in search_keys(name):
            found.update((mailbox.key, mailbox) for mailbox in self._holders.get(key, ()))
        return tuple(found.values())[:_MOST_NAMESAKES]


def _code(code: str) -> str:
    return code.strip().casefold()


def _domains(snapshot: Snapshot, channels: Sequence[Channel], more: Iterable[str]) -> set[str]:
    addresses = [mailbox.address for mailbox in snapshot.mailboxes]
    addresses += [group.address for group in snapshot.groups]
    addresses += [channel.address for channel in channels]
    return {domain_key(domain) for domain in more} | {address_key(address).rpartition("@")[2] for address in addresses}


def _by_address(mailboxes: Sequence[Mailbox], readings: Readings, pause: Callable[[], None]) -> Mapping[str, Mailbox]:
    made: dict[str, Mailbox] = {}
    for number, mailbox in enumerate(mailboxes):
        made[readings.exact(mailbox.address)] = mailbox
        if number % _EVERY == 0:
            pause()
    for mailbox in mailboxes:
        for alias in mailbox.aliases:
            made.setdefault(readings.exact(alias), mailbox)  # an address of its own is stronger than another's alias
    return made


def _by_holder(mailboxes: Sequence[Mailbox], pause: Callable[[], None]) -> Mapping[str, tuple[Mailbox, ...]]:
    made: defaultdict[str, list[Mailbox]] = defaultdict(list)
    for number, mailbox in enumerate(mailboxes):
        if mailbox.kind is Kind.PERSONAL and mailbox.holder:
            for key in dict.fromkeys(holder_keys(mailbox.holder)):
                made[key].append(mailbox)
        if number % _EVERY == 0:
            pause()
    return {key: tuple(found) for key, found in made.items()}
