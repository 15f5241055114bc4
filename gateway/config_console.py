"""Settings of the console and of the public look-up page. Each is documented on the field that holds it.

It must not know the rooms that use them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from gateway.config_values import MIB, Count, Endpoint, Flag, Network, Section, Size, Timeout


class Oidc(Section):
    """Signing in to the console through an OpenID provider, by account or by group (docs/console.md)."""

    issuer: str = Field(
        default="", pattern=r"^(|https?://[^\s@?#\"'<>]+)$", description="The provider's issuer, exactly; none: nobody."
    )
    client_id: str = Field(default="", description="This console's name at the provider.")
    client_secret_file: Path | None = Field(default=None, description="File with its secret, one line; none: public.")
    claim: str = Field(
        default="preferred_username",
        min_length=1,
        description="Claim that is the account's name here; nobody may be able to choose it for himself.",
    )
    scopes: tuple[str, ...] = Field(default=("profile", "email"), description="Scopes asked for beside openid.")
    roles_claim: str = Field(
        default="groups",
        min_length=1,
        description="Claim of the ID token that lists a person's groups; a.b is the claim b inside the claim a.",
    )
    viewer_groups: tuple[str, ...] = Field(
        default=(),
        description="Groups whose members may come in without an account made here, as viewers; none: nobody.",
    )
    security_groups: tuple[str, ...] = Field(default=(), description="The same, with the role security.")
    administrator_groups: tuple[str, ...] = Field(default=(), description="The same, with the role administrator.")


class Console(Section):
    """The console for security staff, and the page where a refused sender looks up why (docs/console.md)."""

    bind: Endpoint | None = Field(
        default=None, description="Where the console is served, in a process of its own; none: nowhere."
    )
    certificate: Path | None = Field(default=None, description="PEM file with the certificate chain; none: no TLS.")
    key: Path | None = Field(default=None, description="PEM file with the private key.")
    url: str = Field(
        default="",
        pattern=r"^(|https?://[^\s@?#\"'<>]+)$",
        description="The console's address as people write it; staff's letters carry it.",
    )
    public_bind: Endpoint | None = Field(
        default=None, description="Where the public pages are served; none: nowhere. They know nobody's account."
    )
    public_url: str = Field(
        default="",
        pattern=r"^(|https?://[^\s@?#\"'<>]+)$",
        description="Address of the public pages, which refusals carry with their reference.",
    )
    oidc: Oidc = Field(default=Oidc(), description="Signing in through an OpenID provider.")
    trusted_proxies: tuple[Network, ...] = Field(
        default=(),
        description="Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed; they must replace what a client "
        "says of itself.",
    )
    may_change_rules: Flag = Field(
        default=True,
        description="Whether staff may switch a rule between enforce and observe, and make exemptions, while the "
        "gateway runs (docs/rules-at-run-time.md); false: the file alone counts, and what was ordered before is idle.",
    )
    language: Literal["vi", "en"] = Field(default="vi", description="The language that a newcomer sees.")
    idle: Timeout = Field(default=1800.0, description="A session that nobody uses ends after this time.")
    lifetime: Timeout = Field(default=43200.0, description="Every session ends after this time.")
    attempts: Count = Field(default=8, ge=3, le=100, description="Wrong passwords after which an account is locked,")
    lockout: Timeout = Field(default=900.0, description="for this time.")
    memory: Size = Field(
        default=1024 * MIB, ge=256 * MIB, description="Address space of the console's process; beyond it a page fails."
    )
