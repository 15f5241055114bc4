"""Settings of copies of accepted mail (journaling, AG 8.9). Documented on the fields.

It must not know the rooms that use them.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gateway.config_values import Section, Timeout


class Copies(Section):
    """A copy of every accepted message goes to an archive (docs/copies.md)."""

    address: str = Field(default="", description="The archive's address; none: no copies.")
    upstream: str = Field(
        default="",
        description="The archive's next hop, which gets a report with the envelope; none: one more recipient.",
    )
    listeners: tuple[str, ...] = Field(default=(), description="Names of listeners whose mail is copied; none: all.")
    failure: Literal["tempfail", "note"] = Field(
        default="tempfail", description="Where no copy can be made: 451, or the mail passes and the journal notes it."
    )
    timeout: Timeout = Field(default=15.0, description="Longest time for the archive to take a copy.")
