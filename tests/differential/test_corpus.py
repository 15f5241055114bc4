"""The well-formed messages of the corpus through every reader: who differs from ours is written down, and why."""

from __future__ import annotations

import email.policy
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.corpus import build
from tests.differential import readers

_COMPAT32, _DEFAULT, _FAST, _PERL = "email compat32", "email default", "fast-mail-parser", "MIME::Parser"
_READERS: dict[str, Callable[[bytes], list[readers.File]]] = {
    _COMPAT32: readers.python_email(email.policy.compat32),
    _DEFAULT: readers.python_email(email.policy.default),
    _FAST: readers.fast_mail_parser,
}
_ALL = {_COMPAT32, _DEFAULT, _FAST, _PERL}
# message: who differs from ours, and why ours is right or at least safe
DIFFER: dict[str, set[str]] = {
    "encodings/8bit": {_PERL},  # bare line feeds in bodies that are not encoded
    "encodings/qp-soft-breaks": {_PERL},  # the same
    "encodings/qp-lower-case": {_PERL},  # the same
    "encodings/base64-upper-case-name": {_COMPAT32, _DEFAULT, _FAST},  # blanks after "BASE64": they take it for unknown
    "encodings/qp-malformed": {_FAST},  # keeps "=" at the end
    "headers/folded-content-type": {_COMPAT32},  # leaves the fold in the name
    "names/blanks-unquoted": {_DEFAULT, _PERL},  # end the name at its first blank; clients show all of it
    "names/codec-that-is-none": _ALL,  # raise, or lose the name
    "names/control-characters": _ALL,  # hand CR, LF and NUL through
    "names/escaped-quote": {_FAST},  # keeps the backslash
    "names/rfc2047-b": {_COMPAT32},  # leaves encoded-words as they are
    "names/rfc2047-q": {_COMPAT32},  # the same
    "names/rfc2047-split-character": {_COMPAT32, _FAST, _PERL},  # decode each word by itself
    "names/rfc2047-unquoted": {_COMPAT32, _DEFAULT, _FAST},  # not decoded, or lost
    "names/rfc2231-beats-plain": {_COMPAT32, _DEFAULT, _FAST},  # RFC 6266 4.3 and clients: the encoded one
    "names/semicolon-inside": {_FAST},  # ends a quoted string at the semicolon
    "names/unterminated-quote": {_COMPAT32, _FAST, _PERL},  # keep the quote, or lose the name
    "plain/uuencode-in-text": {_PERL},  # takes the file out of the text, as our union does
}
_MESSAGES = [
    path
    for path in sorted(build.FOLDER.rglob("*.eml"))
    if not json.loads(path.with_suffix(".json").read_text("utf-8"))["defects"]
]


def _title(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def differs(read: Callable[[bytes], list[readers.File]], raw: bytes) -> bool:
    """It says something else than ours, or fails."""
    try:
        return read(raw) != readers.ours(raw)
    except (UnicodeError, LookupError):
        return True


def test_there_are_messages() -> None:
    assert len(_MESSAGES) >= 40
    assert set(DIFFER) <= {_title(path) for path in build.FOLDER.rglob("*.eml")}


@pytest.mark.parametrize("path", _MESSAGES, ids=_title)
def test_readers_in_this_process(path: Path) -> None:
    raw = path.read_bytes()
    assert {name for name, read in _READERS.items() if differs(read, raw)} == DIFFER.get(_title(path), set()) - {_PERL}


@pytest.mark.service("mime-tools")
def test_perl() -> None:
    said = readers.perl_mime_tools(_MESSAGES)
    different = {
        _title(path)
        for path, files in zip(_MESSAGES, said, strict=True)
        if files != readers.ours(path.read_bytes(), lf=True)
    }
    read = {_title(path) for path in _MESSAGES}
    assert different == {title for title, names in DIFFER.items() if _PERL in names and title in read}
