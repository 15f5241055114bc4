"""A private PostgreSQL on a Unix socket, and databases in it: fresh ones, copied from a template in some 20 ms, and one
that is emptied, in 3 ms.

Nothing here asks what survives a power cut, so nothing is synced to the disk; what was committed survives `stop`.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import psycopg
import sqlalchemy as sa

from gateway.directory.database import Database
from tests.support.rooms import ALL

_OPTIONS: Final = ("listen_addresses=", "fsync=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0")
_PREPARED: Final = "prepared"
_AS_MADE: Final = """
CREATE SCHEMA made;
DO $$ DECLARE t text; BEGIN
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('CREATE TABLE made.%I AS TABLE public.%I', t, t);
  END LOOP;
END $$;
"""
_ALONE: Final = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_AS_IT_WAS: Final = """
DO $$ DECLARE t text; BEGIN
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'made' LOOP
    EXECUTE format('DELETE FROM public.%I', t);
    EXECUTE format('INSERT INTO public.%I SELECT * FROM made.%I', t, t);
  END LOOP;
  FOR t IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
    PERFORM setval(format('public.%I', t), 1, false);
  END LOOP;
END $$;
"""


class PostgresServer:
    """One server. `url`: its database `postgres`. `start` may follow `stop`; a context manager makes and removes it.

    `durable`: set up as it comes, for who measures.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._options = ["listen_addresses="] if durable else _OPTIONS
        # The user postgres must reach the folder, and a Unix socket's name must fit: no folder of pytest's.
        self.folder = Path(tempfile.mkdtemp(prefix="congthu-pg-", dir="/tmp"))
        self.folder.chmod(0o755)
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        self._bin = found[-1] if found else Path("/usr/bin")
        self.url = self._named("postgres")
        self._numbers = itertools.count()
        self._has_template = False
        self._emptied = ""

    def _named(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def _run(self, *command: str) -> None:
        prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        program = [*prefix, str(self._bin / command[0]), *command[1:]]
        done = subprocess.run(program, capture_output=True, text=True, cwd="/", stdin=subprocess.DEVNULL)
        assert done.returncode == 0, done.stderr

    def create(self) -> None:
        """Make the cluster; it is not started."""
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        self._run("initdb", "-D", f"{self.folder}/data", "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8")

    def start(self) -> None:
        """Start and wait until it answers."""
        options = " ".join(f"-c {one}" for one in (*self._options, f"unix_socket_directories={self.folder}"))
        self._run("pg_ctl", "start", "-w", "-D", f"{self.folder}/data", "-l", f"{self.folder}/log", "-o", options)

    def stop(self) -> None:
        """End it at once, as a crash would."""
        self._run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", f"{self.folder}/data")

    @property
    def pid(self) -> int:
        """Of the first of its processes, while it runs."""
        return int((self.folder / "data/postmaster.pid").read_text().split()[0])

    def sql(self, *statements: str, url: str = "") -> None:
        """Run these, each by itself, in the database `postgres` or another."""
        with psycopg.connect(url or self.url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def database(self, *, bare: bool = False) -> str:
        """The URL of a fresh database: with every room's tables, or `bare`, with none."""
        name = f"d{next(self._numbers)}"
        if not bare:
            self._make_template()
        self.sql(f"CREATE DATABASE {name}" + ("" if bare else f" TEMPLATE {_PREPARED}"))
        return self._named(name)

    def emptied(self) -> str:
        """The URL of the one database whose rows are as a migration leaves them; whoever had it before is cut off."""
        if not self._emptied:
            self._emptied = self.database()
            self.sql(_AS_MADE, url=self._emptied)
        self.sql(_ALONE, _AS_IT_WAS, url=self._emptied)
        return self._emptied

    def _make_template(self) -> None:
        if not self._has_template:
            self.sql(f"CREATE DATABASE {_PREPARED}")
            Database(self._named(_PREPARED), self.folder).prepare(*ALL)
            self._has_template = True

    def drop(self, url: str) -> None:
        """Remove a database, whoever still looks into it."""
        self.sql(f"DROP DATABASE IF EXISTS {sa.make_url(url).database} WITH (FORCE)")

    def cut(self, url: str) -> None:
        """End every connection to this database, as a switch that loses its power does; the server stays."""
        name = sa.make_url(url).database
        self.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    def __enter__(self) -> PostgresServer:
        self.create()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(AssertionError):  # a test stopped it
            self.stop()
        shutil.rmtree(self.folder)
