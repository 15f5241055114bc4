"""On well-formed mail ours, Python's email (both policies), fast-mail-parser and Perl's MIME::Parser agree.

On names, types, decoded sizes to the byte, and digests. Where a reader is known to be wrong about something that the
RFCs allow, the messages leave that out for this reader, and the reason stands here.
"""

from __future__ import annotations

import email.policy
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from tests.differential import readers
from tests.differential.well_formed import ASCII_NAMES, by_email_package, by_hand

_settings = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def agree(raw: bytes) -> None:
    """All readers that live in this process say the same."""
    expected = readers.ours(raw)
    assert readers.python_email(email.policy.compat32)(raw) == expected
    assert readers.python_email(email.policy.default)(raw) == expected
    assert readers.fast_mail_parser(raw) == expected


@_settings
@given(by_email_package())
def test_messages_of_the_email_package(raw: bytes) -> None:
    agree(raw)


@_settings
@given(by_hand())
def test_messages_by_hand(raw: bytes) -> None:
    agree(raw)


def test_there_are_files_to_agree_on() -> None:
    """The generators make messages with several files and with messages inside."""
    assert find(by_hand(), lambda raw: len(readers.ours(raw)) >= 3)
    assert find(by_email_package(), lambda raw: len(readers.ours(raw)) >= 3 and b"message/rfc822" in raw)


@pytest.mark.service("mime-tools")
@settings(_settings, max_examples=4)
@given(st.lists(st.one_of(by_email_package(), by_hand(names=ASCII_NAMES)), min_size=60, max_size=60))
def test_perl_agrees(raws: list[bytes]) -> None:
    """Many messages a process: starting Perl takes longer than reading them."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{number}.eml" for number in range(len(raws))]
        for path, raw in zip(files, raws, strict=True):
            path.write_bytes(raw)
        for raw, said in zip(raws, readers.perl_mime_tools(files), strict=True):
            assert said == readers.ours(raw, lf=True)
