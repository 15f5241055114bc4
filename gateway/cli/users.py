"""`congthu users`: the accounts of the console. Who did it is on record before it is done, as in the console itself."""

from __future__ import annotations

import contextlib
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.mailboxes_common import directory, iso, local, who
from gateway.cli.options import config_option, json_option
from gateway.cli.output import print_json, print_table, safe, say

if TYPE_CHECKING:
    from gateway.console.accounts import Accounts, User

_ROLES = click.Choice(["viewer", "security", "administrator"])
_HEADING = ("name", "full name", "role", "state", "last sign-in")
_PASSWORD = click.option(
    "--password-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="File whose first line is the password. Without it: asked for at a terminal, else made and printed.",
)


@click.group()
def command() -> None:
    """Keep the accounts of the console."""


@contextlib.contextmanager
def _deed(config: Path | None, what: str, name: str, text: str = "") -> Iterator[Accounts]:
    """The accounts, with the action on record first; and that it was not done, where it is then refused."""
    from gateway.console.accounts import Accounts
    from gateway.errors import CongThuError
    from gateway.journal.actions import recording
    from gateway.journal.decision import Note

    settings, store = directory(config, make=True)
    gateway = settings.gateway
    with recording(settings.store.url, gateway.data_dir, gateway.node or gateway.hostname) as actions:
        actions.prepare()
        accounts = Accounts(store.database)
        accounts.prepare()
        actions.record(Note("action", name, text, by=who(), what=what))
        try:
            yield accounts
        except CongThuError as error:
            with contextlib.suppress(CongThuError):  # the reason is what whoever typed it has to see
                actions.record(Note("action", name, f"{what}: {error}"[:4000], by=who(), what="not-done"))
            raise


@command.command()
@click.argument("name")
@config_option
@click.option("--role", type=_ROLES, default="viewer", show_default=True, help="What it may do.")
@click.option("--full-name", default="", help="The person's name, as pages show it.")
@click.option("--imap", is_flag=True, help="NAME is a mailbox's login, and the server of [imap] knows its password.")
@click.option("--ldap", is_flag=True, help="NAME is a mail address or uid there, and the server of [ldap] is asked.")
@_PASSWORD
@json_option
def add(name: str, config: Path | None, role: str, full_name: str, imap: bool, ldap: bool, **options: Any) -> None:
    """Make an account. NAME: lower case letters, digits, dots, dashes. Exit code 1: it is there already."""
    from gateway.console.accounts import Role, clean_name

    password_file, as_json = options["password_file"], options["as_json"]
    name = clean_name(name)
    if imap + ldap + (password_file is not None) > 1:
        raise click.UsageError("one of --imap, --ldap and --password-file")
    way = "imap" if imap else "ldap" if ldap else ""
    password, made = ("", False) if way else _password(password_file)
    with _deed(config, "user-add", name, f"{role}, {way}" if way else role) as accounts:
        user = accounts.add(name, None if way else password, Role.named(role), full_name, way=way)
    _tell(f"{user.name} may sign in as {role}", user.name, password if made else "", as_json)


@command.command("list")
@config_option
@json_option
def list_(config: Path | None, as_json: bool) -> None:
    """List the accounts."""
    from gateway.console.accounts import Accounts

    _, store = directory(config, make=True)
    accounts = Accounts(store.database)
    accounts.prepare()
    found = accounts.list()
    if as_json:
        print_json(list(map(_json, found)))
    elif found:
        print_table(_HEADING, map(_cells, found), whole=("name",))
    else:
        say("nobody yet: congthu users add NAME --role administrator", style="doubt", err=True)


@command.command()
@click.argument("name")
@config_option
@click.option("--enable", is_flag=True, help="Open it again instead.")
@json_option
def disable(name: str, config: Path | None, enable: bool, as_json: bool) -> None:
    """Close an account and end its sessions. Exit code 1: there is none, or it is the last administrator."""
    with _deed(config, "user-enable" if enable else "user-disable", name) as accounts:
        accounts.disable(name, not enable)
    _tell(f"{name} is {'open' if enable else 'closed'}", name, "", as_json)


@command.command()
@click.argument("name")
@config_option
@_PASSWORD
@json_option
def passwd(name: str, config: Path | None, password_file: Path | None, as_json: bool) -> None:
    """Set a new password; ends the account's sessions and a lock-out. Exit code 1: there is none."""
    password, made = _password(password_file)
    with _deed(config, "user-password", name) as accounts:
        accounts.set_password(name, password)
    _tell(f"{name} has a new password", name, password if made else "", as_json)


def _password(file: Path | None) -> tuple[str, bool]:
    """The password, and whether it was made here."""
    if file is not None:
        try:
            return file.read_text("utf-8").split("\n", 1)[0].strip(), False
        except (OSError, UnicodeError) as error:
            raise click.UsageError(f"{file}: {getattr(error, 'strerror', None) or 'not text'}") from error
    if sys.stdin.isatty() and sys.stderr.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)), False
    return secrets.token_urlsafe(15), True


def _tell(text: str, name: str, password: str, as_json: bool) -> None:
    if as_json:
        print_json({"name": name, "done": text, **({"password": password} if password else {})})
        return
    say(safe(text), style="good")
    if password:
        say(f"password: {password}")


def _json(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "full_name": user.full_name,
        "role": user.role.label,
        "disabled": user.disabled,
        "last_sign_in": iso(user.last_login),
    }


def _cells(user: User) -> tuple[object, ...]:
    state = "closed" if user.disabled else "open"
    return user.name, user.full_name, user.role.label, state, local(user.last_login)
