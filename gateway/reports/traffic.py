"""Figures of the mail that came through: decisions folded one by one, in memory that grows with the directory only.

Pure: rows in, values out. A decision is told to the unit whose mailbox wrote it, and where it was delivered to those
whose mailboxes it went to. Who writes in mail from outside is anybody's claim where nothing proved it: such mail is
told to no unit of ours.
"""

from __future__ import annotations

import datetime
import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.lifecycle.days import day_of
from gateway.reports.fates import BY_RULE, Fate, Record, Weight, fate_of, weights
from gateway.reports.owners import Owners
from gateway.who import Mailbox

OUTSIDE: Final = ""
"""The unit of who is in no unit of ours: strangers, and addresses that the directory does not know."""
_MOST_WAITING: Final = 200_000  # refused messages that are remembered until they come again
_MOST_SAMPLES: Final = 500


@dataclass(slots=True)
class Use:
    """What one mailbox did and got: messages `sent` and delivered, those of them about which no rule had anything to
    say (`clean`), messages `received`; its own that were refused, put off, or noted in observation.
    """

    sent: int = 0
    clean: int = 0
    received: int = 0
    refused: int = 0
    delayed: int = 0
    observed: int = 0


@dataclass(frozen=True, slots=True)
class Sample:
    """One refusal, for a list: `time` in seconds since the epoch; `sender` as the envelope had it."""

    time: float
    reference: str
    sender: str
    unit: str
    rules: tuple[str, ...]
    clauses: tuple[str, ...]


@dataclass(slots=True)
class Traffic:
    """All figures of a period. `fates`: decisions by direction and fate; `days`: by day and fate.

    `rules`, `clauses`: decisions in which a rule or clause was found, by what that did. `unit_rules`: the same by the
    sender's unit and rule. `boxes`: by mailbox. `octets`: of delivered messages. `mended`: delivered after a rule had
    refused or put off the same message (Message-ID and sender); `mended_bounded`: there were too many to know all.
    """

    decisions: int = 0
    fates: Counter[tuple[str, Fate]] = field(default_factory=Counter)
    days: Counter[tuple[datetime.date, Fate]] = field(default_factory=Counter)
    rules: Counter[tuple[str, Weight]] = field(default_factory=Counter)
    clauses: Counter[tuple[str, Weight]] = field(default_factory=Counter)
    unit_rules: Counter[tuple[str, str, Weight]] = field(default_factory=Counter)
    boxes: dict[str, Use] = field(default_factory=dict)
    octets: int = 0
    mended: int = 0
    mended_bounded: bool = False
    samples: list[Sample] = field(default_factory=list)
    samples_left_out: int = 0

    def of(self, *fates: Fate, direction: str | None = None) -> int:
        """Decisions with one of these fates, of all directions or of one."""
        return sum(
            number
            for (way, fate), number in self.fates.items()
            if fate in fates and (direction is None or way == direction)
        )

    @property
    def messages(self) -> int:
        """Decisions that are counted: all but second passages, logins and rows that cannot be read."""
        return self.decisions - self.of(*NOT_COUNTED)

    @property
    def directions(self) -> list[str]:
        """Those that occur, in order."""
        return sorted({way for way, fate in self.fates if fate not in NOT_COUNTED})


NOT_COUNTED: Final = (Fate.AGAIN, Fate.LOGIN, Fate.UNREADABLE)


class Tally:
    """Folds decisions. `late`: references of decisions whose client heard 451; `units`: only of these, None: of all.

    With `units` a decision counts where a mailbox of theirs wrote it or got it.
    """

    def __init__(self, owners: Owners, late: Collection[str] = (), units: Collection[str] | None = None) -> None:
        self._owners, self._late, self._units = owners, late, units
        self._waiting: dict[bytes, None] = {}
        self.made = Traffic()

    def add(self, record: Record, moment: float) -> None:
        """One decision. `moment`: its time, in seconds since the epoch."""
        fate = fate_of(record, late=record.get("reference") in self._late)
        sender = None if fate is Fate.UNREADABLE else self._sender(record)
        receivers = [] if fate is Fate.UNREADABLE else self._receivers(record)
        if self._units is not None and not self._concerns(sender, receivers):
            return
        made, way = self.made, str(record.get("direction", ""))
        made.decisions += 1
        made.fates[way, fate] += 1
        made.days[day_of(moment), fate] += 1
        if fate is Fate.ACCEPTED:
            self._delivered(record, sender, receivers)
        if record.get("findings") and fate is not Fate.UNREADABLE:
            self._found(record, fate, sender, moment)
        elif sender is not None and fate in BY_RULE:
            self._note(sender, fate)

    def _concerns(self, sender: Mailbox | None, receivers: Iterable[Mailbox]) -> bool:
        assert self._units is not None
        return (sender is not None and sender.unit in self._units) or any(one.unit in self._units for one in receivers)

    def _sender(self, record: Record) -> Mailbox | None:
        """The mailbox that was proved; else the one that the envelope or the login names, where those are ours."""
        find = self._owners.find
        if (proved := find(record.get("proved", ""))) is not None or record.get("direction") == "inbound":
            return proved
        return find(record.get("reverse_path", "")) or find(record.get("user", ""))

    def _receivers(self, record: Record) -> list[Mailbox]:
        found = (self._owners.find(one) for one in record.get("recipients", ()))
        return list({one.key: one for one in found if one is not None}.values())

    def _delivered(self, record: Record, sender: Mailbox | None, receivers: Iterable[Mailbox]) -> None:
        self.made.octets += int(record.get("size", 0))
        if sender is not None and self._counts(sender):
            self._use(sender).sent += 1
            self._use(sender).clean += not weights(record.get("findings", ()), Fate.ACCEPTED)
        for one in receivers:
            if self._counts(one):
                self._use(one).received += 1
        key = _message_key(record)
        if key and key in self._waiting:
            del self._waiting[key]
            self.made.mended += 1

    def _found(self, record: Record, fate: Fate, sender: Mailbox | None, moment: float) -> None:
        made, found = self.made, weights(record["findings"], fate)
        unit = sender.unit if sender is not None else OUTSIDE
        for rule, (weight, cited) in found.items():
            made.rules[rule, weight] += 1
            made.unit_rules[unit, rule, weight] += 1
            for clause in cited or ("",):
                made.clauses[clause, weight] += 1
        told = {weight for weight, _ in found.values()}
        if sender is not None and Weight.OBSERVED in told and self._counts(sender):
            self._use(sender).observed += 1
        if fate in BY_RULE:
            if sender is not None:
                self._note(sender, fate)
            self._wait(record)
        if fate is Fate.REFUSED:
            self._sample(record, found, unit, moment)

    def _note(self, sender: Mailbox, fate: Fate) -> None:
        if not self._counts(sender):
            return
        use = self._use(sender)
        if fate is Fate.REFUSED:
            use.refused += 1
        else:
            use.delayed += 1

    def _counts(self, mailbox: Mailbox) -> bool:
        return self._units is None or mailbox.unit in self._units

    def _use(self, mailbox: Mailbox) -> Use:
        return self.made.boxes.setdefault(mailbox.key, Use())

    def _wait(self, record: Record) -> None:
        if not (key := _message_key(record)):
            return
        if len(self._waiting) >= _MOST_WAITING:
            self.made.mended_bounded = True
            return
        self._waiting[key] = None

    def _sample(
        self, record: Record, found: Mapping[str, tuple[Weight, tuple[str, ...]]], unit: str, moment: float
    ) -> None:
        if len(self.made.samples) >= _MOST_SAMPLES:
            self.made.samples_left_out += 1
            return
        rules = tuple(rule for rule, (weight, _) in found.items() if weight is Weight.REFUSED)
        clauses = tuple(dict.fromkeys(clause for rule in rules for clause in found[rule][1]))
        reference, sender = str(record.get("reference", "")), str(record.get("reverse_path", ""))
        self.made.samples.append(Sample(moment, reference, sender, unit, rules, clauses))


def _message_key(record: Mapping[str, Any]) -> bytes:
    """Names a message that may come again: its identifier and its sender; b"" for one without an identifier."""
    identifier = str(record.get("message_id", ""))
    if not identifier:
        return b""
    text = f"{identifier}\0{str(record.get('reverse_path', '')).lower()}"
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def unit_use(traffic: Traffic, owners: Owners) -> dict[str, Use]:
    """What the mailboxes of each unit did together."""
    made: dict[str, Use] = {}
    for key, use in traffic.boxes.items():
        mailbox = owners.find(key)
        into = made.setdefault(mailbox.unit if mailbox is not None else OUTSIDE, Use())
        for name in ("sent", "clean", "received", "refused", "delayed", "observed"):
            setattr(into, name, getattr(into, name) + getattr(use, name))
    return made
