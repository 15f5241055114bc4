"""What is done about silent mailboxes: every way that a step names is set up, and nothing is done on a weak proof."""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from gateway.access import Source
from gateway.checks import secrets
from gateway.checks.findings import Findings
from gateway.checks.upstreams import is_loopback
from gateway.config import Settings
from gateway.config_use import Doing, Lifecycle
from gateway.config_values import HostPort

_PLACES = frozenset({"mailbox", "act", "day", "deadline", "clause"})
_TAKES_AWAY = ("lock", "reclaim")
_DENIES = ("lock", "clear", "reclaim")
_HALF_YEAR = 190  # days: a silence of six months, and some
_OWN = (Source.IMAP, Source.SUBMISSION, Source.LASTPOP, Source.ACTIVE_DIRECTORY)  # which never see everything


def check(settings: Settings, findings: Findings) -> None:
    """[lifecycle] and [lifecycle.do]."""
    life = settings.lifecycle
    used = {way for step in Doing.model_fields for way in getattr(life.do, step)}
    _check_deny_file(life, used, findings)
    _check_command(life, used, findings)
    _check_webhook(life, used, findings)
    if "mail" in used:
        _check_mail(settings, findings)
    if life.templates is not None and not life.templates.is_dir():
        findings.error("lifecycle.templates", str(life.templates), "there is no such folder")
    _check_proof(settings, findings)
    _check_sources(settings, findings)
    _check_times(life, findings)
    _check_leader(settings, used, findings)


def _check_deny_file(life: Lifecycle, used: set[str], findings: Findings) -> None:
    path, key = life.deny_file, "lifecycle.deny_file"
    for step in Doing.model_fields:
        if "deny-file" in getattr(life.do, step) and step not in _DENIES:
            hint = "the deny file has who is locked: it does nothing in this step"
            findings.warn(f"lifecycle.do.{step}", ["deny-file"], hint)
    if path is None:
        if "deny-file" in used:
            findings.error(key, None, f"lifecycle.do.{_users(life, 'deny-file')} writes it: name the file")
        return
    if "deny-file" not in used:
        findings.warn(key, str(path), 'no step writes it: lock = ["deny-file"] in [lifecycle.do]')
    if path.is_dir():
        findings.error(key, str(path), "this is a folder: name the file in it")
    elif not path.parent.is_dir():
        findings.error(key, str(path), f"there is no folder {path.parent}")
    elif not os.access(path.parent, os.W_OK | os.X_OK):
        hint = f"this user may not write in {path.parent}, where the file is made anew beside the old one"
        findings.error(key, str(path), hint)
    elif "deny-file" in used:
        _check_readers(path, findings)


def _check_readers(path: Path, findings: Findings) -> None:
    """Dovecot lets nobody in where it cannot read its passdb. A file that is there keeps its group, a new one the
    folder's where that has the setgid bit."""
    folder = path.parent.stat()
    try:
        mode, group = (seen := path.stat()).st_mode, seen.st_gid
    except OSError:
        mode, group = 0o640, folder.st_gid if folder.st_mode & stat.S_ISGID else os.getegid()
    if not mode & 0o004 and group == os.getegid():
        hint = (
            f"its group is the gateway's own: if Dovecot is not in it, it lets nobody in. "
            f"install -d -m 2770 -g dovecot {path.parent}; chgrp dovecot {path} (docs/lifecycle.md)"
        )
        findings.warn("lifecycle.deny_file", str(path), hint)


def _check_command(life: Lifecycle, used: set[str], findings: Findings) -> None:
    command, key = life.command, "lifecycle.command"
    if not command:
        if "command" in used:
            findings.error(key, None, f"lifecycle.do.{_users(life, 'command')} runs it: name the program")
        return
    if "command" not in used:
        findings.warn(key, command[0], 'no step runs it: lock = ["command"] in [lifecycle.do]')
    if not Path(command[0]).is_absolute():
        findings.error(f"{key}[0]", command[0], "write the program's whole path")
    elif shutil.which(command[0]) is None:
        findings.error(f"{key}[0]", command[0], "there is no such program, or this user may not run it")
    for position, argument in enumerate(command):
        for name in re.findall(r"\{([^{}]*)\}", argument):
            if name not in _PLACES:
                hint = f"there is no {{{name}}}: " + " ".join(f"{{{one}}}" for one in sorted(_PLACES))
                findings.error(f"{key}[{position}]", argument, hint)


def _check_webhook(life: Lifecycle, used: set[str], findings: Findings) -> None:
    url, key = life.webhook, "lifecycle.webhook"
    if not url:
        if "webhook" in used:
            findings.error(key, None, f"lifecycle.do.{_users(life, 'webhook')} sends to it: name the URL")
        return
    if "webhook" not in used:
        findings.warn(key, url, 'nothing is sent there: lock = ["webhook"] in [lifecycle.do]')
    if not _sound(url):
        findings.error(key, url, "no URL: write https://HOST/PATH")
    elif url.startswith("http://") and not _here(url):
        hint = "addresses cross the network in the clear, and anybody between may change them: use https"
        findings.error(key, url, hint)
    if life.webhook_key_file is None:
        findings.error("lifecycle.webhook_key_file", None, "the steps are signed: name the file with the key, one line")
    else:
        secrets.line(life.webhook_key_file, "lifecycle.webhook_key_file", findings)


def _sound(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def _here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host == "localhost" or is_loopback(HostPort(f"{f'[{host}]' if ':' in host else host}:80"))


def _check_mail(settings: Settings, findings: Findings) -> None:
    """Its sender is looked at wherever there is an upstream for notices."""
    if not settings.notices.upstream:
        hint = f"lifecycle.do.{_users(settings.lifecycle, 'mail')} mails: name the next hop that takes our letters"
        findings.error("notices.upstream", None, hint)


def _check_proof(settings: Settings, findings: Findings) -> None:
    life = settings.lifecycle
    taken = [step for step in _TAKES_AWAY if getattr(life.do, step)]
    if taken and life.polling_suffices:
        hint = f"polling sees no client that only ever looks (EXAMINE), and lifecycle.do.{taken[0]} acts on it"
        findings.warn("lifecycle.polling_suffices", True, f"{hint}: an official's mail may be taken away")
    if taken and not life.polling_suffices and not any(one in life.complete for one in _configured(settings)):
        hint = "nothing that is set up proves a silence: nobody will ever be locked (docs/access-sources.md)"
        findings.warn(f"lifecycle.do.{taken[0]}", list(getattr(life.do, taken[0])), hint)
    if life.do.lock and not life.do.warn:
        findings.warn("lifecycle.do.warn", None, "mailboxes are locked, and nobody is told before")
    if taken and not (life.least or life.share or life.allowed):
        findings.warn("lifecycle.least", 0, "with share = 0 and allowed = 0 nobody is ever locked")


def _check_sources(settings: Settings, findings: Findings) -> None:
    life = settings.lifecycle
    if "complete" not in life.model_fields_set:
        return
    there = set(_configured(settings))
    for position, source in enumerate(life.complete):
        key = f"lifecycle.complete[{position}]"
        if source is Source.IMAP:
            findings.error(key, source.value, "polling does not see everything: lifecycle.polling_suffices is for that")
        elif source in _OWN:
            findings.error(key, source.value, "does not see every way into a mailbox: its silence proves nothing")
        elif source not in there:
            findings.warn(key, source.value, "is not set up in [access]: it says nothing")


def _configured(settings: Settings) -> Iterator[Source]:
    """The sources that are set up and may see everything."""
    access = settings.access
    if access.bind is not None and access.events:
        yield Source.DOVECOT_EVENTS
    if access.bind is not None and access.policy:
        yield Source.DOVECOT_POLICY
    if access.last_login.url_file is not None:
        yield Source.LAST_LOGIN
    if access.ldap == "zimbra":
        yield Source.ZIMBRA


def _check_times(life: Lifecycle, findings: Findings) -> None:
    if life.opens > life.closes:
        findings.error("lifecycle.opens", life.opens.isoformat(), "is after lifecycle.closes: nothing is ever done")
    if life.confirm > life.fresh:
        hint = "is longer than lifecycle.fresh: what is enough to lock is not enough to tell anything"
        findings.error("lifecycle.confirm", life.confirm, hint)
    if life.keep < _HALF_YEAR:
        findings.warn("lifecycle.keep", life.keep, "a silence of six months cannot be proved from so few days")
    free = {one.day for one in life.free_days}
    for position, day in enumerate(life.worked_days):
        if day in free:
            key = f"lifecycle.worked_days[{position}]"
            findings.error(key, day.isoformat(), "stands in lifecycle.free_days, too: is it free or worked?")


def _check_leader(settings: Settings, used: set[str], findings: Findings) -> None:
    """Many nodes on one store agree on who does it in the store of counters, and nowhere else."""
    if settings.store.shared or settings.store.url.startswith("sqlite"):
        return
    if outside := sorted(used & {"command", "webhook"}):
        way = outside[0]
        hint = f"gateways that share store.url make the pass each for itself: a {way} may be called by each of them"
    elif settings.imap.host is not None:
        hint = "gateways that share store.url sweep each for itself: the mail server is asked once by each of them"
    else:
        return
    findings.warn("store.shared", None, f'{hint}. Name a Redis that they share: "redis://host:6379/0"')


def _users(life: Lifecycle, way: str) -> str:
    """The first step that is done this way."""
    return next(step for step in Doing.model_fields if way in getattr(life.do, step))
