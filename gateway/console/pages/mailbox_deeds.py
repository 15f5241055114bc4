"""Locking a mailbox by hand and opening it again, as the regulations let it be asked for (Q4 8.1, AG 6.4, 10.2a)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from gateway.console.errors import Refused
from gateway.console.visit import Visit
from gateway.console.words import ASKINGS, LOCKS
from gateway.directory.errors import DirectoryError
from gateway.lifecycle.effects import Way
from gateway.lifecycle.reopening import Asking
from gateway.lifecycle.subject import Lock
from gateway.upkeep.hand import HandRefused
from gateway.upkeep.hand import lock as lock_by_hand
from gateway.upkeep.hand import reopen as reopen_by_hand
from gateway.using import profiles_of, ways_of


def lock(visit: Visit) -> Response:
    """Lock it; what it is locked for decides how it is opened again."""
    address, why, reason = _address(visit), visit.sent("because", 20), visit.sent("reason", 300)
    if why not in LOCKS:
        raise Refused(400, "Say what it is locked for.", "Hãy chọn lý do khóa.")
    visit.record("mailbox-lock", address, f"{why}: {reason}")
    store, life = visit.services.directory, visit.services.upkeep.life
    held, by = _denies(visit), visit.by
    _done(visit, address, lambda: lock_by_hand(store, life, address, Lock(why), reason, by, visit.now, held=held))
    return visit.go(f"/hop-thu/xem?{urlencode({'dia-chi': address})}", "khoa-hop-thu")


def reopen(visit: Visit) -> Response:
    """Open it again on the number of what asks for it."""
    address, asked, number = _address(visit), visit.sent("by", 40), visit.sent("number", 200)
    if asked not in ASKINGS:
        raise Refused(400, "Say what asks for it.", "Hãy chọn văn bản đề nghị.")
    visit.record("mailbox-reopen", address, f"{asked} {number}")
    store, life, profiles = visit.services.directory, visit.services.upkeep.life, profiles_of(visit.services.settings)
    by = visit.by
    _done(visit, address, lambda: reopen_by_hand(store, life, address, profiles, Asking(asked), number, by, visit.now))
    return visit.go(f"/hop-thu/xem?{urlencode({'dia-chi': address})}", "mo-hop-thu")


def _address(visit: Visit) -> str:
    """The mailbox's own address. Refused where the directory has none."""
    mailbox = visit.services.book.mailbox(visit.sent("address", 320))
    if mailbox is None:
        raise Refused(404, "The directory has no such mailbox.", "Danh bạ không có hộp thư này.")
    return mailbox.address


def _done(visit: Visit, address: str, work: Callable[[], Any]) -> None:
    try:
        work()
    except (HandRefused, DirectoryError) as error:
        visit.record("not-done", address, str(error))
        raise Refused(400, f"It was not done: {error}", f"Chưa thực hiện: {error}") from error


def _denies(visit: Visit) -> bool:
    """Whether the gateway itself keeps locked people out."""
    settings = visit.services.settings
    used = {way for ways in ways_of(settings).by_act.values() for way in ways}
    return Way.DENY in used and settings.lifecycle.deny_file is not None
