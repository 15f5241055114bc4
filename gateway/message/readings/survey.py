"""One document surveyed: its readings, and what each body that any of them shows decodes to."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from gateway.message.defects import DefectLog, Flaw
from gateway.message.extract import Read, Step, into, opened
from gateway.message.limits import ScanLimits
from gateway.message.part import ENCODED, Part
from gateway.message.readings.allowance import Allowance
from gateway.message.readings.build import Body, Document
from gateway.message.readings.content import Content, Want, further, looks_base64, weigh
from gateway.message.readings.explore import Explored, explore
from gateway.message.readings.heading import MESSAGE, Structure
from gateway.message.readings.index import index_of
from gateway.message.readings.limits import UnionLimits
from gateway.message.readings.values import UNKNOWN
from gateway.message.runs import Run

_FIELD = re.compile(rb"(?:\A|\n)content-(?:type|transfer-encoding|disposition)[ \t]{0,64}:", re.IGNORECASE)


@dataclass(slots=True)
class Context:
    """What all documents of one message share."""

    read: Read
    limits: ScanLimits
    union: UnionLimits
    sniff: Callable[[bytes], str] | None
    allowance: Allowance
    defects: DefectLog
    disputes: DefectLog
    contents: int  # that may still be decoded
    containers: int  # the same

    def dispute(self, flaw: Flaw, where: str = "") -> None:
        """Name what makes a safe judgement impossible."""
        self.defects.add(flaw, where)
        self.disputes.add(flaw, where)


@dataclass(slots=True)
class Hidden:
    """A file in a place where no reading has a part: [start, end) of the document, and what it decodes to."""

    start: int
    end: int
    size: int
    flaw: Flaw
    path: str


@dataclass(slots=True)
class Inner:
    """A body that is a document itself once it is decoded."""

    body: Body
    step: Step
    structure: Structure
    survey: Survey


@dataclass(slots=True)
class Survey:
    """A document, the steps that lead to its bytes, its readings and everything that they show.

    `contents`: every body that was decoded. `extras`: by body, further ways to decode it. `runs`: what stands within
    texts, each with its text. `hidden` and `total`, the bytes of attachments in the largest reading: see `tally`.
    """

    steps: tuple[Step, ...]
    path: str
    explored: Explored
    contents: dict[Want, Content] = field(default_factory=dict)
    extras: dict[tuple[int, int], list[Want]] = field(default_factory=dict)
    runs: list[tuple[Want, Run]] = field(default_factory=list)
    inner: list[Inner] = field(default_factory=list)
    hidden: list[Hidden] = field(default_factory=list)
    total: int = 0

    def bodies(self) -> Iterator[Body]:
        """Every body, the strict reading's first; the same one again where several readings show it."""
        for reading in self.explored.readings:
            yield from reading.leaves
        yield from self.explored.strays

    def declared(self, body: Body) -> list[tuple[Want, Content]]:
        """What a body decodes to, in each encoding that its header names."""
        return [(want, self.contents[want]) for want in wants_of(body) if want in self.contents]

    def size(self, body: Body) -> int:
        """Bytes that it decodes to, at most."""
        further = [self.contents[want] for want in self.extras.get((body.start, body.end), ()) if want in self.contents]
        sizes = [content.size for content in (*further, *(content for _want, content in self.declared(body)))]
        return max(sizes, default=body.end - body.start)

    def owner(self, at: int) -> Body | None:
        """The strict reading's leaf in which an offset stands."""
        leaves = self.explored.readings[0].leaves
        number = bisect_right(leaves, at, key=_start) - 1
        return leaves[number] if number >= 0 and at < leaves[number].end else None


def _start(body: Body) -> int:
    return body.start


def wants_of(body: Body) -> list[Want]:
    """The ways to decode a body that its header names. A text that is not encoded needs none: it stands as it is."""
    found: dict[str, Want] = {}
    for encoding in body.heading.encodings:
        known = "" if encoding == UNKNOWN else encoding
        text = not body.attachment
        if known or not text:
            found[known] = Want(body.start, body.end, known, search=text)
    return list(found.values())


def survey(
    context: Context,
    steps: tuple[Step, ...],
    path: str,
    *,
    opening: Structure | None = None,
    known: Mapping[tuple[int, int], Part] | None = None,
) -> Survey:
    """Survey a document. `opening`: the multipart whose body it is. `known`: parts that need not be decoded again."""
    boundaries = (opening.boundary,) if opening is not None else ()
    index = index_of(_charged(context, steps), context.union, boundaries, header=opening is None)
    document = Document(index, context.limits, context.allowance, opening)
    found = Survey(steps, path, explore(document, context.union))
    if found.explored.capped:
        context.dispute(Flaw.TOO_MANY_READINGS, path)
    if found.explored.cut:
        context.dispute(Flaw.TOO_MUCH_TO_READ, path)
    _decode(context, found, index.size, known or {})
    _open_inner(context, found)
    return found


def _charged(context: Context, steps: tuple[Step, ...]) -> Iterator[bytes]:
    for piece in opened(context.read, steps):
        if not context.allowance.take(len(piece)):
            context.dispute(Flaw.TOO_MUCH_TO_READ)
            return
        yield piece


def _decode(context: Context, found: Survey, size: int, known: Mapping[tuple[int, int], Part]) -> None:
    wanted: dict[Want, None] = {}
    clean: list[tuple[int, int]] = []
    for body in found.bodies():
        wants = wants_of(body)
        part = known.get((body.start, body.end))
        if part is not None and [want.encoding for want in wants] == [part.encoding]:
            if wants[0] not in found.contents:
                clean.append((body.start, body.end))
                found.contents[wants[0]] = Content(part.decoded_size, part.sha256, sniffed=part.sniffed_type)
            continue
        wanted |= dict.fromkeys(wants)
    _weigh(context, found, list(wanted))
    clean += [(want.start, want.end) for want in wanted if _is_settled(found, want)]
    texts = [Want(start, end, "", search=True, digest=False) for start, end in _gaps(sorted(clean), size)]
    _weigh(context, found, [*_further(found), *texts])
    _weigh(context, found, _further(found))
    found.runs = [(want, run) for want, content in found.contents.items() for run in content.runs]
    if not all(content.whole for content in found.contents.values()):
        context.dispute(Flaw.TOO_MUCH_TO_READ, found.path)


def _is_settled(found: Survey, want: Want) -> bool:
    """A leaf of the strict reading with one encoding: nobody looks for runs in it before it is decoded.

    But in an attachment only if it looks like base64: nobody may decode it, either.
    """
    owner = found.owner(want.start)
    if owner is None or want not in found.contents or want.encoding not in ("base64", "quoted-printable"):
        return False
    if (owner.start, owner.end, owner.heading.encodings) != (want.start, want.end, (want.encoding,)):
        return False
    return not owner.attachment or (want.encoding == "base64" and looks_base64(found.contents[want].raw))


def _gaps(clean: list[tuple[int, int]], size: int) -> Iterator[tuple[int, int]]:
    """What is not known to be base64 alone."""
    at = 0
    for start, end in clean:
        if at < start:
            yield at, start
        at = max(at, end)
    if at < size:
        yield at, size


def _weigh(context: Context, found: Survey, wants: list[Want]) -> None:
    wants = [want for want in wants if want not in found.contents]
    if len(wants) > context.contents:
        context.dispute(Flaw.TOO_MANY_CONTENTS, found.path)
        del wants[max(0, context.contents) :]
    context.contents -= len(wants)
    if not wants:
        return
    first, last = min(want.start for want in wants), max(want.end for want in wants)
    if len(found.steps) == 1 and not found.steps[0][2]:
        pieces = opened(context.read, ((first, last, ""),))
    else:
        first, pieces = 0, opened(context.read, found.steps)
    found.contents |= weigh(pieces, first, wants, context.allowance)


def _further(found: Survey) -> list[Want]:
    """Ways to decode bodies that their looks speak for: those of what was decoded so far."""
    wanted = []
    for place, body in {(body.start, body.end): body for body in found.bodies()}.items():
        known = found.extras.setdefault(place, [])
        given = [*found.declared(body), *((want, found.contents[want]) for want in known if want in found.contents)]
        steps = {want[:3] for want, _content in given} | {want[:3] for want in known}
        for want, content in given:
            others = [other for other in further(want, content, body.heading.encodings) if other[:3] not in steps]
            known += others
            wanted += others
    return wanted


def _open_inner(context: Context, found: Survey) -> None:
    """Survey the containers that were encoded, and texts that begin with a header once they are decoded."""
    done: set[tuple[Step, Structure]] = set()
    for body, structure in _containers(found):
        for encoding in body.heading.encodings:
            step = (body.start, body.end, encoding)
            if encoding not in ENCODED or (step, structure) in done:
                continue
            done.add((step, structure))
            context.containers -= 1
            if sum(1 for one in found.steps if one[2]) >= context.union.depth or context.containers < 0:
                context.dispute(Flaw.TOO_DEEP if context.containers >= 0 else Flaw.TOO_MANY_CONTENTS, body.path)
                return
            opening = structure if structure.kind == "multipart" else None
            inside = survey(context, into(found.steps, step), f"{found.path}{body.path}/", opening=opening)
            found.inner.append(Inner(body, step, structure, inside))


def _containers(found: Survey) -> Iterator[tuple[Body, Structure]]:
    for reading in found.explored.readings:
        yield from reading.containers
    yield from found.explored.containers
    for body in found.bodies():
        if not body.attachment and any(_FIELD.search(content.head) for _want, content in found.declared(body)):
            yield body, MESSAGE
