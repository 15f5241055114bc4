"""A configuration with a small directory, and what is known of its mailboxes' use."""

from __future__ import annotations

import time
from pathlib import Path

from click.testing import CliRunner, Result

from gateway.access import Coverage, Evidence, Kind, Quota, Sign, Source, Strength
from gateway.cli import main
from gateway.directory.plan import change
from gateway.directory.store import DirectoryStore
from gateway.upkeep.records import Upkeep
from gateway.who import Kind as MailboxKind
from gateway.who import Mailbox, State
from tests.unit.directory.support_store import filled
from tests.unit.upkeep.build import DAY, good, seen

IDLE = Mailbox("im@tphcm.example", MailboxKind.PERSONAL, "pnv", "Lê Thị Im")
LOCKED = Mailbox("khoa@tphcm.example", MailboxKind.PERSONAL, "pnv", state=State.LOCKED)
UNSEEN = Mailbox("moi@tphcm.example", MailboxKind.PERSONAL, "q4")
UNIT = "pnv.q4@tphcm.example"
SPARED = "nvan.q4@tphcm.example"


def configured(folder: Path, more: str = "") -> Path:
    """A configuration without a mail server; `more`: further sections."""
    (folder / "data").mkdir()
    path = folder / "config.toml"
    path.write_text(
        f'[gateway]\nhostname = "gw.tinh.example"\ndata_dir = "{folder / "data"}"\ndomains = ["tphcm.example"]\n'
        f'regulation = "tphcm-q4-03-2013"\n{more}'
    )
    return path


def directory(config: Path) -> DirectoryStore:
    """The directory of `tests.unit.directory.support_store`, with three mailboxes more."""
    store = filled(config.parent / "data")
    Upkeep(store.database).use.prepare()
    store.apply(change(store.snapshot(), IDLE, LOCKED, UNSEEN), who="test")
    return store


def known(config: Path) -> Upkeep:
    """IDLE: surely unused for 200 days, nearly full, 3 old messages; the unit's: used a day ago; others: nothing."""
    now = time.time()
    upkeep = Upkeep(directory(config).database)
    last = Evidence(
        IDLE.key, Kind.ACCESS, Strength.EXACT, now - 220 * DAY, now - 220 * DAY, Source.LAST_LOGIN, Sign.LAST_LOGIN
    )
    used = Evidence(
        UNIT, Kind.ACCESS, Strength.STRONG, now - DAY - 7200, now - DAY, Source.IMAP, Sign.RECENT_CLEARED, ""
    )
    upkeep.use.keep([last, used], [Coverage(IDLE.key, Source.LAST_LOGIN, now - 220 * DAY, now)])
    upkeep.use.keep_outcomes([good(seen(now - 60, IDLE.key, quota=Quota(900 * 2**20, 2**30), old=3))])
    return upkeep


def run(config: Path, *arguments: str) -> Result:
    """One command."""
    return CliRunner().invoke(main, [*arguments, "--config", str(config)])
