"""What steps in mailboxes' lives are done with, as configured: contradictions are told at the start, not at a deed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.acting.deny import is_ours
from gateway.acting.denying import Denying
from gateway.acting.doer import Means
from gateway.acting.letters import Writer, texts_of
from gateway.config import Settings
from gateway.directory.letters import Letterhead
from gateway.directory.store import DirectoryStore
from gateway.errors import StartError
from gateway.lifecycle.effects import Way
from gateway.lifecycle.plan import Act
from gateway.using import calendar_of, secret, ways_of

if TYPE_CHECKING:
    from gateway.acting.webhook import Webhook


def means_of(settings: Settings, store: DirectoryStore, before: Denying | None = None) -> Means:
    """What is set up for the ways that any step is done in. StartError. `before`: who kept the deny file until now."""
    life, ways = settings.lifecycle, ways_of(settings)
    used = {way for act in Act for way in ways.of(act)}
    if Way.MAIL in used and not settings.notices.upstream:
        raise StartError("lifecycle.do: mail needs notices.upstream, the [upstream.NAME] that takes our letters")
    if Way.COMMAND in used and not life.command:
        raise StartError("lifecycle.command: not set, and lifecycle.do names it")
    return Means(
        _writer(settings).of,
        life.command,
        life.command_timeout,
        _denying(settings, store, before) if Way.DENY in used or _left(settings) else None,
        _hook(settings) if Way.WEBHOOK in used else None,
    )


def _writer(settings: Settings) -> Writer:
    """Who writes, in the office's own texts where it has them; and who is told where a unit has no mailbox."""
    channels = settings.request_channel
    sender = settings.notices.sender or (channels[0].address if channels else f"postmaster@{settings.gateway.hostname}")
    head = Letterhead(sender, settings.notices.office)
    texts = texts_of(settings.lifecycle.templates)
    return Writer(head, calendar_of(settings), texts, settings.senders.administrators)


def _left(settings: Settings) -> bool:
    """Whether a deny file of ours is there from when one was wanted: whoever stands in it has to get out again."""
    return settings.lifecycle.deny_file is not None and is_ours(settings.lifecycle.deny_file)


def _denying(settings: Settings, store: DirectoryStore, before: Denying | None) -> Denying:
    """The same as before where it is the same file: two would not know of each other's mailboxes on their way."""
    path, realm = settings.lifecycle.deny_file, settings.authentication.login_domain
    if path is None:
        raise StartError("lifecycle.deny_file: not set, and lifecycle.do names it")
    return before if before is not None and before.serves(path, realm) else Denying(path, store.snapshot, realm)


def _hook(settings: Settings) -> Webhook:
    from gateway.acting.webhook import Webhook, checked  # and its HTTP library: only where one is wanted

    if not settings.lifecycle.webhook:
        raise StartError("lifecycle.webhook: not set, and lifecycle.do names it")
    key = secret(settings.lifecycle.webhook_key_file, "lifecycle.webhook_key_file")
    return Webhook(checked(settings.lifecycle.webhook), key)
