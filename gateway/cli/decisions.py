"""`congthu decisions`: list, show, export, verify and prune the record of decisions.

Knows the journal's reading side; how a decision looks to a person is decisions_view.py's knowledge.
"""

from __future__ import annotations

import contextlib
import datetime
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

import click

from gateway.cli.options import config_option, json_option
from gateway.cli.output import print_json, print_table, safe, say

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gateway.config import Settings
    from gateway.journal.query import Filter
    from gateway.journal.retention import Cutoffs
    from gateway.journal.verify import Anchor, Report

Command = TypeVar("Command", bound=Callable[..., Any])


@click.group()
def command() -> None:
    """List, show, export and verify the record of decisions."""


class Moment(click.ParamType[int]):
    """A point in time as microseconds since the epoch; `end`: a bare date means its end."""

    name = "time"

    def __init__(self, *, end: bool = False) -> None:
        self._end = end

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """From text; a usage error says what is accepted."""
        from gateway.journal.moments import microseconds

        if isinstance(value, int):
            return value
        try:
            return microseconds(value, datetime.datetime.now().astimezone(), end=self._end)
        except (ValueError, OverflowError) as error:
            self.fail(f"{value!r}: {error}", param, ctx)


_FILTERS = (
    click.option(
        "--since", type=Moment(), default=0, help='From this time on: "2026-03-01", "2026-03-01 14:30", "7d" ago.'
    ),
    click.option("--until", type=Moment(end=True), default=0, help="Up to this time; a bare date is included whole."),
    click.option("--action", type=click.Choice(["accept", "tempfail", "reject"]), help="What was decided."),
    click.option("--rule", default="", help="With a finding of this rule."),
    click.option("--clause", default="", help='Citing this clause: "Q4 4.2".'),
    click.option("--sender", default="", help="Reverse-path, or a pattern with *; <> is the null one."),
    click.option("--recipient", default="", help="One of the recipients, or a pattern with *."),
    click.option("--listener", default="", help="Received by this listener."),
    click.option("--reference", default="", help="With this reference."),
    click.option("--text", default="", help="With these words anywhere in the record."),
)


def filters(function: Command) -> Command:
    """The options that choose decisions."""
    for option in reversed(_FILTERS):
        function = option(function)
    return function


@contextlib.contextmanager
def _journal(config: Path | None) -> Iterator[tuple[Settings, Connection]]:
    """The settings and a read-only connection; a store that fails meanwhile is one line, not a traceback."""
    from sqlalchemy.exc import SQLAlchemyError

    from gateway.config_file import load
    from gateway.errors import JournalUnavailable
    from gateway.journal.reader import open_reader

    settings = load(config)
    with contextlib.closing(open_reader(settings.store.url, settings.gateway.data_dir)) as connection:
        try:
            yield settings, connection
        except SQLAlchemyError as error:
            line = str(getattr(error, "orig", None) or error).partition("\n")[0]
            raise JournalUnavailable(f"the journal cannot be read: {line}") from error


def _filter(options: dict[str, Any]) -> Filter:
    from gateway.journal.query import Filter

    return Filter(**{name: value for name, value in options.items() if value})


@command.command("list")
@config_option
@filters
@click.option("--limit", type=click.IntRange(min=0), default=50, show_default=True, help="At most so many; 0: all.")
@json_option
def list_(config: Path | None, limit: int, as_json: bool, **options: Any) -> None:
    """Decisions, newest first."""
    from gateway.cli.decisions_view import HEADING, WHOLE, table_row
    from gateway.journal.export import as_json as record
    from gateway.journal.query import search

    with _journal(config) as (_, connection):
        found = search(connection, _filter(options), limit=limit)
        if as_json:
            print_json([record(row) for row in found])
        else:
            print_table(HEADING, (table_row(row) for row in found), whole=WHOLE)


@command.command()
@click.argument("reference")
@config_option
@json_option
def show(reference: str, config: Path | None, as_json: bool) -> None:
    """Everything about one decision. Exit code 1: no such reference."""
    from gateway.cli.decisions_view import clause_texts, tell
    from gateway.journal.export import as_json as record
    from gateway.journal.query import story

    with _journal(config) as (_, connection):
        found, notes = story(connection, reference.strip())
    if found is None:
        say(f"congthu: no decision has the reference {reference}", err=True)
        sys.exit(1)
    texts = clause_texts(found)
    if as_json:
        print_json({**record(found), "clauses": texts, "notes": [record(note) for note in notes]})
    else:
        tell(found, notes, texts)


@command.command()
@config_option
@filters
@click.option("--format", "format_", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
@click.option("--excel", is_flag=True, help="CSV with a byte order mark, so that Excel shows Vietnamese.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="A file instead of stdout.")
def export(config: Path | None, format_: str, excel: bool, output: Path | None, **options: Any) -> None:
    """Decisions as CSV or JSON Lines, oldest first."""
    from gateway.journal.export import csv_lines, jsonl_lines
    from gateway.journal.query import search

    with _journal(config) as (_, connection):
        rows = search(connection, _filter(options), oldest_first=True)
        lines = csv_lines(rows, mark=excel) if format_ == "csv" else jsonl_lines(rows)
        try:
            with contextlib.ExitStack() as stack:
                stream: IO[bytes] = sys.stdout.buffer
                if output is not None:
                    stream = stack.enter_context(output.open("wb"))
                stream.writelines(lines)
                stream.flush()
        except OSError as error:
            raise click.ClickException(f"{output or 'stdout'}: {error.strerror}") from error


@command.command()
@config_option
@click.option("--node", default="", help="Only this machine's chains (many nodes, one PostgreSQL).")
@click.option(
    "--anchors",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A log (JSON lines) kept elsewhere, whose journal.anchor lines are compared.",
)
@click.option(
    "--archive",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="An inspection's archive (congthu report inspection) instead of the journal; needs no configuration.",
)
@click.option(
    "--key",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="With --archive: the journal's key; without it only that the archive is whole and agrees with itself.",
)
@json_option
def verify(
    config: Path | None, node: str, anchors: Path | None, archive: Path | None, key: Path | None, as_json: bool
) -> None:
    """Prove that nothing was edited, removed or forged. Exit code 1: something was."""
    from gateway.journal.anchors import read_anchors
    from gateway.journal.chain import load_key
    from gateway.journal.verify import verify as check

    if archive is not None:
        from gateway.cli.report_inspection import verify_archive

        sys.exit(1 if verify_archive(archive, key, as_json=as_json) else 0)
    if key is not None:
        raise click.UsageError("--key goes with --archive")
    with _journal(config) as (settings, connection):
        data_dir = settings.gateway.data_dir
        said: list[Anchor] = list(read_anchors(anchors)) if anchors else []
        with _progress() as progress:
            report = check(connection, data_dir, load_key(data_dir), node=node, anchors=said, progress=progress)
    _tell_report(report, as_json)
    sys.exit(1 if report.total else 0)


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[int], None] | None]:
    """A count of rows on stderr, where that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    try:
        yield lambda rows: click.echo(f"\r{rows:,} rows", err=True, nl=False)
    finally:
        click.echo("\r" + " " * 24 + "\r", err=True, nl=False)


def _tell_report(report: Report, as_json: bool) -> None:
    if as_json:
        print_json(report)
        return
    for problem in report.problems:
        where = f"{problem.chain} row {problem.seq}" + (f" ({problem.reference})" if problem.reference else "")
        say(f"{problem.name}: {where}: {problem.text}", style="bad")
    if report.total > len(report.problems):
        say(f"… and {report.total - len(report.problems)} more", style="bad")
    summary = f"{_count(report.rows, 'row')} in {_count(report.chains, 'chain')}, {report.pruned:,} of them pruned"
    say(
        f"{summary}: {report.total} problems" if report.total else f"{summary}: sound",
        style="bad" if report.total else "good",
    )


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


@command.command()
@config_option
@click.option("--before", type=Moment(), help='Rows older than this: "2026-03-01", "365d"; default: [retention].')
@click.option(
    "--class",
    "classes",
    type=click.Choice(["accepted", "observed", "refused", "actions"]),
    multiple=True,
    help="With --before: only rows of this class; may be repeated.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
def prune(config: Path | None, before: int | None, classes: tuple[str, ...], yes: bool) -> None:
    """Take the content of old decisions away for good; their hashes stay, so that `verify` still proves the rest."""
    from gateway.journal.chain import load_key
    from gateway.journal.prune import count_prunable
    from gateway.journal.prune import prune as run
    from gateway.logs import configure

    configure("warning", "console")
    with _journal(config) as (settings, connection):
        gateway = settings.gateway
        limits, said = _limits(settings, before, classes)
        count = count_prunable(connection, limits, load_key(gateway.data_dir).id)
    if not count:
        say(f"nothing is older than {said}")
        return
    if not yes:
        click.confirm(safe(f"Blank {_count(count, 'row')} older than {said} for good?"), abort=True)
    done = 0
    for step in run(settings.store.url, gateway.data_dir, gateway.node or gateway.hostname, limits):
        done = step.rows
    say(f"{_count(done, 'row')} blanked")


def _limits(settings: Settings, before: int | None, classes: tuple[str, ...]) -> tuple[Cutoffs, str]:
    """Up to when each class is over, and how that is told."""
    import time

    from gateway.journal.export import iso
    from gateway.journal.retention import Sort, cutoffs

    if before is not None:
        told = f" ({', '.join(classes)})" if classes else ""
        return {Sort(name): before for name in classes or tuple(Sort)}, f"{iso(before)}{told}"
    if classes:
        raise click.UsageError("--class goes with --before")
    limits = cutoffs(settings.retention.model_dump(), time.time())
    if not limits:
        raise click.UsageError("say --before TIME: [retention] keeps everything")
    return limits, ", ".join(f"{iso(limit)} ({sort})" for sort, limit in limits.items())
