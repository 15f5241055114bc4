"""`congthu rules`: how the rules run now, switching them between enforce and observe, and exemptions, at run time."""

from __future__ import annotations

import contextlib
import datetime
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.mailboxes_common import directory, iso, local, who
from gateway.cli.options import config_option, json_option
from gateway.cli.output import print_json, print_table, say
from gateway.model import Mode

if TYPE_CHECKING:
    from gateway.config import Settings
    from gateway.orders.deeds import Record
    from gateway.orders.figures import Effect
    from gateway.orders.store import OrderStore
    from gateway.orders.values import Order

_REASON = click.option("--reason", required=True, help="Why; kept, and shown wherever the order is.")
_ORDERS = ("order", "rule", "what", "for", "until", "by", "since", "reason", "from")


@click.group()
def command() -> None:
    """Show how rules run; switch them between enforce and observe, and make exemptions, while the gateway runs."""


def _store(config: Path | None, *, make: bool = False) -> tuple[Settings, OrderStore]:
    from gateway.orders.store import OrderStore

    settings, store = directory(config, make=make)
    return settings, OrderStore(store.database)


@contextlib.contextmanager
def _recording(settings: Settings) -> Iterator[Record]:
    from gateway.journal.actions import recording
    from gateway.journal.decision import Note

    gateway = settings.gateway
    with recording(settings.store.url, gateway.data_dir, gateway.node or gateway.hostname) as actions:
        actions.prepare()
        yield lambda what, about, text: actions.record(Note("action", about, text, by=who(), what=what))


@command.command("list")
@config_option
@json_option
def list_(config: Path | None, as_json: bool) -> None:
    """Each rule's mode on each listener and what set it, and the orders in force. Exit code 1: an order is idle."""
    from gateway.orders.values import holding
    from gateway.orders.view import idle, standings
    from gateway.rules.policy import today_in_vietnam

    settings, store = _store(config)
    orders = holding(store.standing()[1], today_in_vietnam())
    rows, why = standings(settings, orders), idle(settings, orders)
    if as_json:
        told = [order_json(one) | {"idle": str(why.get(one.number, ""))} for one in orders]
        print_json({"rules": rows, "orders": told})
    else:
        print_table(("rule", "listener", "regulation", "mode", "set by"), [_rule_cells(row) for row in rows])
        _show(orders)
        for number, reason in why.items():
            say(f"order {number} is idle: {reason.en} / {reason.vi}", style="doubt", err=True)
    sys.exit(1 if why else 0)


def _rule_cells(row: dict[str, Any]) -> tuple[object, ...]:
    by = f"order {row['order']}" if row["order"] else "configuration"
    return row["rule"], row["listener"], row["regulation"], row["mode"], by


def _show(orders: Iterable[Order]) -> None:
    if found := list(orders):
        say("")
        print_table(_ORDERS, map(_cells, found))


def _cells(one: Order) -> tuple[object, ...]:
    named = (("from", one.sender), ("to", one.recipient), ("client", one.network))
    target = " ".join(f"{name} {value}" for name, value in named if value) or one.place or "everywhere"
    what = one.mode or "exempt"
    return one.number, one.rule, what, target, one.until or "", one.by, local(one.time), one.reason, one.reference


@command.command("set")
@click.argument("rule")
@click.argument("mode", type=click.Choice([Mode.ENFORCE.value, Mode.OBSERVE.value]))
@config_option
@click.option(
    "--on", "place", default="", metavar="PLACE", help="A listener, a direction or internal; else everywhere."
)
@_REASON
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day it holds; else until it is withdrawn.")
@click.option("--yes", is_flag=True, help="Even where it would have refused much of the last week's mail.")
@json_option
def set_(rule: str, mode: str, config: Path | None, place: str, reason: str, **options: Any) -> None:
    """Order that RULE refuses (enforce) or only notes (observe). Every gateway of this store follows in seconds.

    Exit code 1: it may not be ordered, or it would have refused so much of the last week's mail that --yes is needed.
    """
    from gateway.orders.values import Kind, Order

    order = Order(Kind.MODE, rule, reason, who(), place, Mode(mode), until=_day(options["until"]))
    settings, store = _store(config, make=True)
    effect = _effect(settings, order)
    if effect is not None and effect.sweeping and not options["yes"]:
        _warn(effect, rule)
        sys.exit(1)
    _give(settings, store, order, options["as_json"], effect)


@command.command()
@click.argument("rule")
@config_option
@click.option("--sender", default="", help="Reverse-path pattern: '*@so.tinh.example'.")
@click.option("--recipient", default="", help="Recipient pattern; every recipient must match.")
@click.option("--network", default="", help="Client network: 10.2.0.0/16.")
@click.option("--from", "reference", default="", metavar="REFERENCE", help="The decision that it came from.")
@_REASON
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The last day it holds.")
@json_option
def exempt(rule: str, config: Path | None, sender: str, recipient: str, network: str, **options: Any) -> None:
    """Exempt mail from RULE: it is noted with the reason, and not refused. Exit code 1: it may not be ordered."""
    from gateway.orders.values import Kind, Order

    order = Order(
        Kind.EXEMPT,
        rule,
        options["reason"],
        who(),
        sender=sender,
        recipient=recipient,
        network=network,
        until=_day(options["until"]),
        reference=options["reference"].upper(),
    )
    settings, store = _store(config, make=True)
    _give(settings, store, order, options["as_json"])


@command.command()
@click.argument("number", type=click.IntRange(min=1, max=2**62))
@config_option
@_REASON
@json_option
def withdraw(number: int, config: Path | None, reason: str, as_json: bool) -> None:
    """End order NUMBER: what stood before it holds again. Exit code 1: it is not in force."""
    from gateway.orders.deeds import withdraw as end
    from gateway.orders.values import told

    settings, store = _store(config, make=True)
    store.prepare()
    with _recording(settings) as record:
        order = end(settings, store, number, who(), reason, record)
    if as_json:
        print_json({"withdrawn": number})
    else:
        say(f"order {number} is withdrawn: {told(order)}", style="good")


@command.command()
@click.argument("rule", required=False, default="")
@config_option
@click.option("--limit", type=click.IntRange(min=0), default=0, help="At most so many; 0: all.")
@json_option
def history(rule: str, config: Path | None, limit: int, as_json: bool) -> None:
    """Every order, of RULE or of all, the newest first, with who ended it and why."""
    _, store = _store(config)
    found = store.history(rule, limit=limit)
    if as_json:
        print_json(list(map(order_json, found)))
    elif found:
        print_table((*_ORDERS, "ended", "why"), [(*_cells(one), *_end(one)) for one in found])
    else:
        say("nothing was ordered: the configuration alone counts", style="good", err=True)


def _end(one: Order) -> tuple[str, str]:
    return (f"{local(one.ended)} {one.ended_by}", one.ended_why) if one.ended else ("", "")


def _day(moment: datetime.datetime | None) -> datetime.date | None:
    return moment.date() if moment is not None else None


def _give(settings: Settings, store: OrderStore, order: Order, as_json: bool, effect: Effect | None = None) -> None:
    from gateway.orders.deeds import give
    from gateway.orders.values import told
    from gateway.orders.watch import EVERY
    from gateway.rules.policy import today_in_vietnam

    with _recording(settings) as record:
        number = give(settings, store, order, today_in_vietnam(), record)
    if as_json:
        would = {"would_have_refused": effect.would, "messages": effect.messages} if effect is not None else {}
        print_json({"order": number, **would})
        return
    say(f"order {number}: {told(order)}", style="good")
    say(f"every gateway of this store follows within {EVERY:g} s")
    if effect is not None:
        say(_figures(effect))


def _effect(settings: Settings, order: Order) -> Effect | None:
    """What enforcing would have refused lately; None where the order refuses nothing, or there is no record yet."""
    import time

    from gateway.errors import JournalUnavailable
    from gateway.journal.reader import open_reader
    from gateway.orders.figures import effect

    if order.mode is not Mode.ENFORCE:
        return None
    try:
        with contextlib.closing(open_reader(settings.store.url, settings.gateway.data_dir)) as connection:
            return effect(connection, order.rule, time.time())
    except JournalUnavailable:
        return None


def _figures(effect: Effect) -> str:
    least = "at least " if effect.more else ""
    return f"in the last 7 days it would have refused {least}{effect.would:,} of {effect.messages:,} decided"


def _warn(effect: Effect, rule: str) -> None:
    say(f"{rule}: {_figures(effect)}; look at them first: congthu decisions list --rule {rule}", style="bad", err=True)
    say("say --yes if it is to be refused all the same", err=True)


def order_json(one: Order) -> dict[str, Any]:
    """An order as JSON has it."""
    return {
        "number": one.number,
        "kind": one.kind.value,
        "rule": one.rule,
        "mode": one.mode.value if one.mode is not None else None,
        "on": one.place,
        "sender": one.sender,
        "recipient": one.recipient,
        "network": one.network,
        "until": one.until.isoformat() if one.until is not None else None,
        "reason": one.reason,
        "by": one.by,
        "time": iso(one.time),
        "reference": one.reference,
        "ended": iso(one.ended) if one.ended else None,
        "ended_by": one.ended_by,
        "ended_why": one.ended_why,
    }
