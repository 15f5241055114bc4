"""`congthu poll --once`: visit mailboxes now, as the daemon does in their turn, and tell what was seen.

It polls beside a running sweep, without asking for its lease: whatever either sees is true, and both keep it. Their
rates add up.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import click

from gateway.cli.options import config_option, json_option
from gateway.cli.output import print_json
from gateway.cli.poll_view import Polls, show, told_json
from gateway.cli.use_common import Use, use
from gateway.errors import StartError
from gateway.imap.poll import Poller
from gateway.imap.ports import Outcome
from gateway.imap.settings import Target
from gateway.imap.sweep import Sweep
from gateway.using import account_of, asking_of, server_of, sweeping_of
from gateway.who import Mailbox, State

_BATCH: Final = 1000  # mailboxes after which all is kept: memory and what a broken connection can lose are bounded
Progress = Callable[[Outcome], None]


@click.command("poll")
@config_option
@click.option("--once", is_flag=True, help="Now, once; the running gateway polls by itself.")
@click.option("--mailbox", "addresses", multiple=True, metavar="ADDRESS", help="Only this one; may be repeated.")
@json_option
def command(config: Path | None, once: bool, addresses: tuple[str, ...], as_json: bool) -> None:
    """Poll mailboxes over IMAP now, and keep and show what is seen. Exit code 1: some could not be polled.

    All mailboxes of the directory, reclaimed ones apart, at the rate of [imap]; nothing on the server changes. It runs
    beside the gateway's own sweep, and both rates add up. With Ctrl-C what was found so far is kept.
    """
    if not once:
        raise click.UsageError("say --once: the running gateway polls by itself (docs/poller.md)")
    opened = use(config, make=True)
    poller = _poller(opened)
    targets = [Target(mailbox.key) for mailbox in _chosen(opened, addresses)]
    began = time.monotonic()
    with _bar(len(targets)) as progress:
        polls = asyncio.run(_poll(opened, poller, targets, progress))
    polls.seconds = time.monotonic() - began
    if as_json:
        print_json(told_json(polls))
    else:
        show(polls, every=bool(addresses))
    sys.exit(1 if polls.failed or polls.untried else 0)


def _poller(opened: Use) -> Poller:
    settings = opened.settings
    try:
        return Poller(server_of(settings), account_of(settings), asking_of(settings))
    except OSError as error:
        raise StartError(f"imap.tls_ca: {settings.imap.tls_ca}: {error.strerror or 'no certificates'}") from None


def _chosen(opened: Use, addresses: Sequence[str]) -> list[Mailbox]:
    """Those that were named, each once; else all that are not reclaimed."""
    snapshot = opened.store.snapshot()
    if not addresses:
        return [mailbox for mailbox in snapshot.mailboxes if mailbox.state is not State.RECLAIMED]
    found: dict[str, Mailbox] = {}
    for address in addresses:
        mailbox = snapshot.mailbox(address)
        if mailbox is None:
            raise click.UsageError(f"the directory has no mailbox {address}; only those are polled")
        found[mailbox.key] = mailbox
    return list(found.values())


async def _poll(opened: Use, poller: Poller, targets: Sequence[Target], progress: Progress) -> Polls:
    """In batches, each kept when it is done; what a batch found before it was broken off is kept, too."""
    polls = Polls(len(targets))
    sweep = Sweep(poller, tuple, opened.upkeep, sweeping_of(opened.settings))
    for start in range(0, len(targets), _BATCH):
        found: list[Outcome] = []

        def heard(outcome: Outcome, found: list[Outcome] = found) -> None:
            found.append(outcome)
            polls.add(outcome)
            progress(outcome)

        try:
            await sweep.once(targets[start : start + _BATCH], heard)
        except asyncio.CancelledError:
            await opened.upkeep.keep(found)
            raise
        polls.stopped = sweep.figures().stopped
        if polls.stopped:
            break
    return polls


@contextlib.contextmanager
def _bar(count: int) -> Iterator[Progress]:
    """Progress on stderr, where that is a terminal."""
    if not sys.stderr.isatty() or not count:
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    failed = 0
    columns = (
        TextColumn("đang xem"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}  {task.fields[failed]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as drawn:
        task = drawn.add_task("poll", total=count, rate="", failed="")

        def moved(outcome: Outcome) -> None:
            nonlocal failed
            failed += outcome.failure is not None
            speed = drawn.tasks[0].speed
            drawn.update(
                task,
                advance=1,
                rate=f"{speed:.1f}/s" if speed else "",
                failed=f"{failed:,} lỗi" if failed else "",
            )

        yield moved
