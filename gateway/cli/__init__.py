"""The command `congthu`: one file a command, imported only when that command is asked for.

The room knows how to say things to people at a terminal: exit codes are 0 fine, 1 found something, 2 wrong usage or
configuration. No error of ours shows a traceback. Nobody imports it.
"""

from __future__ import annotations

import gc
import importlib
import io
import sys
from collections.abc import Sequence
from typing import Any

import click

from gateway import __version__, interpreter
from gateway.errors import ConfigError, CongThuError, StartError

_COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("run", "Run the gateway."),
    "demo": ("demo", "Try the gateway: an embedded mail server, no configuration."),
    "check-config": ("check_config", "Say everything that is wrong with a configuration."),
    "inspect": ("inspect", "Judge a message file as the gateway would."),
    "charset": ("charset", "Say whether texts and documents are Vietnamese in Unicode; convert them."),
    "mailboxes": ("mailboxes", "Keep the directory of units and mailboxes."),
    "poll": ("poll", "Look at mailboxes over IMAP now: which were used."),
    "lifecycle": ("lifecycle", "Show what is due in mailboxes' lives and why, and what was done."),
    "senders": ("senders", "List, show, lock and release senders that are stopped."),
    "rules": ("rules", "Show how rules run; switch and exempt while the gateway runs."),
    "users": ("users", "Keep the accounts of the console."),
    "dkim": ("dkim", "Make DKIM keys; check a message's signatures."),
    "decisions": ("decisions", "List, show, export and verify the record of decisions."),
    "report": ("report", "Make the reports that the regulations ask for."),
    "compliance": ("compliance", "Show each clause of the regulations and what enforces it."),
}
_HIDDEN = frozenset({"worker"})
_WRONG = 2


class LazyGroup(click.Group):
    """Commands by name; a command's module is imported when it is used, so that `--version` and `-h` are quick."""

    def list_commands(self, context: click.Context) -> list[str]:
        """The commands that help shows, in the order in which a newcomer needs them."""
        return [name for name in _COMMANDS if name not in _HIDDEN]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command with this name, or None."""
        if name not in _COMMANDS:
            return None
        interpreter.require()
        gc.disable()  # looking for cycles among modules, which stay, takes a sixth of the time to import them
        try:
            command = importlib.import_module(f"gateway.cli.{_COMMANDS[name][0]}").command
        finally:
            gc.enable()
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in `congthu -h`, written from the table above without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, _COMMANDS[name][1]) for name in self.list_commands(context)])

    def main(self, args: Sequence[str] | None = None, *rest: Any, **options: Any) -> Any:
        """Run a command; an error of ours becomes plain lines on stderr and an exit code."""
        _allow_any_text()
        try:
            return super().main(args, *rest, **options)
        except CongThuError as error:
            raise SystemExit(complain(error)) from None


def complain(error: CongThuError) -> int:
    """Say what is wrong on stderr, a line for each problem; the exit code."""
    from gateway.cli.output import safe

    if isinstance(error, ConfigError):
        for problem in error.problems:
            click.echo(safe(f"congthu: {problem.key} = {problem.value}: {problem.hint}"), err=True)
        return _WRONG
    click.echo(safe(f"congthu: {str(error) or type(error).__name__}"), err=True)
    return _WRONG if isinstance(error, StartError) else 1


def _allow_any_text() -> None:
    """Vietnamese on a terminal that cannot show it becomes escapes, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="congthu %(version)s")
def main() -> None:
    """Cổng Thư: a mail gateway that makes Vietnam's official-mail regulations true, clause by clause."""
