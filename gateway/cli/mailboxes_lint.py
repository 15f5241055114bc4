"""`congthu mailboxes lint`: which entries are not as the regulations ask, with the clause that asks for it."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path

import click

from gateway import regulations
from gateway.cli.mailboxes_common import directory, known_unit, regulation_of
from gateway.cli.options import config_option, json_option
from gateway.cli.output import print_json, print_table, say
from gateway.config import Settings
from gateway.directory.forms import Forms
from gateway.directory.lint import Remark, Weight, lint
from gateway.who import Mailbox

_HEADING = ("address", "weight", "what", "clause", "text", "better")


def forms_of(settings: Settings) -> Callable[[Mailbox], Forms]:
    """A mailbox to the forms of the regulation that it follows: its own, else that of its address."""
    by_address = regulation_of(settings)
    made = cache(lambda id_: Forms.of(regulations.load(id_)))
    return lambda mailbox: made(mailbox.regulation or by_address(mailbox.key))


def channels_of(settings: Settings) -> frozenset[str]:
    """Every address of a configured request channel, in lower case."""
    given = settings.request_channel
    return frozenset(address.lower() for channel in given for address in (channel.address, *channel.also))


@click.command("lint")
@config_option
@click.option("--what", multiple=True, help="Only remarks with this name; may be given again.")
@click.option("--errors", is_flag=True, help="Only what is surely wrong, no notices.")
@click.option("--unit", default="", help="Only mailboxes of this unit, by its code.")
@json_option
def command(config: Path | None, what: Sequence[str], errors: bool, unit: str, as_json: bool) -> None:
    """Say which entries are not as the regulations ask: address forms, holders, look-alikes, second addresses.

    Exit code 1: something was found.
    """
    settings, store = directory(config)
    snapshot = store.snapshot()
    known_unit(snapshot, unit)
    inside = {mailbox.address for mailbox in snapshot.mailboxes if not unit or mailbox.unit == unit}
    found = [
        remark
        for remark in lint(snapshot, forms_of(settings), settings.gateway.domains, channels_of(settings))
        if remark.address in inside and (not what or remark.what in what) and not (errors and remark.weight != "error")
    ]
    _tell(found, as_json, whole=not (what or errors or unit))
    sys.exit(1 if found else 0)


def _tell(found: Sequence[Remark], as_json: bool, *, whole: bool) -> None:
    if as_json:
        known = {id_: clause.text for one in regulations.all() for id_, clause in one.clauses.items()}
        cited = dict.fromkeys(remark.clause for remark in found)
        print_json({"remarks": [asdict(one) for one in found], "clauses": {id_: known.get(id_, "") for id_ in cited}})
    elif found:
        print_table(_HEADING, ([getattr(remark, name) for name in _HEADING] for remark in found))
        counts = Counter(remark.weight for remark in found)
        say(f"errors: {counts[Weight.ERROR]:,}, notices: {counts[Weight.NOTICE]:,}", err=True)
    else:
        text = "every entry is as the regulations ask" if whole else "nothing was found of what was asked for"
        say(text, style="good", err=True)
