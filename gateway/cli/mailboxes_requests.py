"""`congthu mailboxes requests` and `notices`: who asked for what, what was answered, and the letters that say so."""

from __future__ import annotations

import datetime
import time
from pathlib import Path
from typing import Any

import click

from gateway.cli.mailboxes_common import directory, iso, local, who, writer
from gateway.cli.options import config_option, json_option
from gateway.cli.output import print_json, print_table, safe, say
from gateway.directory.errors import DirectoryError
from gateway.directory.outbox import Outbox, Waiting
from gateway.directory.request_store import Request, RequestStore

_HEADING = ("time", "reference", "mailbox", "unit", "kinds", "rows", "answered")


@click.group("requests")
def requests_command() -> None:
    """List, show and answer requests about mailboxes."""


@requests_command.command("list")
@config_option
@click.option("--open", "open_only", is_flag=True, help="Only those that nobody answered yet.")
@click.option("--mailbox", default="", help="From this unit mailbox.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="From this day on.")
@click.option("--limit", type=click.IntRange(min=0), default=50, show_default=True, help="At most so many; 0: all.")
@json_option
def _list(
    config: Path | None,
    open_only: bool,
    mailbox: str,
    since: datetime.datetime | None,
    limit: int,
    as_json: bool,
) -> None:
    """Requests that passed a request channel, newest first."""
    _, store = directory(config, make=True)
    start = since.astimezone().timestamp() if since else 0
    found = RequestStore(store.database).list(mailbox=mailbox, open_only=open_only, since=start, limit=limit)
    if as_json:
        print_json(list(map(_json, found)))
    else:
        print_table(_HEADING, map(_cells, found), whole=("time", "reference"))


@requests_command.command("show")
@click.argument("reference")
@config_option
@json_option
def _show(reference: str, config: Path | None, as_json: bool) -> None:
    """Everything about one request. Exit code 1: there is none with this reference."""
    _, store = directory(config, make=True)
    found = _find(RequestStore(store.database), reference)
    if as_json:
        print_json(list(map(_json, found)))
        return
    for request in found:
        for name, value in _shown(request).items():
            if value not in (None, "", []):
                click.echo(f"  {name:<12} {safe(value)}")
    say(f"congthu decisions show {found[0].seen.reference}  tells about the message", style="dim")


@requests_command.command("answer")
@click.argument("reference")
@config_option
@click.option("--text", default="Đã hoàn tất / done", show_default=True, help="The result, as the notice tells it.")
@click.option("--no-notice", is_flag=True, help="Write no completion notice to the unit (Q4 6.2 asks for one).")
@json_option
def _answer(reference: str, config: Path | None, text: str, no_notice: bool, as_json: bool) -> None:
    """Mark a request answered and write the unit the completion notice. Exit code 1: it is not open."""
    settings, store = directory(config, make=True)
    requests = RequestStore(store.database)
    found = _find(requests, reference)
    if found[0].answered:
        raise DirectoryError(f"{reference} was answered {local(found[0].answered)} by {found[0].answered_by}")
    notices = [] if no_notice else [writer(settings).completion(store.snapshot(), found, text)]
    if not requests.answer(found[0].seen.reference, by=who(), answer=text, now=time.time(), notices=notices):
        raise DirectoryError(f"somebody answered {reference} meanwhile")
    if as_json:
        print_json({"reference": reference, "notice": notices[0].recipient if notices else None})
        return
    say(f"answered; a notice goes to {notices[0].recipient}" if notices else "answered", style="good")


def _find(requests: RequestStore, reference: str) -> list[Request]:
    found = requests.find(reference.strip().upper())
    if not found:
        raise DirectoryError(f"no request has the reference {reference}")
    return found


def _json(request: Request) -> dict[str, Any]:
    seen = request.seen
    return {
        "reference": seen.reference,
        "time": iso(seen.when),
        "channel": seen.channel,
        "mailbox": seen.mailbox,
        "unit": seen.unit,
        "proved_by": seen.how,
        "kinds": list(seen.kinds),
        "reason": seen.reason,
        "rows": seen.rows,
        "lists": seen.lists,
        "message_id": seen.message_id,
        "answered": iso(request.answered),
        "answered_by": request.answered_by,
        "answer": request.answer,
    }


def _shown(request: Request) -> dict[str, Any]:
    """What `show` tells people: as `list` writes it, times in this machine's zone."""
    times = {"time": local(request.seen.when), "answered": local(request.answered)}
    words = {"kinds": " ".join(request.seen.kinds), "reason": "yes" if request.seen.reason else "no"}
    return {**_json(request), **times, **words}


def _cells(request: Request) -> tuple[object, ...]:
    seen = request.seen
    return (
        local(seen.when),
        seen.reference,
        seen.mailbox,
        seen.unit,
        " ".join(seen.kinds),
        seen.rows or "",
        local(request.answered),
    )


@click.command("notices")
@config_option
@click.option("--waiting", is_flag=True, help="Only those that are not sent yet.")
@click.option("--limit", type=click.IntRange(min=0), default=50, show_default=True, help="At most so many; 0: all.")
@click.option("--show", "number", type=int, help="Print the message of the notice with this number.")
@json_option
def notices_command(config: Path | None, waiting: bool, limit: int, number: int | None, as_json: bool) -> None:
    """List the notices that were written, newest first, and what became of them."""
    _, store = directory(config, make=True)
    found = Outbox(store.database).list(waiting_only=waiting, limit=0 if number else limit)
    if number is not None:
        _print_message(found, number)
    elif as_json:
        print_json(list(map(_notice_json, found)))
    else:
        heading = ("number", "written", "kind", "to", "about", "state", "reply")
        print_table(heading, map(_notice_cells, found), whole=("number", "written"))


def _print_message(found: list[Waiting], number: int) -> None:
    one = next((one for one in found if one.number == number), None)
    if one is None:
        raise DirectoryError(f"there is no notice {number}")
    from email import message_from_bytes
    from email.policy import default

    message = message_from_bytes(one.notice.message, policy=default)
    for name in ("From", "To", "Date", "Subject"):
        click.echo(f"{name}: {safe(message[name])}")
    for line in message.get_content().splitlines():
        click.echo(safe(line))


def _state(one: Waiting) -> str:
    if one.sent:
        return f"sent {local(one.sent)}"
    return f"given up {local(one.failed)}" if one.failed else f"waits, {one.tries} tries"


def _notice_json(one: Waiting) -> dict[str, Any]:
    notice = one.notice
    return {
        "number": one.number,
        "kind": notice.kind,
        "about": notice.about,
        "from": notice.sender,
        "to": notice.recipient,
        "written": iso(one.created),
        "tries": one.tries,
        "sent": iso(one.sent),
        "given_up": iso(one.failed),
        "reply": one.reply,
    }


def _notice_cells(one: Waiting) -> tuple[object, ...]:
    notice = one.notice
    return one.number, local(one.created), notice.kind, notice.recipient, notice.about, _state(one), one.reply[:100]
