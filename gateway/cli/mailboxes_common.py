"""What the commands of `congthu mailboxes` share: the store, who is asking, how a plan and its progress look."""

from __future__ import annotations

import contextlib
import datetime
import os
import pwd
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import click

from gateway.cli.output import safe, say
from gateway.config import Settings
from gateway.directory.entry import Entry, Exemption, Snapshot, clean_address, record_of
from gateway.directory.letters import Letterhead
from gateway.directory.notices import Writer
from gateway.directory.plan import ADD, CHANGE, REMOVE, Plan, Step
from gateway.directory.store import DirectoryStore
from gateway.errors import StartError
from gateway.rules.profiles import Profiles
from gateway.who import Mailbox, Unit

_SIGNS: Final = {ADD: "+", CHANGE: "~", REMOVE: "-"}
_COLOURS: Final = {ADD: "green", CHANGE: "yellow", REMOVE: "red"}
_SHOWN: Final = 20  # steps that are shown before a question


def directory(config: Path | None, *, make: bool = False) -> tuple[Settings, DirectoryStore]:
    """The settings and the store; `make`: its tables are made where they are not there yet, and its folder.

    A directory is filled before the gateway's first start as well as after it.
    """
    from gateway.config_file import load
    from gateway.logs import configure

    configure("warning", "console")
    settings = load(config)
    store = DirectoryStore(settings.store.url, settings.gateway.data_dir)
    if make:
        folder = settings.gateway.data_dir
        try:
            folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        except OSError as error:
            raise StartError(f"gateway.data_dir {folder} cannot be made: {error.strerror}") from None
        store.prepare()
    return settings, store


def who() -> str:
    """Who is asking, for the record: the user and the machine, and who became that user with sudo."""
    try:
        user = pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        user = str(os.geteuid())
    behind = os.environ.get("SUDO_USER", "")
    return safe(f"{f'{behind} as ' if behind else ''}{user}@{socket.gethostname()}")[:200]


def known_unit(snapshot: Snapshot, code: str) -> None:
    """UsageError for the code of a unit that is not there: a typing error is not an empty answer. Empty: any unit."""
    if code and snapshot.unit(code) is None:
        raise click.UsageError(f"the directory has no unit {code}")


def regulation_of(settings: Settings) -> Callable[[str], str]:
    """An address to the id of the regulation that governs it."""
    return Profiles(settings.gateway.regulation, [(one.pattern, one.regulation) for one in settings.profile]).of


def writer(settings: Settings) -> Writer:
    """Who writes notices: the office as configured, else the request channel's address, else our postmaster.

    StartError where that is no address.
    """
    channels = settings.request_channel
    sender = settings.notices.sender or (channels[0].address if channels else f"postmaster@{settings.gateway.hostname}")
    try:
        sender = clean_address(sender)
    except ValueError as error:
        raise StartError(f"notices.sender = {sender}: {error}") from error
    now = datetime.datetime.now().astimezone()
    return Writer(Letterhead(sender, settings.notices.office), regulation_of(settings), now)


def plan_json(plan: Plan) -> dict[str, Any]:
    """A plan as JSON has it."""
    return {
        "base": plan.base,
        "counts": plan.counts(),
        "removed_share": round(plan.removed_share, 4),
        "steps": [
            {
                "action": step.action,
                "what": str(step.what),
                "key": step.key,
                "before": None if step.before is None else record_of(step.before),
                "after": None if step.after is None else record_of(step.after),
            }
            for step in plan.steps
        ],
    }


def show_plan(plan: Plan, *, most: int = _SHOWN) -> None:
    """A plan for people: a line for each step, at most so many (0: all), and the sum."""
    for step in plan.steps[: most or None]:
        click.secho(step_line(step), fg=_COLOURS[step.action])
    if most and len(plan.steps) > most:
        say(f"… and {len(plan.steps) - most:,} more; --dry-run shows them all", style="dim")
    counts = plan.counts()
    say(f"{counts[ADD]:,} to add, {counts[CHANGE]:,} to change, {counts[REMOVE]:,} to remove")


def step_line(step: Step) -> str:
    """One step: "+ mailbox an@tinh.example  personal  so-noi-vu  Nguyễn Văn An"."""
    start = f"{_SIGNS[step.action]} {step.what} "
    if step.before is not None and step.after is not None:
        return safe(f"{start}{step.key}  {'; '.join(_differences(step.before, step.after))}")
    entry = step.after or step.before
    assert entry is not None
    return safe(f"{start}{'  '.join(part for part in summary(entry) if part)}")


def summary(entry: Entry) -> Sequence[str]:
    """An entry in a few cells."""
    if isinstance(entry, Mailbox):
        return entry.address, str(entry.kind), entry.unit, entry.holder
    if isinstance(entry, Unit):
        return entry.code, entry.name
    if isinstance(entry, Exemption):
        return entry.address, entry.reason
    return entry.address, f"{len(entry.members)} members"


def _differences(before: Entry, after: Entry) -> Iterator[str]:
    for field in fields(before):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old != new:
            yield f"{field.name}: {_shown(old)} -> {_shown(new)}"


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        value = ", ".join(value[:5]) + (" …" if len(value) > 5 else "")
    return str(value) if value not in ("", None) else "(none)"


@contextlib.contextmanager
def progress(doing: str) -> Iterator[Callable[[int], None] | None]:
    """A count of rows on stderr, where that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    try:
        yield lambda rows: click.echo(f"\r{doing}: {rows:,} rows", err=True, nl=False)
    finally:
        click.echo("\r" + " " * (len(doing) + 20) + "\r", err=True, nl=False)


def local(moment: float) -> str:
    """Seconds since the epoch in this machine's zone, to the second; "" for 0."""
    return datetime.datetime.fromtimestamp(moment).astimezone().strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def iso(moment: float) -> str | None:
    """Seconds since the epoch as ISO 8601 in UTC; None for 0."""
    return datetime.datetime.fromtimestamp(moment, datetime.UTC).isoformat(timespec="seconds") if moment else None
