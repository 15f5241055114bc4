"""Which readings a document has: dialects are tried where it leaves a choice open, until their outcomes repeat."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from dataclasses import dataclass, field

from gateway.message.readings.build import Body, Document, Reading, build
from gateway.message.readings.dialect import Choice, Dialect
from gateway.message.readings.heading import End, Structure
from gateway.message.readings.index import Block
from gateway.message.readings.limits import UnionLimits

_TRIES = 6  # dialects tried for each reading that may be kept: most change nothing


@dataclass(slots=True)
class Explored:
    """The readings with different outcomes, the strict one first; `strays`: parts that none of them shows.

    `containers`: those of the strays that are encoded, and what each may hold.
    """

    readings: list[Reading]
    strays: list[Body] = field(default_factory=list)
    containers: list[tuple[Body, Structure]] = field(default_factory=list)
    capped: bool = False  # there are more
    cut: bool = False  # a limit of the document was reached


def explore(document: Document, limits: UnionLimits) -> Explored:
    """Try the strict dialect, each choice that it leaves open, and the choices that those leave open in turn."""
    strict = build(document, frozenset())
    outcomes = {strict.signature: strict}
    waiting = deque(frozenset({fork}) for fork in strict.forks)
    seen = set(waiting)
    tries = 0
    while waiting and len(outcomes) < limits.readings and tries < _TRIES * limits.readings:
        tries += 1
        reading = build(document, waiting.popleft())
        same = outcomes.setdefault(reading.signature, reading)
        # What changes nothing may still open a choice that does.
        for fork in reading.forks if same is reading else reading.forks.keys() - same.forks.keys():
            choices = _with(reading.choices, fork)
            if choices is not None and choices not in seen:
                seen.add(choices)
                waiting.append(choices)
    readings = list(outcomes.values())
    cut = document.index.full or document.allowance.steps < 0 or any(reading.cut for reading in readings)
    strays = _strays(document, readings, limits)
    leaves = [body for body in strays if not body.heading.inside]
    containers = [(body, structure) for body in strays for structure in body.heading.inside]
    return Explored(readings, leaves, containers, bool(waiting), cut)


def _with(choices: frozenset[Choice], fork: Choice) -> frozenset[Choice] | None:
    return None if any(axis == fork[0] for axis, _value in choices) else choices | {fork}


def _strays(document: Document, readings: list[Reading], limits: UnionLimits) -> list[Body]:
    """The header blocks that are no part's header in any reading, as parts: what the nearest dashes leave of them."""
    headers = sorted({header for reading in readings for header in reading.headers})
    starts = [start for start, _body in headers]
    strays = []
    blocks = document.index.blocks
    for number, block in enumerate(blocks):
        near = bisect_right(starts, block.at)
        if not any(body > block.at for _start, body in headers[max(0, near - limits.readings) : near]):
            following = blocks[number + 1].at if number + 1 < len(blocks) else document.index.size
            strays += _bodies(document, block, following)
    return strays


def _bodies(document: Document, block: Block, following: int) -> list[Body]:
    found: dict[tuple[int, int], Body] = {}
    for end in (End.STRICT, End.EMPTY):
        heading = document.heading(block.at, following, Dialect(end=end), "text/plain", False)
        start = min(block.at + heading.body, following)
        nearest = min(following, block.end if block.end >= start else following)
        for stop in (nearest, _guessed(document, block, start)):
            if stop > start and heading.named and (heading.inside or heading.structures[0].kind == "leaf"):
                attachment = heading.attachment(strict=True)
                found[start, stop] = Body(f"@{block.at}", block.at, start, stop, heading, attachment, stray=True)
    return list(found.values())


def _guessed(document: Document, block: Block, start: int) -> int:
    """The end of a block's part where a delimiter like the one before it stands next."""
    marks = document.index.marks
    if block.guess:
        wanted = b"--" + block.guess
        for number in range(bisect_left(document.starts, start), len(marks)):
            if not document.allowance.step():
                break
            if marks[number].text.startswith(wanted):
                return max(start, marks[number].at - marks[number].before)
    return -1
