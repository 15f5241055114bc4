"""`congthu report mail`: which reports are due, and mailing them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gateway.cli.output import print_json, print_table, say
from gateway.errors import JournalUnavailable

if TYPE_CHECKING:
    from gateway.config import Settings
    from gateway.reports.due import Due

_HEADING = ("report", "due since", "regulation's day", "first day", "last day", "mailed")


def show(settings: Settings, now: float, *, dry_run: bool, as_json: bool) -> None:
    """Say what is due; mail it, unless it is a dry run."""
    from gateway.reports.errors import ReportError
    from gateway.reports.mailing import mail
    from gateway.reports.mailings import MailingStore, pending, rhythm_of
    from gateway.reports.sources import sources_of

    sources = sources_of(settings)
    if rhythm_of(settings) is None:
        say("no regulation of this configuration sets dates for reports", err=True)
    todo = pending(settings, sources.calendar, now)
    try:
        mailed = [] if dry_run else list(mail(sources, now))
    except ReportError as error:
        raise click.ClickException(error.both) from error
    except JournalUnavailable as error:
        raise click.ClickException(str(error)) from error
    store = MailingStore(sources.store.database)
    rows = [_row(one, dry_run and store.open(one.key)) for one in todo]
    if as_json:
        print_json({"due": [dict(zip(_HEADING, row, strict=True)) for row in rows], "mailed": mailed})
        return
    print_table(_HEADING, rows)
    for key in mailed:
        say(f"{key}: into the outbox", style="good")


def _row(one: Due, is_open: bool) -> tuple[str, ...]:
    from gateway.lifecycle.days import wall

    since = f"{wall(one.moment):%Y-%m-%d %H:%M}"
    days = (one.deadline.isoformat(), one.period.first.isoformat(), one.period.last.isoformat())
    return (one.key, since, *days, "no" if is_open else "yes")
