"""`congthu mailboxes`: the directory of units and mailboxes (danh bạ), their use, requests about them, and notices.

One file a command or two, imported when they are asked for; a command stands under its name in its module.
"""

from __future__ import annotations

import importlib
from typing import Final

import click

_COMMANDS: Final[dict[str, tuple[str, str, str]]] = {
    "import": ("mailboxes_import", "command", "Take a table of mailboxes in: CSV or Excel."),
    "export": ("mailboxes_export", "command", "Write the directory as CSV, Excel or JSON."),
    "list": ("mailboxes_list", "list_command", "List mailboxes."),
    "show": ("mailboxes_show", "show_command", "Show everything about one mailbox."),
    "changes": ("mailboxes_list", "changes_command", "Show what was changed, when and by whom."),
    "lint": ("mailboxes_lint", "command", "Say which entries are not as the regulations ask."),
    "suggest": ("mailboxes_suggest", "command", "Suggest an address for a person."),
    "sync": ("mailboxes_sync", "command", "Take the directory from LDAP."),
    "windows": ("mailboxes_windows", "command", "Show whether mailboxes were read in their reading windows."),
    "lock": ("mailboxes_locking", "lock_command", "Lock a mailbox by hand."),
    "unlock": ("mailboxes_locking", "unlock_command", "Open a locked mailbox again, or issue a reclaimed one."),
    "exempt": ("mailboxes_deeds", "exempt_command", "Spare a mailbox from being locked and reclaimed."),
    "handover": ("mailboxes_deeds", "handover_command", "Hand a unit's mailbox over to a new head."),
    "requests": ("mailboxes_requests", "requests_command", "List, show and answer requests about mailboxes."),
    "answers": ("mailboxes_answers", "command", "Show how long units' mailboxes take to answer."),
    "notices": ("mailboxes_requests", "notices_command", "List the notices that were written."),
}


class _Group(click.Group):
    """The commands by name, without importing them for a list of their names."""

    def list_commands(self, context: click.Context) -> list[str]:
        """In the order of the table."""
        return list(_COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command with this name, or None."""
        if name not in _COMMANDS:
            return None
        module, attribute, _ = _COMMANDS[name]
        command = getattr(importlib.import_module(f"gateway.cli.{module}"), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in the help, from the table above."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in _COMMANDS.items()])


@click.group(cls=_Group)
def command() -> None:
    """Keep the directory of units and mailboxes."""
