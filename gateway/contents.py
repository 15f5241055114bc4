"""What was found inside a message's files. Values only, at the bottom: this module imports nothing of ours.

A *file* is an attachment, or a file inside one (an archive's entry, a message's attachment, an embedded object).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Trait(StrEnum):
    """What is notable about a file, whatever its name says. Stable names, as in the journal."""

    ENCRYPTED = "encrypted"  # cannot be opened without a password: an archive, a document, a message
    MACROS = "macros"  # VBA, or Excel 4 macros
    ACTIVE = "active-content"  # runs something by itself: an embedded program, a PDF's JavaScript or Launch action
    REMOTE = "remote-content"  # loads a template, an object or a frame from another machine when it is opened
    CONTAINER = "container"  # it was opened, and what is in it is listed by itself


class Why(StrEnum):
    """Why a file, or something in it, was not checked. Stable names, as in the journal."""

    ENCRYPTED = "encrypted"
    SEALED = "sealed"  # an encrypted message (S/MIME, OpenPGP), which only its recipient opens
    DAMAGED = "damaged"  # it claims to be of a kind that it cannot be read as
    UNSUPPORTED = "unsupported"  # a kind that nobody here opens
    TOO_DEEP = "too-deep"  # containers in containers beyond the limit
    TOO_MANY = "too-many"  # entries beyond the limit
    TOO_LARGE = "too-large"  # expanded bytes beyond the limit
    RATIO = "ratio"  # expands more than any honest file
    OVERLAP = "overlap"  # entries share their bytes: a bomb
    TIME = "time"  # took too long
    DIED = "died"  # the process that read it ended
    BUSY = "busy"  # no process was free in time
    UNAVAILABLE = "unavailable"  # what would read it is not installed or not running
    OFF = "off"  # nothing opens files here, as configured


UNREACHED = frozenset({Why.TIME, Why.DIED, Why.BUSY, Why.UNAVAILABLE})
"""Reasons that may be gone the next time: nobody came to look, or not to the end."""
BOMBS = frozenset({Why.TOO_DEEP, Why.TOO_MANY, Why.TOO_LARGE, Why.RATIO, Why.OVERLAP})
"""Reasons that speak against the sender: the file itself is beyond what is opened."""


READINGS_LATER = "readings-later"
"""The dispute of a message that has several readings, and nobody came to make them (`UNREACHED`)."""


@dataclass(frozen=True, slots=True)
class ContainedFile:
    """One file that was looked at.

    `part`: the attachment that it is, or stands in, by its place in the message ("1.2"). `names`: from the attachment
    inwards as people would see them, the last is its own ("" where there is none). `kind`: "type/subtype" by its
    content. `size`: bytes, decoded and expanded.
    """

    part: str
    names: tuple[str, ...]
    kind: str
    size: int
    traits: tuple[Trait, ...] = ()


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A file that was not looked into, or not to its end."""

    part: str
    names: tuple[str, ...]
    reason: Why


@dataclass(frozen=True, slots=True)
class Threat:
    """Malware by the name of its signature; `part`: where, "" for the message as a whole."""

    signature: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the looks beyond the scan found. Empty where nothing needed one."""

    files: tuple[ContainedFile, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    threats: tuple[Threat, ...] = ()
    malware: str = ""  # the scanner that was asked, "ClamAV"; "" for none
    malware_failed: str = ""  # why it gave no answer


NOTHING = Inspection()
