"""Settings of mailboxes' use as the values that the rooms take: poller, lifecycle, calendar, sources. No I/O but files
of secrets, which are read when asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from gateway.access import Use
from gateway.config import Settings
from gateway.config_values import parse_size
from gateway.errors import StartError
from gateway.imap.settings import Account, Asking, Server, Sweeping
from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.effects import Way, Ways
from gateway.lifecycle.plan import Act, Brakes
from gateway.lifecycle.profile import Profile, Proof, profile_of
from gateway.lifecycle.windows import Reading, reading_of
from gateway.regulations import IDS, load
from gateway.rules.profiles import Profiles
from gateway.who import Mailbox

_LONGEST_SECRET = 4096
_DAYS_A_MONTH = 31  # "older than six months": nobody's mail is called old too early


def secret(path: Path | None, key: str) -> str:
    """The one line of a file with a secret. StartError names the setting, never the content."""
    lines = secret_lines(path, key)
    if len(lines) != 1:
        raise StartError(f"{key}: {path} must hold one line")
    return lines[0]


def secret_lines(path: Path | None, key: str) -> tuple[str, ...]:
    """The lines of a file with secrets, without empty ones. StartError as above, also for a file without any."""
    if path is None:
        raise StartError(f"{key}: not set; name the file that holds it, readable by the gateway only")
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(_LONGEST_SECRET)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "not text"
        raise StartError(f"{key}: cannot read {path}: {reason}") from None
    lines = tuple(line for one in text.split("\n") if (line := one.strip()))
    if not lines:
        raise StartError(f"{key}: there is nothing in {path}")
    return lines


def server_of(settings: Settings) -> Server:
    """The mail server that is polled. StartError where none is configured."""
    imap = settings.imap
    if imap.host is None:
        raise StartError('imap.host: not set; write "mail.tinh.example:993"')
    return Server(imap.host.host, imap.host.port, imap.tls, imap.tls_name, imap.tls_ca)


def account_of(settings: Settings) -> Account:
    """The poller's account. StartError where its password cannot be read."""
    imap = settings.imap
    if not imap.user:
        raise StartError("imap.user: not set; name the master user (docs/poller.md)")
    return Account(imap.user, secret(imap.password_file, "imap.password_file"), imap.login, imap.separator)


def asking_of(settings: Settings) -> Asking:
    """What one poll asks."""
    imap = settings.imap
    months = max((_old_months(name) for name in _regulations(settings)), default=0) if imap.old_mail else 0
    uses = (Use.SENT,) if imap.folders else ()
    return Asking(
        timeout=imap.timeout,
        connect=min(10.0, imap.timeout),
        uses=uses,
        folders=imap.folders,
        quota=imap.quota,
        old_days=months * _DAYS_A_MONTH,
    )


def sweeping_of(settings: Settings) -> Sweeping:
    """How fast."""
    imap = settings.imap
    return Sweeping(interval=imap.interval, rate=imap.rate, concurrency=imap.concurrency)


def calendar_of(settings: Settings) -> Calendar:
    """The office's calendar."""
    life = settings.lifecycle
    return Calendar({one.day: one.name for one in life.free_days}, life.worked_days)


def proof_of(settings: Settings) -> Proof:
    """How much proof the office asks for."""
    life = settings.lifecycle
    return Proof(
        complete=frozenset(life.complete),
        polling_suffices=life.polling_suffices,
        automatic_is_use=life.automatic_is_use,
        automatic_reads=life.automatic_reads,
        fresh=life.fresh,
        confirm=life.confirm,
        gap=life.gap,
        session=life.session,
    )


def brakes_of(settings: Settings) -> Brakes:
    """What may be taken away in a day, and when."""
    life = settings.lifecycle
    return Brakes(life.least, life.share / 100, life.allowed, life.opens, life.closes)


def ways_of(settings: Settings) -> Ways:
    """How each act is done."""
    return Ways({act: _ways(settings, act) for act in Act})


def profiles_of(settings: Settings) -> Callable[[Mailbox], Profile | None]:
    """The profile that a mailbox follows; None where its regulation says nothing of lives."""
    proof, ask = proof_of(settings), bool(_ways(settings, Act.ASK))
    profiles = _profiles(settings)

    @cache
    def made(name: str) -> Profile | None:
        profile = profile_of(load(name), proof, ask=ask)
        return profile if profile.lock_months or profile.reclaim_months else None

    return lambda mailbox: made(_name(profiles, mailbox))


def months_of(settings: Settings) -> int:
    """The calendar months of evidence that the periods of the regulations in force need, with one to spare."""
    profiles = (profile_of(load(name)) for name in _regulations(settings))
    return 1 + max(max(one.lock_months, one.reclaim_months) for one in profiles)


def readings_of(settings: Settings) -> Callable[[Mailbox], Reading]:
    """The reading windows that a mailbox has; an empty Reading for none."""
    profiles = _profiles(settings)

    @cache
    def made(name: str) -> Reading:
        return reading_of(load(name))

    def of(mailbox: Mailbox) -> Reading:
        reading = made(_name(profiles, mailbox))
        return reading if mailbox.kind in reading.kinds else Reading()

    return of


def capacities_of(settings: Settings) -> Callable[[Mailbox], int]:
    """The bytes that a mailbox may hold by its regulation (Q4 4.2); 0 where that sets no capacity."""
    profiles = _profiles(settings)

    @cache
    def made(name: str) -> int:
        return parse_size(_parameter(name, "lifecycle", "mailbox_capacity", 0))

    return lambda mailbox: made(_name(profiles, mailbox))


def password_months_of(settings: Settings) -> Callable[[Mailbox], int]:
    """After how many calendar months a mailbox's password is to be changed (Q4 8.3b); 0: nothing says that."""
    profiles = _profiles(settings)

    @cache
    def made(name: str) -> int:
        return int(_parameter(name, "password-policy", "change_every_months", 0))

    return lambda mailbox: made(_name(profiles, mailbox))


def _parameter(name: str, table: str, key: str, default: int) -> Any:
    return load(name).parameters.get(table, {}).get(key, default)


def _ways(settings: Settings, act: Act) -> frozenset[Way]:
    """A check has no way of its own: the mailbox is looked at again."""
    named = getattr(settings.lifecycle.do, act.value.replace("-", "_"), ())
    return frozenset(Way(name) for name in named)


def _profiles(settings: Settings) -> Profiles:
    return Profiles(settings.gateway.regulation, [(one.pattern, one.regulation) for one in settings.profile])


def _name(profiles: Profiles, mailbox: Mailbox) -> str:
    """The directory's word on a mailbox's regulation wins over the profile of its address."""
    return mailbox.regulation if mailbox.regulation in IDS else profiles.of(mailbox.key)


def _regulations(settings: Settings) -> list[str]:
    return list(dict.fromkeys((settings.gateway.regulation, *(one.regulation for one in settings.profile))))


def _old_months(name: str) -> int:
    months = load(name).parameters.get("lifecycle", {}).get("old_mail_months", 0)
    return months if isinstance(months, int) else 0
