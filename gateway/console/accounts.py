"""Who may come in: accounts in the store, with an Argon2id hash (RFC 9106) of each password. Blocking.

DirectoryUnavailable from every method: it is the directory's store. A wrong name costs the time of a wrong password;
what other servers take for theirs, `patience` hides from whoever looks at the clock.
"""

from __future__ import annotations

import re
import threading
import time
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

import argon2
import sqlalchemy as sa

from gateway.console.errors import AccountRefused
from gateway.console.migrate import MIGRATIONS
from gateway.console.schema import sessions, users
from gateway.directory.database import Database
from gateway.directory.dialects import insert_into

LEAST_PASSWORD: Final = 12  # characters; NIST SP 800-63B asks for length, not for sorts of characters
MOST_PASSWORD: Final = 256
OUTSIDE: Final = ("imap", "ldap")
"""Who else may know a password; it stands in place of a hash."""
OIDC: Final = "oidc"
"""Stands there for an account that an OpenID provider's groups made: no password fits."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
HASHER = argon2.PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
"""RFC 9106 4, the second recommended choice but for its lanes; tests take a cheaper one."""
_ONE_AT_A_TIME: Final = threading.BoundedSemaphore(2)  # each costs 64 MiB


class Role(IntEnum):
    """What somebody may do; each may what those before it may."""

    VIEWER = 1  # looks
    SECURITY = 2  # reviews, exports, locks and releases
    ADMINISTRATOR = 3  # keeps accounts, reads the record of actions

    @property
    def label(self) -> str:
        """As it is stored and written: "viewer"."""
        return self.name.lower()

    @classmethod
    def named(cls, label: str) -> Role:
        """From its label. ValueError for another."""
        try:
            return cls[label.upper()]
        except KeyError:
            raise ValueError(f"{label!r} is no role") from None


@dataclass(frozen=True, slots=True)
class User:
    """An account. Times are seconds since the epoch, 0 for never. `way`: who else knows it ("imap", "ldap", "oidc")."""

    name: str
    full_name: str
    role: Role
    disabled: bool = False
    created: float = 0.0
    changed: float = 0.0
    failures: int = 0
    locked_until: float = 0.0
    last_login: float = 0.0
    way: str = ""

    @property
    def outside(self) -> bool:
        """Whether its password, if it has one, is another server's."""
        return bool(self.way)


@dataclass(frozen=True, slots=True)
class Lockout:
    """After how many wrong passwords an account is closed, and for how many seconds."""

    attempts: int = 8
    seconds: float = 900.0


class Accounts:
    """The accounts of one store."""

    def __init__(
        self, database: Database, lockout: Lockout | None = None, outside: Callable[[str, str, str], bool] | None = None
    ) -> None:
        """`outside`: whether a server (OUTSIDE) takes a name and password; for accounts without one here."""
        self.database, self._lockout, self._outside = database, lockout or Lockout(), outside
        self._decoy = ""

    def prepare(self) -> None:
        """Make or migrate the tables, the directory's too. StartError."""
        self.database.prepare(MIGRATIONS)

    def list(self) -> list[User]:
        """Everybody, by name."""
        with self.database.reading() as connection:
            return [user_of(row) for row in connection.execute(sa.select(users).order_by(users.c.name))]

    def find(self, name: str) -> User | None:
        """The account with this name."""
        with self.database.reading() as connection:
            return _find(connection, name)

    def add(self, name: str, password: str | None, role: Role, full_name: str = "", *, way: str = "imap") -> User:
        """Make an account; `password` None: `way` (OUTSIDE, OIDC) knows it.

        AccountRefused where the name is taken or no name, or the password is none.
        """
        name, full_name = clean_name(name), " ".join(full_name.split())[:200]
        hashed = way if password is None else hash_password(password, name)
        now = int(time.time() * 1e6)
        with self.database.writing() as connection:
            row: dict[str, Any] = {"failures": 0, "locked_until": 0, "last_login": 0, "disabled": 0}
            row |= {"name": name, "full_name": full_name, "role": role.label, "password": hashed}
            made = insert_into(connection, users).values(**row, created=now, changed=now).on_conflict_do_nothing()
            if connection.execute(made.returning(users.c.name)).first() is None:  # two nodes may make it at once
                raise AccountRefused(f"there is an account {name} already", f"Đã có tài khoản {name}.")
        return User(name, full_name, role, created=now / 1e6, changed=now / 1e6, way=way if password is None else "")

    def set_password(self, name: str, password: str) -> None:
        """Give an account a new password; all its sessions end. AccountRefused."""
        values = {"password": hash_password(password, name), "changed": int(time.time() * 1e6)}
        self._change(name, values | {"failures": 0, "locked_until": 0}, end=True)

    def disable(self, name: str, disabled: bool = True) -> None:
        """Close an account, or open it again; all its sessions end. AccountRefused for the last administrator."""
        self._change(name, {"disabled": int(disabled)}, end=True)

    def set_role(self, name: str, role: Role, *, provider: bool = False) -> None:
        """Change what somebody may do; all its sessions end. AccountRefused for the last administrator.

        `provider`: an OpenID provider's groups say so; the roles of accounts that they made are theirs alone to change.
        """
        user = self.find(name)
        if user is not None and user.way == OIDC and not provider:
            raise AccountRefused(
                f"the role of {user.name} comes from its groups at the sign-in service",
                f"Vai trò của {user.name} do nhóm ở dịch vụ đăng nhập quyết định; hãy đổi nhóm ở đó.",
            )
        self._change(name, {"role": role.label}, end=True)

    def unlock(self, name: str) -> None:
        """Let somebody try again at once."""
        self._change(name, {"failures": 0, "locked_until": 0})

    def _change(self, name: str, values: Mapping[str, Any], *, end: bool = False) -> None:
        with self.database.writing() as connection:
            if _find(connection, name) is None:
                raise AccountRefused(f"there is no account {name}", f"Không có tài khoản {name}.")
            before = _administered(connection)
            connection.execute(sa.update(users).where(users.c.name == name).values(**values))
            if {"disabled", "role"} & values.keys() and before and not _administered(connection):
                raise AccountRefused(
                    f"{name} is the last administrator: make another one first",
                    f"{name} là quản trị viên cuối cùng: hãy tạo quản trị viên khác trước.",
                )
            if end:
                connection.execute(sa.delete(sessions).where(sessions.c.name == name))

    def check(self, name: str, password: str, now: float, *, known: bool = False) -> User | None:
        """The account, where name and password are right and it is open; else None, and a failure is counted.

        `known`: from a browser that signed in before (devices.py): a lock-out does not hold for it, nor does it count.
        """
        name = folded(name)[:64]
        with self.database.reading() as connection:
            row = connection.execute(sa.select(users).where(users.c.name == name)).first()
        if row is not None and row.password in OUTSIDE:
            open_ = not row.disabled and (known or row.locked_until <= int(now * 1e6))
            right = open_ and self._outside is not None and self._outside(row.password, name, password)
        else:
            ours = row.password if row is not None and row.password != OIDC else self._someone()
            right = self._right(ours, password)
        if row is None or row.password == OIDC:  # of the latter no password is right, and no failure counts
            return None
        user = user_of(row)
        if user.disabled or (user.locked_until > now and not known):
            return None
        if not right:
            if not known:
                self._count(name, now)
            return None
        return self._welcome(user, row.password, password, now, known=known)

    def _someone(self) -> str:
        """A hash that no password fits."""
        if not self._decoy:
            self._decoy = HASHER.hash(f"{time.time_ns()} {id(self)}")
        return self._decoy

    @staticmethod
    def _right(hashed: str, password: str) -> bool:
        fits = len(password) <= MOST_PASSWORD
        try:
            with _ONE_AT_A_TIME:  # one that is too long takes its time, too: the clock tells nobody's name
                return HASHER.verify(hashed, _normal(password[:MOST_PASSWORD])) and fits
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False

    def _welcome(self, user: User, hashed: str, password: str, now: float, *, known: bool = False) -> User:
        values: dict[str, Any] = {"last_login": int(now * 1e6)}
        if not known:  # or each sign-in of its owner would give strangers new tries
            values |= {"failures": 0, "locked_until": 0}
        if hashed not in OUTSIDE and HASHER.check_needs_rehash(hashed):
            values["password"] = HASHER.hash(_normal(password))
        with self.database.writing() as connection:
            connection.execute(sa.update(users).where(users.c.name == user.name).values(**values))
        return user

    def _count(self, name: str, now: float) -> None:
        with self.database.writing() as connection:
            row = connection.execute(sa.select(users).where(users.c.name == name).with_for_update()).first()
            if row is None:
                return
            failures = row.failures + 1
            values: dict[str, Any] = {"failures": failures}
            if failures >= self._lockout.attempts:
                values = {"failures": 0, "locked_until": int((now + self._lockout.seconds) * 1e6)}
            connection.execute(sa.update(users).where(users.c.name == name).values(**values))


def folded(name: str) -> str:
    """A name in lower case. Only an ASCII one: U+212A is a k in lower case, and its bearer another person."""
    return name.strip().lower() if name.isascii() else name


def clean_name(name: str) -> str:
    """An account's name: lower case, ASCII. AccountRefused for another."""
    made = folded(name)
    if not _NAME.fullmatch(made):
        raise AccountRefused(
            "an account's name has 1 to 64 letters without marks, digits, dots, dashes, underscores or @",
            "Tên tài khoản gồm 1 đến 64 chữ cái không dấu, chữ số, dấu chấm, gạch ngang, gạch dưới hoặc @.",
        )
    return made


def hash_password(password: str, name: str = "") -> str:
    """The hash that is kept. AccountRefused for a password that is too short, or is the name."""
    normal = _normal(password)
    if not LEAST_PASSWORD <= len(normal) <= MOST_PASSWORD:
        raise AccountRefused(
            f"a password has {LEAST_PASSWORD} to {MOST_PASSWORD} characters",
            f"Mật khẩu có từ {LEAST_PASSWORD} đến {MOST_PASSWORD} ký tự.",
        )
    if len(set(normal)) < 5 or (name and normal.lower() == name.lower()):
        raise AccountRefused("the password is too easily guessed", "Mật khẩu quá dễ đoán.")
    with _ONE_AT_A_TIME:
        return HASHER.hash(normal)


def _normal(password: str) -> str:
    """The same however the keyboard composes Vietnamese letters; lone surrogates become question marks."""
    return unicodedata.normalize("NFC", password).encode(errors="replace").decode()


def _find(connection: sa.Connection, name: str) -> User | None:
    row = connection.execute(sa.select(users).where(users.c.name == folded(name))).first()
    return None if row is None else user_of(row)


def _administered(connection: sa.Connection) -> bool:
    """Whether somebody may keep accounts whom no group can take that from.

    Until the end of the transaction nobody else changes them: or of two administrators each could close the other.
    """
    able = sa.and_(users.c.role == Role.ADMINISTRATOR.label, users.c.disabled == 0, users.c.password != OIDC)
    query = sa.select(users.c.name).where(able).order_by(users.c.name).with_for_update()
    return bool(connection.execute(query).all())


def user_of(row: sa.Row[Any]) -> User:
    return User(
        row.name,
        row.full_name,
        Role.named(row.role),
        bool(row.disabled),
        row.created / 1e6,
        row.changed / 1e6,
        row.failures,
        row.locked_until / 1e6,
        row.last_login / 1e6,
        row.password if row.password in (*OUTSIDE, OIDC) else "",
    )
