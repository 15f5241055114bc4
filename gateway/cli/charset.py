"""`congthu charset`: which charset a text or document is written in, where, what it says, and how to repair it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.options import json_option
from gateway.cli.output import print_json, safe, say
from gateway.errors import StartError

if TYPE_CHECKING:
    from gateway.cli.charset_report import Report

_CHARSETS = (
    "tcvn3", "vni", "viscii", "vps", "viqr", "bkhcm1", "bkhcm2", "cp1258", "vietware_f", "vietware_x", "mojibake",
)  # fmt: skip
_STDIN = "-"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks for."""

    files: tuple[str, ...]
    converting: bool
    output: str | None
    charset: str | None
    everything: bool
    as_json: bool


@click.command()
@click.argument("files", nargs=-1, type=str, metavar="[FILE]...")
@click.option("--convert", "converting", is_flag=True, help="Print the text in Unicode; what was found goes to stderr.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="With --convert: write the text to this file; into FILE.docx the whole Word document, in Unicode.",
)
@click.option(
    "--charset",
    type=click.Choice(_CHARSETS),
    metavar="NAME",
    help=f"With --convert: what it is in, where you know it: {', '.join(_CHARSETS)}.",
)
@click.option("--all", "everything", is_flag=True, help="Every place; also secret markings and text without marks.")
@json_option
@click.option("--jsonl", is_flag=True, help="Answer questions on standard input, one JSON object a line.")
def command(jsonl: bool, **given: object) -> None:
    """Say whether a text or document is Vietnamese in Unicode; and if not, what it is, where, and how to repair it.

    FILE: any text, document, mail or archive; standard input for "-", or where none is named.

    Exit code: 0 fine, 1 a violation was found, 2 wrong usage, or a file could not be read.
    """
    asked = Asked(**given)  # type: ignore[arg-type]
    if jsonl:
        if any(given.values()):
            raise click.UsageError("--jsonl takes its questions from standard input and goes with nothing else")
        sys.exit(_serve())
    _check(asked)
    sys.exit(_rewrite(asked) if _wants_document(asked) else _run(asked))


def _serve() -> int:
    from gateway.cli.charset_jsonl import serve

    return serve(sys.stdin.buffer, sys.stdout.buffer)


def _check(asked: Asked) -> None:
    if not asked.converting and (asked.output is not None or asked.charset is not None):
        raise click.UsageError("-o and --charset go with --convert")
    if asked.output is not None and len(asked.files) > 1:
        raise click.UsageError("-o takes the text of one file")
    if asked.output is not None and any(_same(asked.output, name) for name in asked.files):
        raise click.UsageError("-o names the file that is read; name a new one")
    if asked.files.count(_STDIN) > 1:
        raise click.UsageError('"-" can be read once')


def _wants_document(asked: Asked) -> bool:
    return asked.output is not None and asked.output.lower().endswith(".docx")


def _rewrite(asked: Asked) -> int:
    """The document itself, in Unicode; the exit code."""
    from gateway.cli.charset_docx import as_data, in_words, rewrite_file
    from gateway.vietnamese import Family

    family = None if asked.charset is None else Family(asked.charset)
    outcome = rewrite_file((*asked.files, _STDIN)[0], asked.output or "", family)
    if asked.as_json:
        print_json(as_data(outcome))
    else:
        say(safe(in_words(outcome)), style="bad" if outcome.reason else "good", err=True)
    return outcome.code


def _same(one: str, other: str) -> bool:
    try:
        return Path(one).samefile(other)
    except (OSError, ValueError):
        return False


def _run(asked: Asked) -> int:
    """Every file in turn, each said as soon as it is known; the exit code."""
    from gateway.cli.charset_report import as_data, exit_code
    from gateway.cli.charset_view import show, total

    kept = []
    for report in _reports(asked):
        if asked.converting and (asked.output is not None or not asked.as_json):
            report = _converted(report, asked)
        elif not asked.as_json:
            show(report, everything=asked.everything)
        kept.append(report)
    if asked.as_json:
        print_json(as_data(kept, everything=asked.everything))
    elif len(kept) > 1:
        say(total(kept), style="dim", err=asked.converting)
    return exit_code(kept)


def _reports(asked: Asked) -> Iterator[Report]:
    from gateway.cli.charset_judge import judge
    from gateway.cli.charset_open import Opener, UnreadableError
    from gateway.cli.charset_report import Report
    from gateway.vietnamese import Family

    if not asked.files and sys.stdin.isatty():
        say("congthu: reading standard input; Ctrl-D ends it", err=True)
    family = None if asked.charset is None else Family(asked.charset)
    with Opener() as opener:
        for name in asked.files or (_STDIN,):
            try:
                yield judge(opener.open(name), everything=asked.everything, converting=asked.converting, family=family)
            except UnreadableError as error:
                yield Report(name, error=str(error))


def _converted(report: Report, asked: Asked) -> Report:
    """The text goes where it was wanted, what was found to stderr; and the text is kept no longer."""
    from gateway.cli.charset_view import summary

    if report.converted is not None:
        several = len(asked.files) > 1
        if several:
            click.echo(f"==> {safe(report.name)} <==")
        _write(report.converted, asked.output, apart=several)
    if not asked.as_json:
        click.echo(summary(report), err=True)
    return replace(report, converted=None)


def _write(text: str, output: str | None, *, apart: bool) -> None:
    """`apart`: something else follows, and begins on a line of its own, as in a terminal, which no text may steer."""
    if output is None:
        terminal = sys.stdout.isatty()
        if terminal:
            text = "\n".join(safe(line.removesuffix("\r")) for line in text.split("\n"))
        end = "\n" if (apart or terminal) and not text.endswith("\n") else ""
        sys.stdout.buffer.write((text + end).encode("utf-8", "replace"))
        sys.stdout.flush()
        return
    try:
        Path(output).write_bytes(text.encode("utf-8", "replace"))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no file name"
        raise StartError(f"{output} cannot be written: {why}") from None
