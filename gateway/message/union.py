"""The union of every reading that a reasonable mail client could make of a message: a second pass over its bytes.

Only for messages that the scan calls suspicious, and not on the relay's hot path: bytes are read at random through a
function, so it runs wherever that is at hand. Knows bytes and MIME; it judges form, and knows no policy. Never raises
but what `read` raises. What a dispute is stands in `readings.judge`; how far the search goes, in `readings.limits`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from gateway.message.defects import DefectLog, Flaw
from gateway.message.extract import Extract, Read, open_extract
from gateway.message.limits import ScanLimits
from gateway.message.names import ending_of
from gateway.message.part import ENCODED, Part
from gateway.message.readings.allowance import Allowance
from gateway.message.readings.gather import Shown, gather, messages
from gateway.message.readings.judge import judge
from gateway.message.readings.limits import UnionLimits
from gateway.message.readings.survey import Context, Survey, survey
from gateway.message.readings.tally import tally
from gateway.message.result import ScannedMessage
from gateway.model import Attachment, Defect

__all__ = ["Extract", "Read", "UnionLimits", "UnionView", "open_extract", "strict_view", "union"]

_SCAN = ScanLimits()
_UNION = UnionLimits()
_BEHIND = 1024  # octets that may follow a file without making another one of it
_SPOILT = (Flaw.BASE64_JUNK.value, Flaw.BASE64_PADDING.value)


@dataclass(frozen=True, slots=True)
class UnionView:
    """What all readings of a message show together.

    `attachments`: the strict reading's, then those that others show (`reading` says which), each once.
    `attachment_bytes`: the largest total of any reading. `defects`: the strict ones and each disagreement; `disputes`:
    those of them that make a safe judgement impossible. `extracts`: every different content that a client could decode,
    attachments first; a nested message is none, what is in it is. All are bounded. A file whose name has other endings
    to other clients stands there once more for each, with the `reading` "name" and nothing `counted`.
    """

    attachments: tuple[Attachment, ...]
    attachment_bytes: int
    defects: tuple[Defect, ...]
    disputes: tuple[Defect, ...]
    extracts: tuple[Extract, ...]


def strict_view(scanned: ScannedMessage) -> UnionView:
    """The view of a message that is not suspicious: the strict reading's, without another look at the bytes."""
    leaves = [part for part in scanned.parts if _is_leaf(part)]
    ordered = [part for part in leaves if part.attachment] + [part for part in leaves if not part.attachment]
    extracts = tuple(map(_strict_extract, ordered))
    return UnionView(scanned.attachments, scanned.attachment_bytes, scanned.defects, scanned.disputes, extracts)


def _strict_extract(part: Part) -> Extract:
    step = (part.header_end, part.end, part.encoding if part.encoding in ENCODED else "")
    return Extract(part.path, (step,), part.filename, part.content_type, part.attachment)


def _is_leaf(part: Part) -> bool:
    return not part.children and (part.attachment or not part.content_type.startswith("multipart/"))


def union(
    read: Read,
    scanned: ScannedMessage,
    *,
    limits: ScanLimits = _SCAN,
    union_limits: UnionLimits = _UNION,
    sniff: Callable[[bytes], str] | None = None,
) -> UnionView:
    """Read a scanned message in every way. `read(offset, size)` gives its bytes, the same ones each time."""
    allowance = Allowance(union_limits, scanned.size)
    defects, disputes = DefectLog(limits.defects), DefectLog(limits.defects)
    context = Context(
        read, limits, union_limits, sniff, allowance, defects, disputes, union_limits.contents, union_limits.containers
    )
    found = survey(context, ((0, scanned.size, ""),), "", known=_known(scanned))
    tally(found)
    for document in _documents(found):
        judge(context, document)
    shown = list(gather(found))
    attachments = (*scanned.attachments, *_Files(context, scanned).new(found, shown))
    extracts = _extracts(context, scanned, shown)
    return UnionView(
        attachments,
        max(scanned.attachment_bytes, found.total),
        _merged(scanned.defects, context.defects.taken()),
        _merged(scanned.disputes, context.disputes.taken()),
        extracts,
    )


def _known(scanned: ScannedMessage) -> dict[tuple[int, int], Part]:
    """The attachments in clean base64: their digests are known, and no other reading decodes them differently."""
    spoilt = {defect.where for defect in scanned.defects if defect.name in _SPOILT}
    if any(defect.name == Flaw.MORE.value for defect in scanned.defects):
        return {}
    return {
        (part.header_end, part.end): part
        for part in scanned.parts
        if part.attachment and part.sha256 and part.encoding == "base64" and part.path not in spoilt
    }


def _documents(found: Survey) -> Iterator[Survey]:
    yield found
    for inner in found.inner:
        yield from _documents(inner.survey)


def _merged(first: tuple[Defect, ...], then: Iterable[Defect]) -> tuple[Defect, ...]:
    return tuple(dict.fromkeys((*first, *then)))


class _Files:
    """Tells the attachments that the strict reading does not have: other contents, and other names of the same."""

    def __init__(self, context: Context, scanned: ScannedMessage) -> None:
        self._context = context
        self._files: dict[tuple[str, int], Attachment] = {}  # by digest and size
        self._named: set[tuple[tuple[str, int], str]] = set()  # each with the endings of its names
        for attachment in scanned.attachments:
            self._note(attachment)
        parts = [part for part in scanned.parts if part.attachment]
        self._ranges = {(part.header_end, part.end) for part in parts}
        self._starts = {start for start, _end in self._ranges}
        self._ends = {(part.header_end, part.encoding if part.encoding in ENCODED else ""): part.end for part in parts}
        self._sniffs = context.limits.sniffs
        self._names = context.union.extracts

    def _note(self, attachment: Attachment) -> Attachment:
        key = attachment.sha256, attachment.decoded_size
        self._files.setdefault(key, attachment)
        self._named.add((key, ending_of(attachment.filename)))
        return attachment

    def new(self, found: Survey, shown: Iterable[Shown]) -> Iterator[Attachment]:
        for one in shown:
            if one.listed and one.content is not None and self._is_new(one):
                content, extract = one.content, one.extract
                kind = content.sniffed if content.sniffed is not None else self._sniff(content.head, extract.part)
                yield self._note(
                    Attachment(
                        extract.filename, extract.declared_type, kind, content.size, content.sha256, extract.part,
                        one.reading or "ambiguous header",
                    )
                )  # fmt: skip
            yield from self._renamed(one)
        for body, reading, weight in messages(found):
            if body.start not in self._starts:
                self._starts.add(body.start)
                name = next(iter(body.heading.filenames), "")
                kind = body.heading.content_type
                size = body.end - body.start
                yield Attachment(name, kind, kind, size, "", body.path, reading or "ambiguous header", weight)

    def _is_new(self, one: Shown) -> bool:
        assert one.content is not None
        if len(one.extract.steps) == 1 and one.extract.steps[0][:2] in self._ranges:
            return False
        return one.content.key not in self._files and not self._goes_on(one.extract)

    def _goes_on(self, extract: Extract) -> bool:
        """It is a file of the strict reading with little behind it, such as an outer delimiter: no second file."""
        (start, end, encoding), *more = extract.steps
        known = self._ends.get((start, encoding))
        return not more and known is not None and known < end <= known + _BEHIND

    def _renamed(self, one: Shown) -> Iterator[Attachment]:
        """The same file once more for each other ending of its name."""
        known = self._files.get(one.content.key) if one.listed and one.content is not None else None
        if known is None:
            return
        for name in one.names:
            key = (known.sha256, known.decoded_size), ending_of(name)
            if key not in self._named and key[1] and self._names > 0:
                self._named.add(key)
                self._names -= 1
                yield replace(known, filename=name, part=one.extract.part, reading="name", counted=0)

    def _sniff(self, head: bytes, where: str) -> str:
        if self._context.sniff is None:
            return ""
        self._sniffs -= 1
        if self._sniffs < 0:
            self._context.defects.add(Flaw.UNSNIFFED, where)
            return ""
        return self._context.sniff(head)


def _extracts(context: Context, scanned: ScannedMessage, shown: Iterable[Shown]) -> tuple[Extract, ...]:
    """Each content once, and once more under another name that ends differently; attachments first."""
    files: dict[tuple[object, str], Extract] = {
        ((part.sha256, part.decoded_size), ending_of(part.filename)): _strict_extract(part)
        for part in scanned.parts
        if part.attachment and _is_leaf(part)
    }
    texts: dict[object, Extract] = {}
    for one in shown:
        key: object = one.content.key if one.content is not None else one.extract.steps
        if not one.extract.attachment:
            texts.setdefault(key, one.extract)
            continue
        for name in one.names or ("",):
            files.setdefault((key, ending_of(name)), _named(one.extract, name))
    known = {key for key, _named_so in files}
    everything = (*files.values(), *(text for key, text in texts.items() if key not in known))
    if len(everything) > context.union.extracts:
        context.dispute(Flaw.TOO_MANY_CONTENTS)
    return everything[: context.union.extracts]


def _named(extract: Extract, name: str) -> Extract:
    return extract if extract.filename == name else replace(extract, filename=name)
