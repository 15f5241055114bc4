"""Settings of the letters that tell our own senders why their mail was refused. Documented on the fields.

It must not know the rooms that use them.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from gateway.config_values import Count, Flag, Section


class RefusalNotices(Section):
    """A letter to the sender of refused mail, where he is proved and ours (docs/refusal-notices.md)."""

    enabled: Flag = Field(
        default=False, description="Write them. The reply to the mail program says why in any case; this is for people."
    )
    listeners: tuple[str, ...] = Field(
        default=(), description="Names of listeners whose refusals are told; none: all but inbound ones."
    )
    silent: tuple[str, ...] = Field(default=(), description="Rules whose refusals are not told.")
    per_hour: Count = Field(default=3, ge=1, le=100, description="Letters to one mailbox in an hour, at most,")
    per_day: Count = Field(default=10, ge=1, le=500, description="and in a day.")
    all_per_hour: Count = Field(
        default=300, ge=1, le=100_000, description="Letters to all mailboxes together in an hour, at most."
    )
    templates: Path | None = Field(
        default=None, description="Folder with a refused.txt or refused.html of your own; what is not there is ours."
    )
    keep: Count = Field(default=30, ge=1, le=400, description="Days for which letters that were sent are kept.")
