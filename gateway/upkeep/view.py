"""Everything that is known of a mailbox, judged: what the directory says, what was done, what was seen, what is due.

For commands, the console and the hourly pass. Reads only; blocking, as the stores are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gateway.directory.entry import Snapshot
from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.profile import Profile
from gateway.lifecycle.silence import Known, known_of
from gateway.lifecycle.stages import Assessment, assess
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
    """One mailbox. `profile` None: nothing is judged, and `told` is None. `polled` None: it was never polled."""

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

    def all(self, now: float) -> Iterator[Judged]:
        """Every mailbox of the directory, in the order of the keys; some hundred are held at once.

        Each chunk is read at a moment of its own. DirectoryUnavailable, from any step.
        """
        snapshot = self._directory()
        spared = _spared(snapshot)
        for chunk in chunks(snapshot.mailboxes):
            yield from self._judge(chunk, spared, now)

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
