"""`congthu report`: the reports that the regulations ask for, as a page, PDF, spreadsheet, text or JSON.

Knows how to ask and where the file goes. What a report says is the reports room's knowledge.
"""

from __future__ import annotations

import datetime
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.options import config_option, json_option
from gateway.cli.output import say

if TYPE_CHECKING:
    from gateway.config import Settings
    from gateway.reports.document import Document
    from gateway.reports.quarters import Period

_FORMATS = ("text", "html", "pdf", "xlsx", "csv", "json")
_ENDS = {
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
    ".xlsx": "xlsx",
    ".csv": "csv",
    ".json": "json",
    ".txt": "text",
}
_DAY = click.DateTime(["%Y-%m-%d"])
_REPORTS = {
    "quarterly": "How many mailboxes, how the system runs, how the regulation is kept (Q4 14.1).",
    "dormant": "Mailboxes that are not used: what is due and why (Q4 8.1, AG 6.4).",
    "windows": "Whether mailboxes were read when they must be (Q4 8.2a, AG 10.1).",
    "violations": "What rules found, by clause, unit and message (Q4 16; AG 10.2).",
    "changes": "Each unit's prefilled confirmation of its mailboxes, for it to sign (Q4 10, 14.2).",
    "answers": "How long unit mailboxes take to answer (Q4 12.4, AG 10.1).",
    "availability": "How much of the time the mail path was there (AG 8.3).",
    "units": "Units by their use of mail, for the commendation (Q4 15); the method stands in it.",
}


@click.group()
def command() -> None:
    """Make a report: figures that add up to the journal, laid out as Vietnamese offices write them."""


def _options(function: Any) -> Any:
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


_OPTIONS = (
    config_option,
    click.option("--quarter", default="", metavar="2026Q3", help="The quarter. Default: the one that runs."),
    click.option("--year", type=click.IntRange(1976, 8999), help="Instead of a quarter: a whole year."),
    click.option("--from", "first", type=_DAY, help="Instead of a quarter: from this day"),
    click.option("--to", "last", type=_DAY, help="to this one, which is in it."),
    click.option("--unit", default="", help="Only this unit, by its code, and those below it."),
    click.option(
        "--format",
        "format_",
        type=click.Choice(_FORMATS),
        help="Default: as the file's name ends; else text in a terminal and HTML into a pipe.",
    ),
    click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="A file instead of stdout."),
    click.option("--table", default="", help="CSV: this table only, for programs (JSON names them)."),
    click.option("--plain", is_flag=True, help="CSV without the byte order mark that Excel needs for Vietnamese."),
)


def _add(name: str, text: str) -> None:
    def run(config: Path | None, **asked: Any) -> None:
        _report(name, config, **asked)

    run.__doc__ = text
    command.command(name)(_options(run))


for _name, _text in _REPORTS.items():
    _add(_name, _text)


@command.command()
@config_option
@click.option("--from", "first", type=_DAY, required=True, help="From this day")
@click.option("--to", "last", type=_DAY, required=True, help="to this one, which is in it.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The archive: FILE.zip.")
@json_option
def inspection(
    config: Path | None, first: datetime.datetime, last: datetime.datetime, out: Path, as_json: bool
) -> None:
    """A period's decisions with the proof of their chains, in one archive (AG 11). Exit code 1: a chain is broken."""
    from gateway.cli.report_inspection import export_archive

    settings = _settings(config)
    period = _period(settings, "", first, last, time.time())
    sys.exit(1 if export_archive(settings, period, out, as_json=as_json) else 0)


@command.command()
@config_option
@click.option("--dry-run", is_flag=True, help="Say what is due, and mail nothing.")
@json_option
def mail(config: Path | None, dry_run: bool, as_json: bool) -> None:
    """Mail the reports that are due now and were not mailed yet. The gateway does it by itself (docs/reports.md)."""
    from gateway.cli.report_mail import show

    show(_settings(config), time.time(), dry_run=dry_run, as_json=as_json)


def _report(
    name: str,
    config: Path | None,
    *,
    quarter: str,
    year: int | None,
    first: datetime.datetime | None,
    last: datetime.datetime | None,
    unit: str,
    format_: str | None,
    out: Path | None,
    table: str,
    plain: bool,
) -> None:
    from gateway.reports.errors import ReportError
    from gateway.reports.make import Asked, make
    from gateway.reports.render import render
    from gateway.reports.sources import sources_of

    settings, now = _settings(config), time.time()
    format_ = format_ or _format(out)
    if format_ in ("pdf", "xlsx") and out is None and sys.stdout.isatty():
        raise click.UsageError(f"{format_} is no text for a terminal: say --out FILE")
    if year is not None:
        if quarter or first or last:
            raise click.UsageError("say --year, or --quarter, or both --from and --to")
        first, last = datetime.datetime(year, 1, 1), datetime.datetime(year, 12, 31)  # noqa: DTZ001 -- days only
    asked = Asked(name, _period(settings, quarter, first, last, now), unit)
    width = shutil.get_terminal_size((120, 40)).columns if out is None and sys.stdout.isatty() else 120
    templates = settings.reports.templates
    try:
        document = make(asked, sources_of(settings), now)
        data = render(document, format_, templates=templates, excel=not plain, table=table, width=width)
    except ReportError as error:
        raise click.UsageError(error.both) from None
    _write(data, out)
    if out is not None:
        say(f"{out}: {_told(document)}")


def _settings(config: Path | None) -> Settings:
    from gateway.config_file import load
    from gateway.logs import configure

    configure("warning", "console")
    return load(config)


def _format(out: Path | None) -> str:
    if out is not None:
        return _ENDS.get(out.suffix.lower(), "html")
    return "text" if sys.stdout.isatty() else "html"


def _period(
    settings: Settings, quarter: str, first: datetime.datetime | None, last: datetime.datetime | None, now: float
) -> Period:
    from gateway.lifecycle.days import day_of
    from gateway.reports.quarters import Quarter, calendar_period, closing_period, span

    try:
        if first is not None or last is not None:
            if quarter or first is None or last is None:
                raise ValueError("say --quarter, or both --from and --to")
            return span(first.date(), last.date())
        wanted = Quarter.parse(quarter) if quarter else Quarter.of(day_of(now))
        day = settings.reports.closing_day
        return closing_period(wanted, day) if day else calendar_period(wanted)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _write(data: bytes, out: Path | None) -> None:
    try:
        if out is not None:
            out.write_bytes(data)
        else:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
    except OSError as error:
        raise click.ClickException(f"{out or 'stdout'}: {error.strerror}") from error


def _told(document: Document) -> str:
    rows = sum(len(table.rows) for one in (document, *document.parts) for table in one.tables)
    return f"{document.head.about}, {document.period.words} ({rows:,} rows)"
