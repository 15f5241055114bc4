"""Who is in: sessions in the store, found by the digest of an id that only the browser has. Blocking.

The database alone lets nobody in: it holds SHA-256 of 256 random bits. DirectoryUnavailable from every method.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

import sqlalchemy as sa

from gateway.console.accounts import User, user_of
from gateway.console.schema import sessions, users
from gateway.directory.database import Database

_TOUCH = 60.0  # seconds; `seen` is written at most so often
_MOST = 20  # sessions of one account; beyond it the oldest ends


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in. `id`: what the cookie holds."""

    id: str
    user: User
    began: float
    seen: float
    client: str = ""

    @property
    def token(self) -> str:
        """What every form of this session carries; nobody else can make it."""
        return token_of(self.id)


def token_of(secret: str) -> str:
    """The token for forms of whoever holds this secret."""
    return hmac.new(secret.encode("utf-8", "replace"), b"congthu form 1", hashlib.sha256).hexdigest()


def same(given: str, wanted: str) -> bool:
    """Compared in constant time; any text is fine."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode("utf-8", "replace"))


class Sessions:
    """The sessions of one store. `idle`, `lifetime`: seconds."""

    def __init__(self, database: Database, idle: float, lifetime: float) -> None:
        self._database, self._idle, self._lifetime = database, idle, lifetime

    def begin(self, user: User, client: str, now: float) -> Session:
        """A new one, with a new id whatever the browser had before; those that are past are forgotten."""
        made = Session(secrets.token_urlsafe(32), user, now, now, client[:100])
        moment = int(now * 1e6)
        with self._database.writing() as connection:
            connection.execute(sa.delete(sessions).where(self._past(now)))
            old = sa.select(sessions.c.digest).where(sessions.c.name == user.name).order_by(sessions.c.seen.desc())
            surplus = [row[0] for row in connection.execute(old.offset(_MOST - 1))]
            if surplus:
                connection.execute(sa.delete(sessions).where(sessions.c.digest.in_(surplus)))
            row = {"digest": _digest(made.id), "name": user.name, "began": moment, "seen": moment}
            connection.execute(sa.insert(sessions), {**row, "client": made.client})
        return made

    def find(self, id: str, now: float) -> Session | None:
        """The session with this id, while it lasts and its account is open. Using it keeps it alive."""
        if not 20 <= len(id) <= 100:
            return None
        digest = _digest(id)
        query = sa.select(sessions, users).join(users, users.c.name == sessions.c.name)
        query = query.where(sessions.c.digest == digest, ~self._past(now), users.c.disabled == 0)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        if now - row.seen / 1e6 > _TOUCH:
            with self._database.writing() as connection:
                mine = sa.update(sessions).where(sessions.c.digest == digest)
                connection.execute(mine.values(seen=int(now * 1e6)))
        return Session(id, user_of(row), row.began / 1e6, row.seen / 1e6, row.client)

    def end(self, id: str) -> None:
        """Sign out."""
        with self._database.writing() as connection:
            connection.execute(sa.delete(sessions).where(sessions.c.digest == _digest(id)))

    def end_all(self, name: str, but: str = "") -> None:
        """Sign somebody out everywhere, but for the session with the id `but`."""
        mine = sa.and_(sessions.c.name == name, sessions.c.digest != _digest(but))
        with self._database.writing() as connection:
            connection.execute(sa.delete(sessions).where(mine))

    def _past(self, now: float) -> sa.ColumnElement[bool]:
        idle, old = int((now - self._idle) * 1e6), int((now - self._lifetime) * 1e6)
        return sa.or_(sessions.c.seen < idle, sessions.c.began < old)


def _digest(id: str) -> bytes:
    return hashlib.sha256(id.encode("utf-8", "replace")).digest()
