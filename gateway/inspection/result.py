"""What a look into a message's files gives back. Values only."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.contents import NO_WORDS, ContainedFile, Unchecked, Words
from gateway.documents.document import Unit
from gateway.message.union import UnionView


@dataclass(frozen=True, slots=True)
class DocumentText:
    """The text of one document: `part` and `names` as in `ContainedFile`; `format` by content, "docx"."""

    part: str
    names: tuple[str, ...]
    format: str
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """One message's look. `view`: the message in every reading; None where there is only one (it is not
    suspicious), or where no child lived to tell.

    `files`: every file that was found, a container before what is in it. `unchecked`: whatever was not looked into.
    `documents`: the text, where it was wanted. `words`: what is remarkable in all texts that were left for this look,
    where that was wanted; `words_failed`: why some were not read for trouble of ours, "" for none. All bounded
    (`WalkLimits`).
    """

    view: UnionView | None = None
    files: tuple[ContainedFile, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    documents: tuple[DocumentText, ...] = ()
    words: Words = NO_WORDS
    words_failed: str = ""
