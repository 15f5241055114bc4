"""What somebody may do, by the groups that a signed ID token names: the mapping of `[console.oidc]`. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from gateway.config_console import Oidc
from gateway.console.accounts import Role

_MOST: Final = 5000  # groups of one person that are looked at
_LONGEST: Final = 300  # characters of a group's name


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the provider names. `role`: the highest that its groups give, None for none; `by`: those groups."""

    name: str
    full_name: str = ""
    role: Role | None = None
    by: tuple[str, ...] = ()


def person_of(name: str, claims: Mapping[str, Any], settings: Oidc) -> Person:
    """What the claims of a token whose signature was proved say of somebody. Takes any claims."""
    full = claims.get("name")
    given = list(groups_of(claims, settings.roles_claim))
    for role in sorted(Role, reverse=True):
        wanted = _wanted(settings, role)
        if by := tuple(dict.fromkeys(one for one in given if one in wanted)):
            return Person(name, full[:200] if isinstance(full, str) else "", role, by)
    return Person(name, full[:200] if isinstance(full, str) else "")


def gives_roles(settings: Oidc) -> bool:
    """Whether any group gives a role."""
    return any(_wanted(settings, role) for role in Role)


def groups_of(claims: Mapping[str, Any], claim: str) -> Iterator[str]:
    """The texts of a claim: one, or a list; "realm_access.roles" is a claim inside one where no claim has that name."""
    found: Any = claims.get(claim)
    if found is None and "." in claim:
        found = claims
        for name in claim.split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
    given = found if isinstance(found, list) else [found]
    for one in given[:_MOST]:
        if isinstance(one, str) and 0 < len(one) <= _LONGEST:
            yield one


def _wanted(settings: Oidc, role: Role) -> tuple[str, ...]:
    groups: tuple[str, ...] = getattr(settings, f"{role.label}_groups")
    return groups
