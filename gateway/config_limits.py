"""Settings of what a sender may send: limits by kind of account, written exceptions, blocking by conduct.

Each is documented on the field that holds it. It must not know the rooms that use them.
"""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from gateway.config_values import Count, Flag, Section, Timeout, parse_size

_WINDOWS = {"minute": 60, "hour": 3600, "day": 86400}
_HINT = 'write a rate as a number and a window, "250/minute", "600/hour", "2GiB/day"'
_RATE = re.compile(r"\s*([0-9.]{1,20}\s*[A-Za-z]{0,3})\s*/\s*(minute|hour|day)\s*")


class Rate(str):
    """`250/minute`: at most `most` in any `seconds` on end."""

    most: int
    seconds: int

    def __new__(cls, value: object) -> Rate:
        match = _RATE.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            raise ValueError(_HINT)
        try:
            count = parse_size(match[1].strip())
        except ValueError:
            raise ValueError(_HINT) from None
        made = super().__new__(cls, "".join(match[0].split()))
        made.most, made.seconds = count, _WINDOWS[match[2]]
        return made


Rates = tuple[Annotated[Rate, BeforeValidator(Rate)], ...]


class AccountLimits(Section):
    """The limits of one account. What is left out keeps its default; an empty list is no limit."""

    recipients: Rates | None = Field(default=None, description="Recipients; a list that is expanded later counts once.")
    messages: Rates | None = Field(default=None, description="Messages, whatever they weigh.")
    new_recipients: Rates | None = Field(
        default=None, description="Addresses to which this account has not written in the last 90 days."
    )
    size: Rates | None = Field(default=None, description="Bytes of messages, as they are sent.")


class Limits(Section):
    """How much may be sent (rule `outbound-throttle`), by account; `congthu senders show` tells what is used."""

    personal: AccountLimits = Field(
        default=AccountLimits(),
        description="A personal mailbox. Default: recipients 250/minute, 600/hour, 1500/day; messages 60/minute, "
        "300/hour, 1000/day; new recipients 500/day; size 2GiB/day.",
    )
    unit_mailbox: AccountLimits = Field(
        default=AccountLimits(),
        description="A unit's mailbox. Default: recipients 500/minute, 1500/hour, 5000/day; messages 100/minute, "
        "600/hour, 2000/day; new recipients 2000/day; size 10GiB/day.",
    )
    service: AccountLimits = Field(
        default=AccountLimits(),
        description="A service's or a device's mailbox. Default: recipients 1000/minute, 10000/hour, 50000/day; "
        "messages 600/minute, 6000/hour, 30000/day; new recipients 10000/day; size 20GiB/day.",
    )
    unknown: AccountLimits = Field(
        default=AccountLimits(), description="An address that the directory does not have. Default: as personal."
    )
    bounces: AccountLimits = Field(
        default=AccountLimits(),
        description="The null reverse-path of one mail server. Default: recipients 600/minute, 6000/hour, 20000/day.",
    )
    unit: AccountLimits = Field(
        default=AccountLimits(),
        description="All mailboxes of a unit together. Default: recipients 2000/minute, 6000/hour, 20000/day.",
    )
    domain: AccountLimits = Field(
        default=AccountLimits(),
        description="All of a domain together. Default: recipients 5000/minute, 40000/hour, 150000/day.",
    )
    client: AccountLimits = Field(
        default=AccountLimits(),
        description="A client's address (IPv6: its /64) where nothing proves who sends. Default: recipients 100/minute,"
        " 500/hour, 2000/day; messages 60/minute, 300/hour, 1000/day.",
    )
    office: AccountLimits = Field(
        default=AccountLimits(),
        description="A client's address where the sender is proved: an office with many people. Default: none.",
    )
    store_timeout: Timeout = Field(
        default=2.0, description="Longest time to wait for the store of counters; then the rule's `unavailable` holds."
    )


class LimitOverride(Section):
    """A written exception for one address: from the limits, more or less; from being stopped for its conduct."""

    address: str = Field(description="An address pattern: 'bantin@tinh.example', '*@so.tinh.example'.")
    reason: str = Field(min_length=3, description="Why; shown by `congthu senders show`.")
    expires: datetime.date = Field(description="Last day it holds.")
    recipients: Rates | None = Field(default=None, description="As in [limits].")
    messages: Rates | None = Field(default=None, description="As in [limits].")
    new_recipients: Rates | None = Field(default=None, description="As in [limits].")
    size: Rates | None = Field(default=None, description="As in [limits].")
    conduct: Flag = Field(
        default=True,
        description="Whether its conduct is judged. False: until then it is neither suspected nor blocked for it; "
        "a lock by hand holds all the same.",
    )


class Passwords(Section):
    """What logins show of their passwords (rule `password-policy`); read docs/password-policy.md before."""

    watch: Flag = Field(
        default=False,
        description="Look at the passwords of logins that pass through: their form, and, by a keyed digest of 8 bits, "
        "since when they are the same. Off: they are not looked at, and the rule is off.",
    )


class Senders(Section):
    """Senders whose conduct looks like that of a stolen mailbox: watched, and stopped where that is wanted."""

    watch: Flag = Field(default=True, description="Keep each sender's habits and score its conduct.")
    blocking: Literal["observe", "enforce"] = Field(
        default="observe",
        description="What a conduct past the threshold does: record and tell (observe), or block (550 5.7.1).",
    )
    administrators: tuple[str, ...] = Field(
        default=(), description="Addresses that are told of suspects and blocks, with the sender's unit mailbox."
    )
    refresh: Timeout = Field(default=5.0, description="How often each worker asks whether somebody was blocked.")
    keep: Count = Field(
        default=400, ge=1, le=4000, description="Days for which the history of blocks and releases is kept."
    )
