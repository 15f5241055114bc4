"""How many bytes of attachments each reading of a document shows. A container and its leaves are never both counted."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

from gateway.message.defects import Flaw
from gateway.message.readings.build import Body, Reading
from gateway.message.readings.content import Want
from gateway.message.readings.heading import MESSAGE
from gateway.message.readings.survey import Hidden, Survey

FILES = ("uuencode", "yenc", "binhex", "pgp")
"""Kinds of runs that a client would offer to save; bare base64 is none, but is looked at."""

_ANYWHERE = 1 << 62


def tally(found: Survey) -> None:
    """Fill in a survey's `hidden` and `total`, those of what is inside it first."""
    for inner in found.inner:
        tally(inner.survey)
    found.hidden = _outermost(_hidden(found))
    found.total = max(_total(found, reading) for reading in found.explored.readings)


def _hidden(found: Survey) -> list[Hidden]:
    hidden = [
        Hidden(body.start, body.end, found.size(body), Flaw.HIDDEN_PART, found.path + body.path)
        for body in found.explored.strays
        if body.attachment
    ]
    for want, run in found.runs:
        owner = found.owner(want.start if want.encoding else want.start + run.start)
        if run.kind in FILES and not (owner is not None and owner.attachment):
            # A run in a text that was encoded has no place of its own in the document: it takes the text's.
            place = (want.start, want.end) if want.encoding else (want.start + run.start, want.start + run.end)
            hidden.append(Hidden(*place, run.decoded_size, Flaw.HIDDEN_RUN, path_of(found, place[0])))
    return hidden + [
        Hidden(inner.step[0], inner.step[1], inner.survey.total, Flaw.HIDDEN_PART, found.path + inner.body.path)
        for inner in found.inner
        if (inner.body.stray or (inner.structure is MESSAGE and not inner.body.attachment)) and inner.survey.total
    ]


def path_of(found: Survey, at: int) -> str:
    """The place of something that begins at an offset of a document: in a part, or outside of all."""
    owner = found.owner(at)
    return f"{found.path}{owner.path if owner is not None else ''}@{at}"


def _outermost(hidden: list[Hidden]) -> list[Hidden]:
    """Without those that stand inside another one; of those in one place, all."""
    kept: list[Hidden] = []
    for one in sorted(hidden, key=lambda one: (one.start, -one.end, -one.size)):
        same = kept and (one.start, one.end) == (kept[-1].start, kept[-1].end)
        if not kept or one.start >= kept[-1].end or (same and one.flaw is Flaw.HIDDEN_RUN):
            kept.append(one)
    return kept


def _total(found: Survey, reading: Reading) -> int:
    files = [body for body in reading.leaves if body.attachment]
    weights = weights_of(files, reading.messages)
    total = sum(map(found.size, files)) + sum(weights.values())
    for body, structure in reading.containers:
        if structure.kind == "multipart":
            total += max((inner.survey.total for inner in found.inner if inner.body.key == body.key), default=0)
    within_file, within_message = within_any(files), within_any(reading.messages)
    for one in found.hidden:
        if not within_file(one.start):
            total += one.size - (one.end - one.start if within_message(one.start) else 0)
    return total


def within_any(bodies: Sequence[Body | Want]) -> Callable[[int], bool]:
    """Whether an offset stands in one of these, which are apart or inside one another."""
    ranges: list[tuple[int, int]] = []
    for start, end in sorted((body.start, -body.end) for body in bodies):
        if not ranges or start >= ranges[-1][1]:
            ranges.append((start, -end))

    def within(at: int) -> bool:
        number = bisect_right(ranges, (at, _ANYWHERE)) - 1
        return number >= 0 and at < ranges[number][1]

    return within


def weights_of(files: list[Body], messages: list[Body]) -> dict[Body, int]:
    """What each nested message adds to a total: its bytes, without the bodies of the attachments directly in it."""
    weights = {message: message.end - message.start for message in messages}
    open_messages: list[Body] = []
    for body in sorted([*files, *messages], key=lambda body: (body.start, -body.end)):
        while open_messages and open_messages[-1].end <= body.start:
            open_messages.pop()
        if open_messages and body is not open_messages[-1]:
            weights[open_messages[-1]] -= body.end - body.start
        if body in weights:
            open_messages.append(body)
    return weights
