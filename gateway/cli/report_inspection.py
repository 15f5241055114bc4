"""`congthu report inspection` and `congthu decisions verify --archive`: an archive is written, or proved."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.output import print_json, say
from gateway.errors import StartError

if TYPE_CHECKING:
    from gateway.config import Settings
    from gateway.journal.chain import Key
    from gateway.journal.verify import Report
    from gateway.reports.archive_check import Checked
    from gateway.reports.quarters import Period


def export_archive(settings: Settings, period: Period, out: Path, *, as_json: bool) -> bool:
    """Write the archive, then prove it; whether something is wrong with it."""
    from gateway.journal.chain import load_key
    from gateway.reports.archive import export
    from gateway.reports.archive_check import check
    from gateway.reports.sources import sources_of

    key = load_key(settings.gateway.data_dir)
    since, until = int(period.since * 1e6), int(period.until * 1e6)
    host = settings.gateway.node or settings.gateway.hostname
    try:
        with sources_of(settings).journal() as connection:
            written = export(connection, key, host, since, until, out)
        found = check(out, key)
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}") from error
    if as_json:
        print_json({**asdict(written), "file": str(out), "problems": [asdict(one) for one in found.report.problems]})
        return bool(found.report.total)
    _problems(found.report)
    say(f"{out}: {written.decisions:,} decisions, {written.rows:,} rows in {written.chains:,} chains")
    say("write this into the minutes of handing it over (SHA-256 of manifest.json):")
    click.echo(f"  {written.digest}")
    return bool(found.report.total)


def verify_archive(archive: Path, key_file: Path | None, *, as_json: bool) -> bool:
    """Prove an archive; whether something is wrong with it."""
    from gateway.reports.archive_check import check

    try:
        found = check(archive, None if key_file is None else _key(key_file))
    except OSError as error:
        raise click.ClickException(f"{archive}: {error.strerror}") from error
    if as_json:
        print_json({**asdict(found.report), "digest": found.digest, "proved": found.proved and not found.report.total})
        return bool(found.report.total)
    _tell(found)
    return bool(found.report.total)


def _tell(found: Checked) -> None:
    report, manifest = found.report, found.manifest
    _problems(report)
    if report.total:
        say(f"{report.rows:,} rows: {report.total:,} problems", style="bad")
        return
    say(f"{manifest['journal']}, {manifest['since']} to {manifest['until']}: {manifest['decisions']:,} decisions")
    say(
        f"{report.rows:,} rows in {report.chains:,} chains, {report.pruned:,} of them without content: sound",
        style="good",
    )
    if not found.proved:
        say("whole and in agreement with itself; that this journal wrote it is proved with --key only", style="doubt")
    say("compare with the minutes of handing it over (SHA-256 of manifest.json):")
    click.echo(f"  {found.digest}")


def _problems(report: Report) -> None:
    for one in report.problems:
        say(f"{one.name}: {one.chain} row {one.seq}: {one.text}", style="bad")


def _key(path: Path) -> Key:
    from gateway.journal.chain import KEY_BYTES, Key

    secret = path.read_bytes()
    if len(secret) != KEY_BYTES:
        raise StartError(f"{path}: {len(secret)} bytes instead of {KEY_BYTES}; this is no journal's key")
    return Key(secret)
