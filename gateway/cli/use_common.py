"""What the commands about mailboxes' use share: the stores with the configuration's profiles, and moments as text."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from gateway.access import Evidence
from gateway.cli.mailboxes_common import directory
from gateway.config import Settings
from gateway.directory.entry import Snapshot
from gateway.directory.store import DirectoryStore
from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.days import wall
from gateway.lifecycle.profile import Profile, Proof
from gateway.lifecycle.windows import Reading
from gateway.lifecycle.words import Words, sentence
from gateway.upkeep.records import Upkeep
from gateway.upkeep.view import Judged, View
from gateway.using import calendar_of, capacities_of, password_months_of, profiles_of, proof_of, readings_of
from gateway.who import Mailbox

_STEP: Final = 500
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Use:
    """The stores of one configuration, and how it judges. `profile_of`, `reading_of`: what a mailbox follows.

    `capacity_of`: bytes that it may hold, `password_months_of`: how long its password is good; 0: nobody says.
    """

    settings: Settings
    store: DirectoryStore
    upkeep: Upkeep
    calendar: Calendar
    proof: Proof
    profile_of: Callable[[Mailbox], Profile | None]
    reading_of: Callable[[Mailbox], Reading]
    capacity_of: Callable[[Mailbox], int]
    password_months_of: Callable[[Mailbox], int]

    def judged(self, snapshot: Snapshot, mailboxes: Sequence[Mailbox], now: float) -> Iterator[Judged]:
        """These of the directory's mailboxes; some hundred are read and held at once. DirectoryUnavailable."""
        return self._view(snapshot, mailboxes).all(now)

    def standing(self, snapshot: Snapshot, mailboxes: Sequence[Mailbox], now: float) -> Iterator[Judged]:
        """How these stand, without what is known of their use. DirectoryUnavailable."""
        return self._view(snapshot, mailboxes).brief(now)

    def _view(self, snapshot: Snapshot, mailboxes: Sequence[Mailbox]) -> View:
        part = replace(snapshot, mailboxes=tuple(mailboxes))
        return View(self.upkeep, lambda: part, self.profile_of, self.calendar)


def use(config: Path | None, *, make: bool = False) -> Use:
    """Open the stores; `make`: tables that are not there yet are made."""
    settings, store = directory(config, make=make)
    upkeep = Upkeep(store.database)
    if make:
        upkeep.use.prepare()
    return Use(
        settings,
        store,
        upkeep,
        calendar_of(settings),
        proof_of(settings),
        profiles_of(settings),
        readings_of(settings),
        capacities_of(settings),
        password_months_of(settings),
    )


def stamp(moment: float | None) -> str | None:
    """Seconds since the epoch as ISO 8601 in Vietnam's time; None for none, and for what is no moment."""
    return None if moment is None or not math.isfinite(moment) else wall(moment).isoformat()


def evidence_json(one: Evidence) -> dict[str, Any]:
    """One statement as JSON has it, with the sentence for people."""
    said = sentence(one)
    return {
        "kind": one.kind.value,
        "sign": one.sign.value,
        "strength": one.strength.value,
        "source": one.source.value,
        "not_before": stamp(one.not_before),
        "not_after": stamp(one.not_after),
        "actor": one.actor,
        **words_json(said),
    }


def words_json(words: Words) -> dict[str, str]:
    """Both languages."""
    return {"vi": words.vi, "en": words.en}


def size(octets: int) -> str:
    """Bytes as people say them: "812.4 MiB"; small and negative ones as they are."""
    number, units = float(octets), ["B", "KiB", "MiB", "GiB", "TiB"]
    while abs(number) >= 1024 and len(units) > 1:
        number, units = number / 1024, units[1:]
    return f"{number:.0f} {units[0]}" if units[0] == "B" else f"{number:.1f} {units[0]}"


def counting(items: Iterable[Item], count: int) -> Iterator[Item]:
    """The same, with a count of them on stderr where that is a terminal and they are many."""
    if not sys.stderr.isatty() or count < _STEP:
        yield from items
        return
    try:
        for number, item in enumerate(items):
            if number % _STEP == 0:
                click.echo(f"\r{number:,} / {count:,}", err=True, nl=False)
            yield item
    finally:
        click.echo("\r" + " " * 24 + "\r", err=True, nl=False)
