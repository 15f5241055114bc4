"""Everything that a survey shows, once each: the files that are new, and where every content's bytes are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.message.extract import Extract, into
from gateway.message.readings.build import Body, Reading
from gateway.message.readings.content import Content, Want
from gateway.message.readings.dialect import name_of
from gateway.message.readings.survey import Survey
from gateway.message.readings.tally import FILES, path_of, weights_of, within_any
from gateway.message.runs import Run

_TYPES = {"pgp": "application/pgp-encrypted"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One content. `reading`: what shows it, "" for the strict one. `listed`: an attachment of its own, not a further
    way to decode one. `content` is None for a text as it stands. `names`: every name that its header gives.
    """

    extract: Extract
    content: Content | None
    reading: str
    listed: bool
    names: tuple[str, ...] = ()


def gather(found: Survey) -> Iterator[Shown]:
    """What a document and those inside it show, in the order of its readings."""
    for reading in found.explored.readings:
        for body in reading.leaves:
            yield from _body(found, body, name_of(reading.choices))
    for body in found.explored.strays:
        yield from _body(found, body, "stray header")
    declared = within_any([want for want in found.contents if want.encoding == "base64" and want.digest])
    for want, run in found.runs:
        # Some reading may show these bytes as base64 anyway.
        if run.kind != "base64" or want.encoding or not declared(want.start + run.start):
            yield from _run(found, want, run)
    for inner in found.inner:
        for shown in gather(inner.survey):
            yield Shown(shown.extract, shown.content, shown.reading or "decoded", shown.listed, shown.names)


def messages(found: Survey) -> Iterator[tuple[Body, str, int]]:
    """Nested messages with the name of the reading that shows them, and what they add to a total."""
    for reading in found.explored.readings:
        for message, weight in _weights(reading).items():
            yield message, name_of(reading.choices), weight


def _weights(reading: Reading) -> dict[Body, int]:
    return weights_of([body for body in reading.leaves if body.attachment], reading.messages)


def _body(found: Survey, body: Body, reading: str) -> Iterator[Shown]:
    declared: list[tuple[Want, Content | None]] = list(found.declared(body))
    listed = body.attachment
    for want, content in declared or [(Want(body.start, body.end, ""), None)]:
        yield _shown(found, body, want, content, reading, listed)
        listed = False
    for want in found.extras.get((body.start, body.end), ()):
        if want in found.contents:
            yield _shown(found, body, want, found.contents[want], reading, listed=False)


def _shown(found: Survey, body: Body, want: Want, content: Content | None, reading: str, listed: bool) -> Shown:
    names = body.heading.filenames
    extract = Extract(
        found.path + body.path,
        into(found.steps, want[:3]),
        names[0] if names else "",
        body.heading.content_type,
        body.attachment,
    )
    return Shown(extract, content, reading, listed, names)


def _run(found: Survey, want: Want, run: Run) -> Iterator[Shown]:
    place = want.start if want.encoding else want.start + run.start
    if want.encoding:
        steps = (*into(found.steps, want[:3]), (run.body_start, run.body_end, run.encoding))
    else:
        steps = into(found.steps, (want.start + run.body_start, want.start + run.body_end, run.encoding))
    owner = found.owner(place)
    inside = owner is not None and owner.attachment
    listed = run.kind in FILES and not inside
    extract = Extract(path_of(found, place), steps, run.filename, _TYPES.get(run.kind, ""), run.kind in FILES)
    content = Content(run.decoded_size, run.sha256, run.head)
    yield Shown(extract, content, run.kind, listed, (run.filename,) if run.filename else ())
