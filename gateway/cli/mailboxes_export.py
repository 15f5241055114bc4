"""`congthu mailboxes export`: the directory as a file that `import` takes back."""

from __future__ import annotations

import contextlib
import io
import sys
from pathlib import Path
from typing import IO

import click

from gateway.cli.mailboxes_common import directory
from gateway.cli.options import config_option
from gateway.cli.output import print_json


@click.command("export")
@config_option
@click.option("--format", "format_", type=click.Choice(["csv", "xlsx", "json"]), default="csv", show_default=True)
@click.option("--english", is_flag=True, help="English headings; `import` reads both.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="A file instead of stdout.")
def command(config: Path | None, format_: str, english: bool, output: Path | None) -> None:
    """Write the directory as CSV, Excel or JSON."""
    from gateway.directory.export import as_json, csv_lines, write_xlsx

    snapshot = directory(config)[1].snapshot()
    if format_ == "json" and output is None:
        print_json(as_json(snapshot))
        return
    try:
        with contextlib.ExitStack() as stack:
            stream: IO[bytes] = sys.stdout.buffer if output is None else stack.enter_context(output.open("wb"))
            if format_ == "xlsx":
                buffer = io.BytesIO()  # a pipe cannot seek, and a workbook is a ZIP archive
                write_xlsx(snapshot, buffer, english=english)
                stream.write(buffer.getvalue())
            elif format_ == "json":
                import orjson

                stream.write(orjson.dumps(as_json(snapshot), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
            else:
                stream.writelines(csv_lines(snapshot, english=english))
            stream.flush()
    except OSError as error:
        raise click.ClickException(f"{output or 'stdout'}: {error.strerror}") from error
