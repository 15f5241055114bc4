"""A month of a province's mail, imagined, with stolen mailboxes in it: whom does `gateway.conduct` find, whom wrongly?

Run: python -m benchmarks.conduct [--seed N] [--boxes N] [--victims N] [--no-spam]. Six weeks of ordinary mail teach the
habits; the month after them, with a quarter's end and a holiday, is measured. Printed: false blocks for a thousand
mailboxes, and for each style of attack how many were blocked, after how long, and how many recipients had got its mail;
the same with the default limits alone. A false block is taken back after two hours, and the sender goes on where it was
stopped. A block takes 5 seconds to reach every worker. Assumptions: `conduct_office`, `conduct_attacks`. Weights were
chosen with seeds 1 to 9; published figures are of seeds from 101 on. `--no-spam`: no spam filter is there.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any

from benchmarks.conduct_attacks import STYLES, Style, strike
from benchmarks.conduct_office import DAY, MONTH, WARM_UP, Box, Event, boxes, events
from benchmarks.conduct_replay import MEASURED, Meter, Outcome, Player

_ALONE = 10  # attacks of each style that are played against the limits alone


@dataclass(slots=True)
class Moment:
    """An ordinary mailbox at the moment when its password is stolen."""

    box: Box
    at: float
    blob: bytes | None
    known: set[int]
    later: list[Event]


@dataclass(slots=True)
class Quiet:
    """What the ordinary mail showed."""

    boxes: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    deeds: int = 0
    seconds: float = 0.0
    blocks: Counter[str] = field(default_factory=Counter)  # by kind of mailbox, in the month that is measured
    suspects: int = 0
    first: int = 0  # blocks in the weeks of learning
    throttled: int = 0  # mailboxes that met a limit in the month
    reasons: Counter[str] = field(default_factory=Counter)
    largest: int = 0  # bytes of a state
    moments: dict[str, list[Moment]] = field(default_factory=dict)


def ordinary(count: int, seed: int, keep: int) -> Quiet:
    """Everybody's mail without any attack; `keep`: how many moments of each kind are kept for attacks."""
    quiet, rng = Quiet(boxes=count), random.Random(seed)
    for box in boxes(count, seed):
        sent = events(box)
        moment = MEASURED + rng.uniform(0, (MONTH - 8) * DAY)
        player = Player(box.kind)
        began = time.process_time()
        before = player.play((event for event in sent if event.at < moment), attack=False)
        quiet.seconds += time.process_time() - began
        held = quiet.moments.setdefault(box.kind, [])
        later = [event for event in sent if event.at >= moment]
        if len(held) < keep and before.deeds >= 10:
            held.append(Moment(box, moment, player.blob, set(player.known), later))
        began = time.process_time()
        after = player.play(later, attack=False)
        quiet.seconds += time.process_time() - began
        _count(quiet, box, player, before, after)
    return quiet


def _count(quiet: Quiet, box: Box, player: Player, *outcomes: Outcome) -> None:
    for out in outcomes:
        quiet.deeds += out.deeds
        quiet.suspects += sum(at >= MEASURED for at, _judgement in out.suspects)
        for at, judgement in out.blocks:
            if at < MEASURED:
                quiet.first += 1
            else:
                quiet.blocks[box.kind] += 1
                quiet.reasons[" ".join(judgement.reasons[:3])] += 1
    quiet.kinds[box.kind] += 1
    quiet.throttled += outcomes[-1].throttled > 0
    quiet.largest = max(quiet.largest, len(player.blob or b""))


@dataclass(slots=True)
class Line:
    """One style: its attacks, those that were blocked, and per attack seconds, recipients and messages before."""

    style: Style
    attacks: int = 0
    blocked: int = 0
    seconds: list[float] = field(default_factory=list)
    leaked: list[int] = field(default_factory=list)
    messages: list[int] = field(default_factory=list)
    limits_only: list[int] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)


def attacked(style: Style, moments: list[Moment], seed: int, *, spam: bool, alone: bool = True) -> Line:
    """This style against each of these mailboxes, whose owners go on writing."""
    line = Line(style)
    for place, moment in enumerate(moments):
        hits = strike(style, moment.box, moment.at, random.Random(f"{seed}:{style.name}:{place}"), spam)
        sent = [*hits, *(one for one in moment.later if one.at < moment.at + style.lasts * DAY)]
        sent.sort(key=_time)
        out = Player(moment.box.kind, moment.blob, set(moment.known)).play(sent, attack=True)
        began = next(event.at for event in sent if event.hit and not event.failed)
        line.attacks += 1
        line.leaked.append(out.hits)
        line.messages.append(out.messages)
        if out.blocks:
            line.blocked += 1
            line.seconds.append(out.blocks[0][0] - began)
            line.reasons.update(out.blocks[0][1].reasons[:3])
        if alone and place < _ALONE:
            only = Player(moment.box.kind, None, set(moment.known), conduct=False, meter=Meter(moment.box.kind))
            line.limits_only.append(only.play(sent, attack=True).hits)
    return line


def _time(event: Event) -> float:
    return event.at


def lines(quiet: Quiet, seed: int, victims: int, *, spam: bool, alone: bool = True) -> list[Line]:
    """All styles; each strikes other mailboxes, as far as there are enough."""
    made = []
    for place, style in enumerate(STYLES):
        pool = quiet.moments.get(style.kind, [])
        chosen = random.Random(seed * 100 + place).sample(pool, min(victims, len(pool)))
        made.append(attacked(style, chosen, seed, spam=spam, alone=alone))
    return made


def _tenth(values: list[Any]) -> float:
    """The 90th percentile."""
    return quantiles(values, n=10)[-1] if len(values) > 1 else float(values[0]) if values else 0.0


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def report(quiet: Quiet, made: list[Line]) -> str:
    """The tables."""
    return "\n".join([*_ordinary(quiet), "", *_attacks(made)])


def _ordinary(quiet: Quiet) -> list[str]:
    false, each = sum(quiet.blocks.values()), quiet.seconds / max(quiet.deeds, 1) * 1e6
    return [
        f"ordinary mail: {quiet.boxes} mailboxes, {quiet.deeds} deeds, {each:.0f} us CPU each,"
        f" largest state {quiet.largest} bytes",
        f"false blocks in the month: {false} ({1000 * false / quiet.boxes:.1f} for 1,000 mailboxes): "
        + (", ".join(f"{kind} {quiet.blocks[kind]} of {count}" for kind, count in sorted(quiet.kinds.items()))),
        f"suspects {quiet.suspects}; blocks in the {WARM_UP} days of learning {quiet.first};"
        f" mailboxes that met a limit {quiet.throttled}",
        *(f"    {count} x {reasons}" for reasons, count in quiet.reasons.most_common(8)),
    ]


def _attacks(made: list[Line]) -> list[str]:
    columns = (("blocked", 9), ("after", 9), ("90 %", 9), ("leaked", 8), ("90 %", 7), ("messages", 10), ("limits", 8))
    out = [f"{'style':<44}" + "".join(f"{name:>{width}}" for name, width in columns)]
    for line in made:
        middle, late = (median(line.seconds), _tenth(line.seconds)) if line.seconds else (0.0, 0.0)
        out.append(
            f"{line.style.name:<44}{line.blocked:>4}/{line.attacks:<4}{_span(middle):>9}{_span(late):>9}"
            f"{median(line.leaked or [0]):8.0f}{_tenth(line.leaked):7.0f}{median(line.messages or [0]):10.0f}"
            f"{median(line.limits_only or [0]):8.0f}"
        )
    found, tried = sum(line.blocked for line in made), sum(line.attacks for line in made)
    leaked = [count for line in made for count in line.leaked] or [0]
    alone = [count for line in made for count in line.limits_only] or [0]
    out.append(
        f"{'all':<44}{found:>4}/{tried:<4}{'':>18}{median(leaked):8.0f}{_tenth(leaked):7.0f}{'':>10}{median(alone):8.0f}"
    )
    return [*out, "leaked: recipients that got the attack's mail; limits: the same with the default limits alone"]


def main() -> None:
    """Print the report."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("--seed", type=int, default=101)
    arguments.add_argument("--boxes", type=int, default=1000)
    arguments.add_argument("--victims", type=int, default=40)
    arguments.add_argument("--no-spam", action="store_true", help="no spam filter is there")
    given = arguments.parse_args()
    quiet = ordinary(given.boxes, given.seed, 4 * given.victims)
    print(report(quiet, lines(quiet, given.seed, given.victims, spam=not given.no_spam)))


if __name__ == "__main__":
    main()
