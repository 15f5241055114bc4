"""What a survey's readings disagree about, by name, and which of that makes a safe judgement impossible.

A *dispute* is made, and only then, by:

- READINGS_CONFLICT: two readings each show an attachment that the other does not; or a multipart has two boundaries and
  delimiters of both, and what they show differs. Where one reading shows all that another does, it is the one judged.
  How a header ends and a guessed boundary make none: real senders fold fields wrongly and lose boundaries, and what
  either reading shows is looked at. Nor does an attachment that only ends elsewhere, or that is taken apart.
- ENCODINGS_CONFLICT: an attachment's header names two known encodings in two fields, and they decode it differently.
- PART_OUTSIDE: an attachment in the preamble or epilogue of a multipart that has delimiters, and nowhere else. But not
  in a multipart that is encoded, against the rules, where decoding it shows its parts: senders wrote both forms.
- MESSAGE_PARTIAL, EXTERNAL_BODY: some type that a part's header gives, oddly or as the second one, is one of these.
- TOO_MANY_READINGS, TOO_MUCH_TO_READ, TOO_MANY_CONTENTS, TOO_DEEP (see `survey`): something was not looked at.

Never by: a last delimiter that is missing, duplicates that are equal, parts quoted in a text, text in an epilogue, junk
in base64, an encoding that is unknown or oddly written, runs in a text. What these show is named and counted.
"""

from __future__ import annotations

from bisect import bisect_left

from gateway.message.defects import Flaw
from gateway.message.readings.build import Body, Reading
from gateway.message.readings.content import Content, Want
from gateway.message.readings.dialect import NAMED
from gateway.message.readings.survey import Context, Hidden, Survey

_TOLERATED = ("end", "guess")
_PREFERENCES = ("pick", "merged")


def judge(context: Context, found: Survey) -> None:
    """Name every disagreement within one document."""
    strict, *others = found.explored.readings
    for reading in others:
        _compare(context, found, _baseline(found, reading), reading)
    for body in dict.fromkeys(body for reading in found.explored.readings for body in reading.leaves):
        _encodings(context, found, body)
        for flaw in body.heading.elsewhere:
            context.dispute(flaw, body.path)
    encoded = _Encoded(found)
    for hidden in found.hidden:
        context.defects.add(hidden.flaw, hidden.path)
        outside = hidden.flaw is Flaw.HIDDEN_PART and strict.delimited and found.owner(hidden.start) is None
        if outside and not encoded.shows(hidden):
            context.dispute(Flaw.PART_OUTSIDE, hidden.path)


class _Encoded:
    """The multiparts of a document that are encoded, against the rules, and may stand there decoded, too."""

    def __init__(self, found: Survey) -> None:
        self._inner = [inner for inner in found.inner if inner.structure.kind == "multipart"]
        self._names: dict[int, set[str]] = {}  # by where a stray begins
        for body in found.explored.strays if self._inner else ():
            self._names.setdefault(body.start, set()).update(body.heading.filenames)
        self._shown = [
            {name for body in inner.survey.bodies() if body.attachment for name in body.heading.filenames}
            for inner in self._inner
        ]

    def shows(self, hidden: Hidden) -> bool:
        """It stands in one of them whose decoded parts have a file of this name, too: all of them are shown."""
        names = self._names.get(hidden.start, set())
        return any(
            inner.body.start <= hidden.start
            and hidden.end <= inner.body.end
            and inner.survey.total >= hidden.size // 2
            and names <= shown
            for inner, shown in zip(self._inner, self._shown, strict=True)
        )


def _baseline(found: Survey, reading: Reading) -> Reading:
    """The reading that makes the same tolerated choices, and no others."""
    tolerated = frozenset(choice for choice in reading.choices if choice[0] in _TOLERATED)
    return next((other for other in found.explored.readings if other.choices == tolerated), found.explored.readings[0])


def _compare(context: Context, found: Survey, base: Reading, reading: Reading) -> None:
    if _is_void(found, reading):
        return
    for axis, _value in reading.choices:
        context.defects.add(NAMED[axis], found.path + _first_beyond(found.explored.readings[0], reading))
    if base is reading:
        return
    shown, lost = _apart(_beyond(found, reading, base), _beyond(found, base, reading))
    twofold = base.twofold and any(axis in _PREFERENCES for axis, _value in reading.choices)
    if (shown and lost) or (twofold and (shown or lost)):
        context.dispute(Flaw.READINGS_CONFLICT, (shown or lost)[0].path)
    regular = {body.start for other in found.explored.readings for body in other.leaves if not body.late}
    for body in shown:
        if body.late and body.start not in regular:
            context.dispute(Flaw.PART_OUTSIDE, body.path)


def _apart(shown: list[Body], lost: list[Body]) -> tuple[list[Body], list[Body]]:
    """Without what is shown as one file by one reading and as its parts by the other: who reads one reads all of it."""
    return [body for body in shown if not _holds(body, lost)], [body for body in lost if not _holds(body, shown)]


def _holds(whole: Body, others: list[Body]) -> bool:
    """Some of the others, which are in order and apart, stands in it."""
    number = bisect_left(others, whole.start, key=lambda body: body.start)
    return number < len(others) and others[number].end <= whole.end


def _is_void(found: Survey, reading: Reading) -> bool:
    """It decodes a multipart, and nothing shows in that."""
    if ("decoded", 1) not in reading.choices:
        return False
    keys = {body.key for body, _structure in reading.containers}
    inside = [inner for inner in found.inner if inner.body.key in keys]
    return not any(other.delimited for inner in inside for other in inner.survey.explored.readings)


def _first_beyond(strict: Reading, reading: Reading) -> str:
    """The place of the first body that only the second of two readings has."""
    known = {body.key for body in strict.leaves}
    return next((body.path for body in reading.leaves if body.key not in known), "")


def _beyond(found: Survey, reading: Reading, other: Reading) -> list[Body]:
    """The attachments of a reading that another does not show, with the same beginning or the same bytes."""
    files = [body for body in other.leaves if _is_file(body)]
    starts = {body.start for body in files}
    keys = {key for body in files for key in _keys(found, body)}
    return [
        body
        for body in reading.leaves
        if _is_file(body) and body.start not in starts and keys.isdisjoint(_keys(found, body))
    ]


def _is_file(body: Body) -> bool:
    """An attachment, and not a multipart that is one for want of delimiters."""
    return body.attachment and not body.heading.content_type.startswith("multipart/")


def _keys(found: Survey, body: Body) -> set[tuple[str, int]]:
    return {content.key for _want, content in found.declared(body)}


def _encodings(context: Context, found: Survey, body: Body) -> None:
    heading = body.heading
    if len(heading.encodings) > 1:
        context.defects.add(Flaw.ENCODING_AMBIGUOUS, body.path)
    if any(want.end == body.end and want.encoding in _OTHERS for want in found.extras.get((body.start, body.end), ())):
        context.defects.add(Flaw.ENCODING_MISMATCH, body.path)
    if body.attachment and len(heading.stated) > 1:
        declared = dict(_by_encoding(found.declared(body)))
        if len({declared[encoding].key for encoding in heading.stated if encoding in declared}) > 1:
            context.dispute(Flaw.ENCODINGS_CONFLICT, body.path)


def _by_encoding(declared: list[tuple[Want, Content]]) -> list[tuple[str, Content]]:
    return [(want.encoding, content) for want, content in declared]


_OTHERS = ("", "base64", "quoted-printable")
