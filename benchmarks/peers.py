"""What can stand between smtp-source and smtp-sink. Each peer starts on its own port and tells its first process."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from benchmarks.directory import snapshot
from gateway.directory.plan import Wanted, diff
from gateway.directory.store import DirectoryStore
from gateway.rules.table import RULES
from tests.support.congthu import Gateway, Table, listener, upstream
from tests.support.ports import HOST, free_port, listening
from tests.support.postfix import DOMAIN, Postfix
from tests.support.processes import Daemon


class Peer(Protocol):
    """One X of smtp-source → X → smtp-sink."""

    name: str
    port: int

    @property
    def head(self) -> int | None:
        """The first process of the family; None where there is none."""

    def start(self) -> None:
        """Return once it takes mail."""

    def stop(self) -> None:
        """End it and remove its files."""

    def settle(self) -> None:
        """Return once everything taken has been passed on."""


class Nothing:
    """No gateway at all: smtp-source speaks to smtp-sink."""

    name = "nothing"
    head = None

    def __init__(self, sink: int) -> None:
        self.port = sink

    def start(self) -> None:
        """Nothing to start."""

    def stop(self) -> None:
        """Nothing to stop."""

    def settle(self) -> None:
        """Nothing is kept."""


class _Process:
    """A peer that is one command in a temporary folder."""

    name = ""

    def __init__(self, sink: int) -> None:
        self.port, self.sink = free_port(), sink
        self.folder = Path(tempfile.mkdtemp(prefix="congthu-peer-"))
        self.daemon = Daemon(self.command(), self.folder / "log")

    def command(self) -> list[str]:
        """What to run."""
        raise NotImplementedError

    @property
    def head(self) -> int | None:
        """The process."""
        return self.daemon.pid

    def start(self) -> None:
        """Start it and wait for its port."""
        self.daemon.start()
        self.daemon.wait_until(lambda: listening(self.port), self.name)

    def stop(self) -> None:
        """Stop it and remove its folder."""
        self.daemon.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def settle(self) -> None:
        """It keeps nothing."""


class HAProxy(_Process):
    """HAProxy in TCP mode: inspects nothing, the floor of any relay's cost."""

    name = "haproxy"

    def command(self) -> list[str]:
        """Write its configuration and name it."""
        config = self.folder / "haproxy.cfg"
        config.write_text(
            "global\n  maxconn 4096\ndefaults\n  mode tcp\n"
            "  timeout connect 5s\n  timeout client 60s\n  timeout server 60s\n"
            f"listen smtp\n  bind {HOST}:{self.port}\n  server sink {HOST}:{self.sink}\n"
        )
        return ["haproxy", "-db", "-f", str(config)]


class PlainRelay(_Process):
    """benchmarks/plain_relay.py: aiosmtpd, email.parser and aiosmtplib as they come."""

    name = "plain"

    def command(self) -> list[str]:
        """This Python's own."""
        return [sys.executable, "-m", "benchmarks.plain_relay", str(self.port), str(self.sink)]


class BareRelay(_Process):
    """benchmarks/bare_relay.py: what Python's sockets cost, and nothing else."""

    name = "bare"

    def command(self) -> list[str]:
        """This Python's own."""
        return [sys.executable, "-m", "benchmarks.bare_relay", str(self.port), str(self.sink)]


class _Postfix:
    """A private Postfix as Debian ships it: it logs as in an office, and its processes serve `max_use` clients.

    The CPU of processes that have ended counts in their master.
    """

    name = ""

    def __init__(self, sink: int) -> None:
        self.port = free_port()
        self.postfix = Postfix({self.port: self.options(sink)}, settings=self.settings(sink))

    def options(self, sink: int) -> dict[str, str]:
        """For its smtpd."""
        return {}

    def settings(self, sink: int) -> dict[str, str]:
        """For main.cf."""
        return {}

    @property
    def head(self) -> int | None:
        """Postfix's master."""
        return self.postfix.daemon.pid

    def start(self) -> None:
        """Start the instance."""
        self.postfix.start()

    def stop(self) -> None:
        """Stop the instance."""
        self.postfix.stop()

    def settle(self) -> None:
        """It keeps nothing."""


class PostfixFilter(_Postfix):
    """smtpd with smtpd_proxy_filter: a before-queue relay in C that inspects nothing."""

    name = "postfix-filter"

    def options(self, sink: int) -> dict[str, str]:
        """Everything goes to the sink as it comes."""
        return {"smtpd_proxy_filter": f"{HOST}:{sink}"}


class PostfixQueue(_Postfix):
    """Postfix as a queueing relay, every message synced to disk first."""

    name = "postfix-queue"

    def settings(self, sink: int) -> dict[str, str]:
        """The domain is relayed to the sink."""
        return {
            "virtual_mailbox_domains": "",
            "relay_domains": DOMAIN,
            "transport_maps": f"static:smtp:[{HOST}]:{sink}",
        }

    def settle(self) -> None:
        """Wait for the queue to empty; messages count once they are passed on."""
        self.postfix.wait_idle(120, 0.005)


class CongThu:
    """This gateway with every rule on, its journal, metrics and log lines."""

    def __init__(
        self,
        sink: int,
        workers: int = 1,
        *,
        without: str = "",
        off: Iterable[str] = (),
        mailboxes: int = 0,
        direction: str = "inbound",
        **sections: Table,
    ) -> None:
        self.name = "congthu" if workers == 1 else f"congthu-{workers}"
        self.name += without or (f"-{mailboxes}" if mailboxes else "")
        limits: Table = {"max_transactions": 10**9, "max_size": "64MiB"}
        self.gateway = Gateway(
            [listener("sink", direction, **limits)],
            {"sink": upstream(sink, pool_size=100)},
            gateway={"workers": workers},
            store={"queue": 100_000},
            rules=dict.fromkeys(off, "off"),
            **sections,
        )
        self.port = self.gateway.port
        self._mailboxes = mailboxes

    @property
    def head(self) -> int | None:
        """The supervisor."""
        return self.gateway.daemon.pid

    def start(self) -> None:
        """Start it and wait for /readyz."""
        if self._mailboxes:
            self._fill(self.gateway.folder / "data")
        self.gateway.start()

    def _fill(self, folder: Path) -> None:
        """Keep a directory, and the two channels that lead to it."""
        folder.mkdir(exist_ok=True)
        store = DirectoryStore("sqlite:///congthu.db", folder)
        store.prepare()
        made = snapshot(self._mailboxes)
        wanted = Wanted(made.units, made.mailboxes, made.groups)
        store.apply(diff(store.snapshot(), wanted), who="benchmark")
        self.gateway.settings["request_channel"] = [{"address": f"phongcntt@{DOMAIN}"}, {"address": f"cap@{DOMAIN}"}]

    def stop(self) -> None:
        """Stop it; its log must show no traceback."""
        self.gateway.stop()

    def settle(self) -> None:
        """It keeps nothing."""


WORD_RULES = ("vietnamese-charset", "secret-marking", "vietnamese-diacritics")
FIRST_RULES = ("attachment-cap", "own-domain")
"""What is asked of any message, whatever the regulation."""
CONTENT_RULES = ("attachment-cap", "dangerous-type", "unscannable", *WORD_RULES)

_RATES = ["1000000000/minute", "1000000000/hour", "1000000000/day"]
_ACCOUNT: Table = {"recipients": _RATES, "messages": _RATES, "new_recipients": _RATES[2:], "size": ["1000000GiB/day"]}
AMPLE: Table = dict.fromkeys(("unknown", "unit", "domain", "client"), _ACCOUNT)
"""Limits that nobody reaches: three accounts with three windows, all of them counted."""


def _outgoing(sink: int, name: str, *off: str, watch: bool, **sections: Table) -> CongThu:
    """The same towards a smarthost, where senders are counted."""
    senders: Table = {"watch": watch}
    return CongThu(sink, without=name, off=off, direction="outbound", senders=senders, **sections)


PEERS: dict[str, Callable[[int], Peer]] = {
    "congthu": CongThu,
    "congthu-2": lambda sink: CongThu(sink, 2),
    "congthu-no-words": lambda sink: CongThu(sink, without="-no-words", off=WORD_RULES),
    "congthu-no-content": lambda sink: CongThu(sink, without="-no-content", off=CONTENT_RULES),
    "congthu-first": lambda sink: CongThu(
        sink, without="-first", off=[rule.name for rule in RULES if rule.name not in FIRST_RULES]
    ),
    "congthu-20000": lambda sink: CongThu(sink, mailboxes=20_000),
    "congthu-out-no-limits": lambda sink: _outgoing(sink, "-out-no-limits", "outbound-throttle", watch=False),
    "congthu-out-no-watch": lambda sink: _outgoing(sink, "-out-no-watch", watch=False, limits=AMPLE),
    "congthu-out": lambda sink: _outgoing(sink, "-out", watch=True, limits=AMPLE),
    "nothing": Nothing,
    "haproxy": HAProxy,
    "postfix-filter": PostfixFilter,
    "postfix-queue": PostfixQueue,
    "plain": PlainRelay,
    "bare": BareRelay,
}
