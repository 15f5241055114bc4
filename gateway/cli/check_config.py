"""`congthu check-config`: everything that is wrong with a configuration, at once, each with its key, value and hint.

It only looks: nothing is bound for longer than a moment, and nothing is delivered.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import click

from gateway.cli.options import json_option
from gateway.cli.output import print_json, safe, say
from gateway.config import Settings
from gateway.errors import ConfigError, Problem


@dataclass(slots=True)
class Outcome:
    """What was found: `errors` (exit 2), `found` by asking the next hops (exit 1), `warnings` and `facts` (exit 0)."""

    file: str
    errors: list[Problem] = field(default_factory=list)
    found: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 fine, 1 something found by --connect, 2 the configuration cannot be used."""
        return 2 if self.errors else 1 if self.found else 0


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--config", "config", type=click.Path(path_type=Path), metavar="FILE", help="The same as FILE.")
@click.option("--connect", is_flag=True, help="Also ask the next hops and the sources of logins, and try the ports.")
@json_option
def command(file: Path | None, config: Path | None, connect: bool, as_json: bool) -> None:
    """Say everything that is wrong with the configuration FILE.

    FILE defaults to $CONGTHU_CONFIG, ./config.toml or /etc/congthu/config.toml.
    Exit code: 0 fine, 1 --connect found something, 2 the configuration cannot be used.
    """
    if file and config and file != config:
        raise click.UsageError("name the file once: as FILE or with --config")
    outcome = examine(file or config, connect=connect)
    if as_json:
        print_json({**asdict(outcome), "exit_code": outcome.exit_code})
    else:
        _print(outcome)
    sys.exit(outcome.exit_code)


def examine(path: Path | None, *, connect: bool = False) -> Outcome:
    """Load and check a file; with `connect`, ask its next hops where the file is good."""
    from gateway.config_file import find, judge

    try:
        path = path or find()
        judged = judge(path)
    except ConfigError as error:
        return Outcome(str(path or ""), errors=list(error.problems))
    outcome = Outcome(str(path), list(judged.errors), warnings=list(judged.warnings))
    if connect and judged.settings is not None and not outcome.errors:
        _connect(judged.settings, outcome)
    return outcome


def _connect(settings: Settings, outcome: Outcome) -> None:
    from gateway.checks import connect, ports

    findings = connect.Inspection()
    asyncio.run(connect.inspect(settings, findings))
    ports.check(settings, findings)
    outcome.found += findings.errors
    outcome.warnings += findings.warnings
    outcome.facts += findings.facts


def _print(outcome: Outcome) -> None:
    for problems, word, style in (
        (outcome.errors, "error", "bad"),
        (outcome.found, "found", "bad"),
        (outcome.warnings, "warning", "doubt"),
    ):
        _print_problems(problems, word, style)
    for fact in outcome.facts:
        say(f"  {fact}", style="dim")
    _print_summary(outcome)


def _print_problems(problems: Sequence[Problem], word: str, style: str) -> None:
    """A paragraph each in a terminal; one line each into a pipe, so that grep shows the whole of it."""
    for problem in problems:
        value = "" if problem.value == "(not set)" else f" = {problem.value}"
        if sys.stdout.isatty():
            _draw(problem.key, value, problem.hint, word, style)
        else:
            click.echo(safe(f"{word}: {problem.key}{value}: {problem.hint}"))


def _draw(key: str, value: str, hint: str, word: str, style: str) -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    colour = {"bad": "bold red", "doubt": "bold yellow"}[style]
    console = Console(highlight=False)
    console.print(Text.assemble((f"{word:<9}", colour), (safe(key), "bold"), safe(value)))
    console.print(Padding(Text(safe(hint)), (0, 0, 1, 9)))


def _print_summary(outcome: Outcome) -> None:
    counts = [
        f"{len(problems)} {word}{'' if len(problems) == 1 else 's'}"
        for problems, word in ((outcome.errors, "error"), (outcome.found, "finding"), (outcome.warnings, "warning"))
        if problems
    ]
    if outcome.exit_code:
        say(f"{outcome.file or 'configuration'}: {', '.join(counts)}", style="bad")
    else:
        say(f"{outcome.file}: fine" + (f", {counts[0]}" if counts else ""), style="good")
