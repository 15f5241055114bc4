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


class Source(StrEnum):
    """Where words stand. Stable names, as in the journal."""

    HEADER = "header"  # Subject and other free text of the header, display names
    NAME = "name"  # a file's name
    BODY = "body"
    QUOTED = "quoted"  # what a body quotes or forwards, and messages inside the message
    DOCUMENT = "document"  # the text of a file


@dataclass(frozen=True, slots=True)
class Passage:
    """A few words in a charset that is not Unicode's, and how they read in Unicode.

    `place`: for people, "paragraph 12", "sheet 'Tháng 1' B7", "" where the text is one line. `family`: as
    `gateway.vietnamese.Family`. `damaged`: letters. `sent`, `understood`: at most 80 characters. `font`: as the
    document names it.
    """

    place: str
    family: str
    damaged: int
    confidence: float
    sent: str
    understood: str
    font: str = ""


@dataclass(frozen=True, slots=True)
class LegacyText:
    """One text (a header field, a name, a body, a document) that is not, or not all, Vietnamese in Unicode.

    `part`, `names`: as in `ContainedFile`, () where it is not a file's; `where`: the header field, or "". `family`: the
    one with the most damaged letters, "" where only `notes` were found. `damaged`: letters in the whole text.
    `passages`: the worst ones. `notes`: as `gateway.vietnamese.Note`.
    """

    source: Source
    part: str
    names: tuple[str, ...]
    where: str
    family: str
    damaged: int
    confidence: float
    passages: tuple[Passage, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SecretMarking:
    """A document's marking of secrecy. Place and marking only, never the words around it."""

    source: Source
    part: str
    names: tuple[str, ...]
    where: str  # the header field, or the place in the document: "header 1", "paragraph 3"
    level: str  # as `gateway.vietnamese.Level`: "mật", "tối mật", "tuyệt mật"
    form: str  # "stamp", "field", "spaced", "unmarked"


@dataclass(frozen=True, slots=True)
class UnmarkedText:
    """Vietnamese prose written without its marks. `syllables`: Vietnamese ones; `unmarked`: those without marks."""

    source: Source
    part: str
    names: tuple[str, ...]
    where: str
    syllables: int
    unmarked: int
    sample: str = ""  # at most 80 characters


@dataclass(frozen=True, slots=True)
class MailboxList:
    """A table whose rows look like mailboxes or people to get one. `where`: "sheet 'Danh sách'", "" where it is all."""

    part: str
    names: tuple[str, ...]
    where: str
    rows: int


@dataclass(frozen=True, slots=True)
class RequestSigns:
    """How much a message reads as a request about mailboxes (Q4 6.1, AG 6). Signs only, never the words around them.

    `score`: 0 to 1. `kinds`: what is asked for: "create", "change", "remove", "reissue", "unlock", the likeliest first.
    `reason`: it says why. `signs`: stable names of what was seen, for the staff, bounded.
    """

    score: float = 0.0
    kinds: tuple[str, ...] = ()
    reason: bool = False
    lists: tuple[MailboxList, ...] = ()
    signs: tuple[str, ...] = ()


NO_REQUEST = RequestSigns()


@dataclass(frozen=True, slots=True)
class Words:
    """What was found in a message's texts; each tuple is bounded, in the order of the message."""

    legacy: tuple[LegacyText, ...] = ()
    markings: tuple[SecretMarking, ...] = ()
    unmarked: tuple[UnmarkedText, ...] = ()
    request: RequestSigns = NO_REQUEST


NO_WORDS = Words()


@dataclass(frozen=True, slots=True)
class Spam:
    """What the spam filter says. `score` against `required` points; `action`: its own word ("reject", "add header").

    `symbols`: (name, points) of what it saw, the heaviest first, bounded; names are printable ASCII.
    """

    score: float
    required: float
    action: str
    symbols: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the looks beyond the scan found. Empty where nothing needed one."""

    files: tuple[ContainedFile, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    threats: tuple[Threat, ...] = ()
    malware: str = ""  # the scanner that was asked, "ClamAV"; "" for none
    malware_failed: str = ""  # why it gave no answer
    words: Words = NO_WORDS
    spam: Spam | None = None  # the spam filter's answer, None where it was not asked or gave none
    spam_failed: str = ""  # why it gave no answer
    words_failed: str = ""  # where trouble of ours kept the texts from being read to their end


NOTHING = Inspection()
