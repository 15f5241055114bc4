"""Who writes the letters about what was done here: as the commands do, in the office's name. StartError for a sender
that is no address."""

from __future__ import annotations

import datetime

from gateway.blocks.notices import Writer as BlockWriter
from gateway.config import Settings
from gateway.directory.entry import clean_address
from gateway.directory.letters import Letterhead
from gateway.directory.notices import Writer
from gateway.errors import StartError
from gateway.rates import Standing
from gateway.regulations import load
from gateway.rules.blocked_sender import cite
from gateway.rules.profiles import Profiles


def block_letters(settings: Settings) -> BlockWriter:
    """The letters about a lock or a release."""
    profiles = _profiles(settings)

    def cited(who: str, standing: Standing) -> str:
        return cite(load(profiles.of(who)), standing)

    return BlockWriter(_letterhead(settings), settings.senders.administrators, cited)


def request_letters(settings: Settings) -> Writer:
    """The letters about requests."""
    return Writer(_letterhead(settings), _profiles(settings).of, datetime.datetime.now().astimezone())


def _profiles(settings: Settings) -> Profiles:
    return Profiles(settings.gateway.regulation, [(one.pattern, one.regulation) for one in settings.profile])


def _letterhead(settings: Settings) -> Letterhead:
    channels = settings.request_channel
    sender = settings.notices.sender or (channels[0].address if channels else f"postmaster@{settings.gateway.hostname}")
    try:
        return Letterhead(clean_address(sender), settings.notices.office)
    except ValueError as error:
        raise StartError(f"notices.sender = {sender}: {error}") from error
