"""Dovecot's last_login records in a SQL table (its dict's): read only, whole, blocking. For a thread.

The dict's key must have the login that was really used, as well as the mailbox: `last-login/%s/%{auth_user}/%u`.
Else the poller's visit overwrites the owner's record, and an unused mailbox looks used. With it the poller's own row is
the proof that the record is still being written for this mailbox.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from gateway.access import Coverage, Evidence, Source
from gateway.sources.chain import extend
from gateway.sources.told import FUTURE, Told, last_login

MAX_ROWS: Final = 5_000_000
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
_BATCH: Final = 5000
PRECISIONS: Final[Mapping[str, int]] = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
"""last_login_precision, by what a second is."""


class LastLoginFailed(Exception):  # noqa: N818 -- says what happened
    """The table could not be read; one line, without the URL and its password."""


@dataclass(frozen=True, slots=True)
class Table:
    """Where the records are. `url`: SQLAlchemy's, of an account that may only read. ValueError for names that are none.

    `user`: the column of the mailbox (%u), `login`: of who logged in (%{auth_user}), `at`: of the time; `precision`:
    last_login_precision. `seconds`: of a statement, at most.
    """

    url: str = field(repr=False)
    table: str = "last_logins"
    user: str = "username"
    login: str = "auth_user"
    at: str = "last_login"
    precision: str = "s"
    seconds: float = 60.0

    def __post_init__(self) -> None:
        for name in (*self.table.split("."), self.user, self.login, self.at):
            if not _NAME.fullmatch(name):
                raise ValueError(f"not a name of a table or column: {name!r}")
        if self.table.count(".") > 1 or self.precision not in PRECISIONS:
            raise ValueError("a table is TABLE or SCHEMA.TABLE; a precision s, ms, us or ns")


@dataclass(slots=True)
class _Mailbox:
    """The newest of each kind; None for none."""

    own: float | None = None
    master: float | None = None


class LastLogins:
    """Reads it. `masters`: logins, in lower case, that are the poller's and other jobs'; their rows are no use.

    `address_of`: the mailbox's address in lower case for Dovecot's user, "" for none of ours. `longest`: seconds
    between two visits of the poller that still hang together. `complete_since`: the office says that the plugin has
    written every login since then (seconds since the epoch).
    """

    def __init__(
        self,
        table: Table,
        masters: frozenset[str],
        address_of: Callable[[str], str],
        *,
        longest: float = 15 * 3600.0,
        complete_since: float | None = None,
    ) -> None:
        self._table, self._masters, self._address_of = table, masters, address_of
        self._longest, self._since = longest, complete_since
        self._engine = _engine(table)

    def read(self, covered: Mapping[str, Coverage], now: float) -> Told:
        """Everything that the table says now. `covered`: the newest coverage of each mailbox that is kept.

        LastLoginFailed: nothing was read.
        """
        problems: Counter[str] = Counter()
        found: dict[str, _Mailbox] = {}
        for user, login, at in self._rows():
            self._take(found, problems, user, login, at)
        return self._told(found, covered, now, problems)

    def _take(self, found: dict[str, _Mailbox], problems: Counter[str], user: Any, login: Any, value: Any) -> None:
        at = _seconds(value, PRECISIONS[self._table.precision])
        mailbox = self._address_of(user) if isinstance(user, str) else ""
        if at is None or not isinstance(login, str) or not login:
            problems["value"] += 1
        elif not mailbox:
            problems["stranger"] += 1
        else:
            one = found.setdefault(mailbox, _Mailbox())
            if login.lower() in self._masters:
                one.master = max(one.master or at, at)
            else:
                one.own = max(one.own or at, at)

    def _told(
        self, found: Mapping[str, _Mailbox], covered: Mapping[str, Coverage], now: float, problems: Counter[str]
    ) -> Told:
        evidence: list[Evidence] = []
        coverage: list[Coverage] = []
        for mailbox, one in found.items():
            if one.own is not None:
                evidence.append(last_login(mailbox, Source.LAST_LOGIN, one.own, now))
            signs = [at for at in (one.own, one.master) if at is not None]
            problems["clock"] += sum(at > now + FUTURE for at in signs)
            signs = [min(at, now) for at in signs if at <= now + FUTURE]
            made = extend(mailbox, Source.LAST_LOGIN, covered.get(mailbox), signs, self._longest, self._since)
            if made is not None:
                coverage.append(made)
        return Told(tuple(evidence), tuple(coverage), {name: count for name, count in problems.items() if count})

    def _rows(self) -> Iterator[tuple[Any, Any, Any]]:
        wanted = self._table
        schema, _, name = wanted.table.rpartition(".")
        columns: list[sa.ColumnClause[Any]] = [sa.column(one) for one in (wanted.user, wanted.login, wanted.at)]
        statement = sa.select(*columns).select_from(sa.table(name, *columns, schema=schema or None))
        try:
            with self._engine.connect().execution_options(yield_per=_BATCH) as connection:
                for number, row in enumerate(connection.execute(statement)):
                    if number >= MAX_ROWS:
                        raise LastLoginFailed(f"more than {MAX_ROWS} rows in {wanted.table}")
                    yield row[0], row[1], row[2]
        except (sa.exc.SQLAlchemyError, OSError) as error:
            line = str(getattr(error, "orig", None) or type(error).__name__).strip().partition("\n")[0]
            raise LastLoginFailed(f"the last_login table: {line[:200]}") from error


def _seconds(value: Any, unit: int) -> float | None:
    """A column's number in seconds since the epoch; columns of text hold digits. None for what cannot be."""
    if isinstance(value, str | bytes) and len(value) <= 20 and value.isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**63:
        return None
    return float(value) / unit


def _engine(table: Table) -> sa.Engine:
    """Of its own, without a pool; a SQLite file is never made or written. ValueError for a URL that is none."""
    try:
        url = sa.make_url(table.url)
        if url.get_backend_name() == "sqlite":
            url = sa.URL.create("sqlite", database=f"file:{url.database}", query={"mode": "ro", "uri": "true"})
            return sa.create_engine(url, poolclass=NullPool, connect_args={"timeout": 5})
        if url.get_backend_name() == "postgresql":
            timeout = f"-c statement_timeout={round(table.seconds * 1000)} -c default_transaction_read_only=on"
            url = url.set(drivername="postgresql+psycopg")
            return sa.create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 5, "options": timeout})
        return sa.create_engine(url, poolclass=NullPool)
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ModuleNotFoundError) as error:
        raise ValueError("the last_login URL cannot be read, or its driver is not installed") from error
