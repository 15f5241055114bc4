"""`congthu mailboxes lock` and `unlock`: by hand, as the regulations let it be asked for, on record."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import click

from gateway.cli.mailboxes_common import who
from gateway.cli.options import config_option, json_option
from gateway.cli.output import print_json, say
from gateway.cli.use_common import Use, use
from gateway.directory.entry import Snapshot, record_of
from gateway.directory.request_store import RequestStore
from gateway.errors import CongThuError
from gateway.journal.decision import Note
from gateway.lifecycle.effects import Way
from gateway.lifecycle.letters import HOW
from gateway.lifecycle.profile import Profile
from gateway.lifecycle.reopening import Asking, Reopening, reopening
from gateway.lifecycle.standing import date
from gateway.lifecycle.subject import Lock, Record, Subject
from gateway.upkeep.hand import HandRefused, lock, reopen
from gateway.upkeep.rows import key
from gateway.using import ways_of
from gateway.who import Kind, Mailbox

_DEPTH: Final = 16  # units above a unit
_WHY: Final = click.Choice([one.value for one in Lock if one])


@click.command("lock")
@click.argument("address")
@config_option
@click.option("--reason", required=True, help="Why; kept with the change.")
@click.option(
    "--because",
    type=_WHY,
    default=Lock.HAND.value,
    show_default=True,
    help="dormant: Q4 8.1a; password: the first was not changed, Q4 8.3b; security: control was lost, AG 10.2a.",
)
@json_option
def lock_command(address: str, config: Path | None, reason: str, because: str, as_json: bool) -> None:
    """Lock a mailbox by hand. Exit code 1: it is locked or reclaimed already.

    What it is locked for decides how it is opened again: see `congthu mailboxes unlock`.
    """
    opened, now, why = use(config, make=True), time.time(), Lock(because)
    denies = _denies(opened)
    with _recorded(opened, "mailbox-lock", address, f"{because}: {reason}"):
        after = lock(opened.store, opened.upkeep.life, address, why, reason, who(), now, held=denies)
    needed = _needed(opened, after)
    if as_json:
        day = None if needed.first is None else needed.first.isoformat()
        print_json(
            {**record_of(after), "lock": because, "reopened_by": needed.by.value, "from": day, "deny_file": denies}
        )
        return
    say(f"{after.address}: đã khóa / locked ({because})", style="good")
    _tell_denying(opened, denies)
    first = f" Từ ngày / from {date(needed.first)}." if needed.first else ""
    clause = f" ({needed.clause})" if needed.clause else ""
    say(f"mở lại / opened again: {HOW[needed.by].vi} / {HOW[needed.by].en}{first}{clause}")


@click.command("unlock")
@click.argument("address")
@config_option
@click.option("--letter", default="", help="Number of the unit's official letter (Q4 8.1a).")
@click.option("--request", default="", help="Reference of the request from the unit's mailbox, for a personal one.")
@click.option("--confirmation", default="", help="Number of the written confirmation after a lost control (AG 10.2a).")
@click.option("--list", "listed", default="", help="Number of the office's list, for a reclaimed one (AG 6.4).")
@json_option
def unlock_command(
    address: str, config: Path | None, letter: str, request: str, confirmation: str, listed: str, as_json: bool
) -> None:
    """Open a locked mailbox again, or issue a reclaimed one again; its periods begin anew.

    Exit code 1: it is not locked, it was asked for in another way than the regulation wants, or too early.
    """
    named = {
        Asking.LETTER: letter.strip(),
        Asking.UNIT_MAILBOX: request.strip(),
        Asking.CONFIRMATION: confirmation.strip(),
        Asking.LIST: listed.strip(),
    }
    given = [(asked, number) for asked, number in named.items() if number]
    if len(given) != 1:
        raise click.UsageError("say what asks for it: one of --letter, --request, --confirmation, --list")
    asked, number = given[0]
    opened = use(config, make=True)
    if asked is Asking.UNIT_MAILBOX:
        _must_be_its_units(opened, address, number)
    with _recorded(opened, "mailbox-reopen", address, f"{asked.value} {number}"):
        after = reopen(opened.store, opened.upkeep.life, address, opened.profile_of, asked, number, who(), time.time())
    if as_json:
        print_json({**record_of(after), "by": asked.value, "number": number, "deny_file": _denies(opened)})
        return
    say(f"{after.address}: đã mở lại / opened again ({asked.value} {number})", style="good")
    _tell_denying(opened, _denies(opened))
    if asked is Asking.UNIT_MAILBOX:
        say(f'congthu mailboxes requests answer {number} --text "…"  tells the unit that it is done', style="dim")


@contextlib.contextmanager
def _recorded(opened: Use, what: str, address: str, text: str) -> Iterator[None]:
    """In the journal's chain before it is done; where it is refused after all, that too."""
    from gateway.journal.actions import recording

    gateway = opened.settings.gateway
    with recording(opened.settings.store.url, gateway.data_dir, gateway.node or gateway.hostname) as actions:
        actions.prepare()
        note = Note("action", address, text, by=who(), what=what)
        actions.record(note)
        try:
            yield
        except CongThuError:
            actions.record(replace(note, what="not-done"))
            raise


def _denies(opened: Use) -> bool:
    """Whether the gateway itself keeps locked people out."""
    used = {way for ways in ways_of(opened.settings).by_act.values() for way in ways}
    return Way.DENY in used and opened.settings.lifecycle.deny_file is not None


def _tell_denying(opened: Use, denies: bool) -> None:
    if denies:
        seconds = opened.settings.directory.refresh
        say(f"a running gateway rewrites {opened.settings.lifecycle.deny_file} within {seconds:g} s")
    else:
        say("the mail server is not told (lifecycle.do has no deny-file): do it there, too", style="doubt", err=True)


def _needed(opened: Use, mailbox: Mailbox) -> Reopening:
    record = opened.upkeep.life.records([mailbox.key]).get(key(mailbox.key), Record())
    return reopening(Subject(mailbox, record), opened.profile_of(mailbox) or Profile(""))


def _must_be_its_units(opened: Use, address: str, reference: str) -> None:
    """HandRefused unless the request is on record and came from the mailbox of its unit, or of a unit above."""
    found = RequestStore(opened.store.database).find(reference)
    snapshot = opened.store.snapshot()
    mailbox = snapshot.mailbox(address)
    if not found:
        raise HandRefused(
            f"there is no request {reference}; `congthu mailboxes requests list` shows them."
            " What came in another way needs --letter"
        )
    if mailbox is not None and not any(_speaks_for(snapshot, one.seen.mailbox, mailbox) for one in found):
        raise HandRefused(f"request {reference} came from {found[0].seen.mailbox}, not from the mailbox of its unit")


def _speaks_for(snapshot: Snapshot, asker: str, mailbox: Mailbox) -> bool:
    found, code = snapshot.mailbox(asker), mailbox.unit
    if found is None or found.kind is not Kind.UNIT or found.key == mailbox.key:
        return False
    for _ in range(_DEPTH):
        if not code:
            return False
        if found.unit == code:
            return True
        unit = snapshot.unit(code)
        code = unit.parent if unit is not None else ""
    return False
