"""How `congthu charset` looks to a person: a heading for each file, and below it what was found, where, and what to do.

Every word of a stranger goes through `safe`. In a terminal lines break between words; into a pipe nothing is broken.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

import click

from gateway.cli.charset_report import NOT_CHECKED, ORDER, Found, Report, inside, label
from gateway.cli.charset_words import NOTES, SOURCES, VERDICTS, Said, repair
from gateway.cli.output import hang, safe
from gateway.contents import LegacyText, Passage

_COLOURS = {"ok": "green", "note": "cyan", "not-checked": "yellow", "warning": "yellow", "violation": "red"}
_SHOWN = 5  # passages of one text, where not everything is asked for
_INDENT = 4
_NO_TEXT = "nothing in it is a text that can be read · không có chữ đọc được"
_REASONS = {
    "encrypted": "needs a password",
    "sealed": "an encrypted message",
    "damaged": "damaged, or not what it says it is",
    "unsupported": "holds no text that is read here",
}


def summary(report: Report) -> str:
    """One file in one line."""
    name = safe(report.name)
    if report.error:
        return f"{name}: {report.error}"
    words = [_charset(found.legacy) for found in report.found if found.verdict == report.verdict]
    return f"{name}: {_both(VERDICTS[report.verdict])}" + (f": {'; '.join(words)}" if words else "")


def show(report: Report, *, everything: bool) -> None:
    """One file on stdout; on stderr that it could not be read. `everything`: every place in it."""
    if report.error:
        click.echo(f"congthu: {summary(report)}", err=True)
        return
    verdict = click.style(
        _both(VERDICTS[report.verdict]), fg=_COLOURS[report.verdict], bold=report.verdict == "violation"
    )
    click.echo(f"{click.style(safe(report.name), bold=True)}: {verdict}")
    for line in _lines(report, everything=everything):
        click.echo(hang(line, _INDENT))


def _lines(report: Report, *, everything: bool) -> Iterator[str]:
    if report.verdict == NOT_CHECKED and not report.unchecked:
        yield f"  {_NO_TEXT} ({safe(report.kind)})"
    for found in report.found:
        yield from _found(found, everything=everything)
    advices = [repair(found.legacy, found.format) for found in report.found]
    for advice in dict.fromkeys(advice for advice in advices if advice is not None):
        yield f"  Cách sửa: {advice.vi}"
        yield f"  Repair: {advice.en}"
    for one in report.unchecked:
        reason = _REASONS.get(one.reason.value, one.reason.value)
        yield f"  not checked · chưa kiểm tra: {_way(inside(one.names))}{reason}"
    for marking in report.markings:
        place = f"{_way(inside(marking.names))}{safe(marking.where)}".rstrip(": ")
        yield f"  secret marking · dấu độ mật: {marking.level.upper()} ({marking.form}) {place}".rstrip()
    for text in report.unmarked:
        place = f"{_way(inside(text.names))}{safe(text.where)}".rstrip(": ")
        share = f"{text.unmarked} of {text.syllables} syllables"
        yield f"  without diacritics · không dấu: {place + ': ' if place else ''}{share}: {safe(text.sample)}"


def _found(found: Found, *, everything: bool) -> Iterator[str]:
    legacy = found.legacy
    where = f"{_way(inside(legacy.names))}{safe(legacy.where) or _both(SOURCES[legacy.source])}"
    yield f"  {where}: {click.style(VERDICTS[found.verdict].en, fg=_COLOURS[found.verdict])}: {_charset(legacy)}"
    if legacy.family:
        yield from (f"    {_note(note)}" for note in legacy.notes)
    passages = legacy.passages if everything else legacy.passages[:_SHOWN]
    for passage in passages:
        yield from _passage(passage)
    if left := len(legacy.passages) - len(passages):
        yield f"    … {left} more: --all"


def _passage(passage: Passage) -> Iterator[str]:
    font = f" ({safe(passage.font)})" if passage.font else ""
    place = f"{_place(passage.place)}{font}"
    sent = click.style(safe(passage.sent), fg="red" if passage.damaged else None)
    yield f"    {place}: {sent}" if place else f"    {sent}"
    if passage.understood and passage.understood != unicodedata.normalize("NFC", passage.sent):
        yield f"      → {click.style(safe(passage.understood), fg='green')}"


def _both(said: Said) -> str:
    return f"{said.en} · {said.vi}"


def _place(place: str) -> str:
    """ "paragraph 12 · đoạn 12"."""
    from gateway.rules.words import place_in_vietnamese  # brings all rules with it

    vietnamese = place_in_vietnamese(place)
    return safe(place if vietnamese == place else f"{place} · {vietnamese}")


def _charset(legacy: LegacyText) -> str:
    if not legacy.family:
        return "; ".join(map(_note, legacy.notes))
    fonts = sorted({safe(passage.font) for passage in legacy.passages if passage.font})
    named = f", font {', '.join(fonts[:3])}" if fonts else ""
    letters = f"{legacy.damaged} damaged letter{'' if legacy.damaged == 1 else 's'}"
    return f"{label(legacy.family)}{named}, {letters}, confidence {legacy.confidence:.0%}"


def _note(note: str) -> str:
    return f"{note}: {_both(NOTES[note])}" if note in NOTES else note


def _way(names: Sequence[str]) -> str:
    """The way to a file inside a file: "ho_so.zip › ", "" for the file itself."""
    return f"{' › '.join(safe(name) or '(no name)' for name in names)}: " if names else ""


def total(reports: Sequence[Report]) -> str:
    """How many files there were, by verdict."""
    counts = [(word, sum(1 for r in reports if not r.error and r.verdict == word)) for word in reversed(ORDER)]
    failed = sum(1 for report in reports if report.error)
    parts = [f"{count} {VERDICTS[word].en}" for word, count in counts if count]
    return f"{len(reports)} files: {', '.join([*parts, *([f'{failed} not read'] if failed else [])])}"
