"""Logins that are watched for their passwords' form and age. The password is here for one call, in one local name.

One for each worker. Where the store is away a login is judged by its form only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from gateway.errors import LimitsUnavailable
from gateway.logs import get_logger
from gateway.passwords.digest import digest_of
from gateway.passwords.form import Form, form_of
from gateway.passwords.sasl import password_of
from gateway.passwords.state import KEPT, Seen, observe
from gateway.rates import LimitStore
from gateway.who import PasswordSigns

KEEP: Final = KEPT * 86_400.0
"""Seconds for which the store keeps a mailbox's state after its last change."""
_log = get_logger("congthu.passwords")


@dataclass(frozen=True, slots=True)
class Glance:
    """What is left of a response once it was looked at. `who`: the mailbox's address, or the login, lower case."""

    who: str
    form: Form = field(repr=False)
    digest: int = field(repr=False)


def key_of(who: str) -> str:
    """Names a mailbox's state in the store."""
    return f"password:{who}"


class Watch:
    """`key`: the digests' key, for this purpose only, at least 16 bytes (ValueError). `name_of`: a login's mailbox, ""
    for none that is known.
    """

    def __init__(self, store: LimitStore, key: bytes, name_of: Callable[[str], str]) -> None:
        if len(key) < 16:
            raise ValueError("the key of passwords' digests has at least 16 bytes")
        self._store, self._key, self._name_of = store, key, name_of

    def look(self, mechanism: str, login: str, response: bytes) -> Glance | None:
        """Look at a response, before anybody knows whether the login will be taken: PLAIN's only one, LOGIN's second.

        None for other mechanisms, without a login, and for what cannot be read. Never raises for what a client sends.
        """
        if not login or (password := password_of(mechanism, response)) is None:
            return None
        who = (self._name_of(login) or login).lower()
        return Glance(who, form_of(password), digest_of(self._key, who, password))

    async def signs(self, glance: Glance) -> PasswordSigns:
        """What the taken login shows. Asks the store once, which changes at most once a day for each password.

        Only for logins that were taken: anybody may try any password.
        """
        seen = await self._seen(glance)
        if seen is None:
            return PasswordSigns(glance.form.length, glance.form.sorts)
        return PasswordSigns(glance.form.length, glance.form.sorts, seen.since, seen.months, seen.first_today)

    async def _seen(self, glance: Glance) -> Seen | None:
        digest = glance.digest
        try:
            return await self._store.change(key_of(glance.who), KEEP, lambda old, now: observe(old, now, digest))
        except LimitsUnavailable:
            return None
        except Exception:  # a bug: the login is not to fail for it
            _log.exception("passwords.unseen", mailbox=glance.who)
            return None
