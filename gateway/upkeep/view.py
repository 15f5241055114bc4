"""Everything that is known of a mailbox, judged: what the directory says, what was done, what was seen, what is due.

For commands, the console and the hourly pass. Reads only; blocking, as the stores are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gateway.access import Kind
from gateway.directory.entry import Snapshot
from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.profile import Profile
from gateway.lifecycle.silence import Known, known_of
from gateway.lifecycle.stages import Assessment, assess, resting
from gateway.lifecycle.subject import Record, Spared, Subject
from gateway.upkeep.records import Upkeep
from gateway.upkeep.rows import Polled, key
from gateway.upkeep.store import Told
from gateway.upkeep.tables import chunks
from gateway.who import Mailbox

ProfileOf = Callable[[Mailbox], Profile | None]
"""The profile that a mailbox follows; None: no regulation speaks of it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One mailbox. `profile` None: nothing is judged, and `told` is None. `polled` None: it was never polled.

    Judged briefly (`View.brief`) most have no `known`, `use` and `polled`: `told` is the same.
    """

    subject: Subject
    profile: Profile | None
    known: Known
    told: Assessment | None
    use: Told
    polled: Polled | None = None


class View:
    """`directory`: gives the directory as it is at this moment (`DirectoryStore.snapshot`)."""

    def __init__(
        self, upkeep: Upkeep, directory: Callable[[], Snapshot], profile_of: ProfileOf, calendar: Calendar
    ) -> None:
        self._upkeep, self._directory = upkeep, directory
        self._profile_of, self._calendar = profile_of, calendar

    def one(self, address: str, now: float) -> Judged | None:
        """The mailbox with this address or alias; None where the directory has none. DirectoryUnavailable."""
        snapshot = self._directory()
        mailbox = snapshot.mailbox(address)
        return None if mailbox is None else next(self._judge([mailbox], _spared(snapshot), now))

    def some(self, addresses: Collection[str], now: float) -> list[Judged]:
        """Those of the directory's mailboxes that have these addresses of their own. DirectoryUnavailable."""
        snapshot, wanted = self._directory(), {address.lower() for address in addresses}
        found = [mailbox for mailbox in snapshot.mailboxes if mailbox.key in wanted]
        return list(self._judge(found, _spared(snapshot), now))

    def all(self, now: float) -> Iterator[Judged]:
        """Every mailbox of the directory, in the order of the keys; some hundred are held at once.

        Each chunk is read at a moment of its own. DirectoryUnavailable, from any step.
        """
        snapshot = self._directory()
        spared = _spared(snapshot)
        for chunk in chunks(snapshot.mailboxes):
            yield from self._judge(chunk, spared, now)

    def brief(self, now: float) -> Iterator[Judged]:
        """As `all`, for who asks only how each stands: evidence is read and weighed where that depends on it."""
        snapshot = self._directory()
        spared = _spared(snapshot)
        for chunk in chunks(snapshot.mailboxes):
            found = self._resting(chunk, spared, now)
            rest = [mailbox for mailbox in chunk if mailbox.key not in found]
            weighed = {one.subject.mailbox.key: one for one in self._judge(rest, spared, now)} if rest else {}
            yield from (found.get(mailbox.key) or weighed[mailbox.key] for mailbox in chunk)

    def _resting(self, mailboxes: Sequence[Mailbox], spared: Mapping[str, Spared], now: float) -> dict[str, Judged]:
        """Those of which nothing can be due yet."""
        names, found = [mailbox.key for mailbox in mailboxes], dict[str, Judged]()
        records, since = self._upkeep.life.records(names), self._upkeep.use.used_since(names, now)
        for mailbox in mailboxes:
            name, profile = key(mailbox.key), self._profile_of(mailbox)
            subject = Subject(mailbox, records.get(name, Record()), spared.get(mailbox.key))
            if profile is None:
                found[mailbox.key] = Judged(subject, None, Known(), None, Told())
                continue
            kinds = (Kind.ACCESS, Kind.AUTOMATIC) if profile.proof.automatic_is_use else (Kind.ACCESS,)
            used = max((since[name, kind] for kind in kinds if (name, kind) in since), default=None)
            if (told := resting(subject, used, profile, self._calendar, now)) is not None:
                found[mailbox.key] = Judged(subject, profile, Known(), told, Told())
        return found

    def _judge(self, mailboxes: Sequence[Mailbox], spared: Mapping[str, Spared], now: float) -> Iterator[Judged]:
        names = [mailbox.key for mailbox in mailboxes]
        use, life = self._upkeep.use, self._upkeep.life
        records, polled, kept = life.records(names), use.polled(names), use.told(names)
        for mailbox in mailboxes:
            name = key(mailbox.key)
            subject = Subject(mailbox, records.get(name, Record()), spared.get(mailbox.key))
            yield self._judged(subject, polled.get(name), kept.get(name, Told()), now)

    def _judged(self, subject: Subject, polled: Polled | None, use: Told, now: float) -> Judged:
        profile = self._profile_of(subject.mailbox)
        if profile is None:
            return Judged(subject, None, Known(), None, use, polled)
        known = known_of(use.evidence, use.coverage, profile.proof, now)
        told = assess(subject, known, profile, self._calendar, now)
        return Judged(subject, profile, known, told, use, polled)


def _spared(snapshot: Snapshot) -> dict[str, Spared]:
    return {one.key: Spared(one.reason, one.until) for one in snapshot.exemptions}
