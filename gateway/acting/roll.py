"""Whom the poller visits, and when beside their turns: made of the directory, anew with each version and each day.

Polls at the edges of reading windows are spread over the minutes before and after them, each mailbox always at the same
moment. Pure.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from gateway.directory.entry import Snapshot
from gateway.imap.settings import Target
from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.days import after_days
from gateway.lifecycle.spans import Span
from gateway.lifecycle.windows import Reading, edges
from gateway.who import Mailbox, State

_EVERY = 64


@dataclass(frozen=True, slots=True)
class Roll:
    """The mailboxes to poll, as of a directory's version and a day; `by_key` for those that are looked at again."""

    version: int = -1
    day: datetime.date = datetime.date.min
    targets: tuple[Target, ...] = ()
    by_key: dict[str, Target] = field(default_factory=dict)

    def some(self, keys: Iterable[str]) -> list[Target]:
        """Those of these that are polled."""
        return [target for key in keys if (target := self.by_key.get(key)) is not None]


def roll_of(
    snapshot: Snapshot,
    reading_of: Callable[[Mailbox], Reading] | None,
    calendar: Calendar,
    day: datetime.date,
    pause: Callable[[], None] = lambda: None,
) -> Roll:
    """`reading_of` None: no polls at the edges of windows. `day`: today; tomorrow's edges are told, too."""
    spans: dict[Reading, list[Span]] = {}
    targets: list[Target] = []
    for number, mailbox in enumerate(snapshot.mailboxes):
        if mailbox.state is not State.RECLAIMED:
            reading = reading_of(mailbox) if reading_of is not None else Reading()
            if reading not in spans:
                spans[reading] = [span for one in (day, after_days(day, 1)) for span in edges(reading, calendar, one)]
            targets.append(Target(mailbox.key, edges=_moments(mailbox.key, spans[reading])))
        if number % _EVERY == 0:
            pause()
    return Roll(snapshot.version, day, tuple(targets), {target.mailbox: target for target in targets})


def _moments(key: str, spans: Sequence[Span]) -> tuple[float, ...]:
    if not spans:
        return ()
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    share = int.from_bytes(digest, "big") / 2**64
    return tuple(span.since + share * (span.until - span.since) for span in spans)
