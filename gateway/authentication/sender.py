"""Who the header says is writing, read strictly and in the ways that clients read it: any difference is a dispute.

    fields = read_sender(scan.header_block, content[len(scan.header_block):][:4096], whole=scan.header_whole)

A field is undisputed only if it stands there once, plainly, is what RFC 5322 3.6.2 asks, and every at sign that any
decoding of it shows belongs to the one address of its mailbox. The facts that this rests on are those of the published
work on sender spoofing (Chen, Paxson, Jiang: Composition Kills, USENIX Security 2020; Shen et al.: Weak Links in
Authentication Chains, USENIX Security 2021). It must not know what the directory says, nor what was proved.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from gateway.authentication.sender_lines import SenderLines, sender_lines, usual_values
from gateway.authentication.sender_shown import MOST
from gateway.authentication.sender_value import read_value, shown_in
from gateway.who import Named, SenderFields

_SINGLE = frozenset({"from", "sender", "resent-sender"})  # one mailbox each; RFC 5322 would allow several in From
_SHOWN = ("from", "sender", "reply-to")
_LISTED = 20  # mailboxes of one field that are given
_COMMON = 512  # octets of values whose reading is remembered: the same people write again and again


def read_sender(header: bytes, after: bytes = b"", *, whole: bool = True) -> SenderFields:
    """Read the sender fields of a raw top header. Pure, linear, never raises.

    `after`: the first octets behind the header, its blank line included, 4 KiB are enough. `whole`: False where
    `header` was cut short. `author` is given as far as it can be read even where it is disputed; it proves nothing
    then.
    """
    if whole and (not after or after.startswith((b"\r\n", b"\n"))):
        usual = usual_values(header)
        if usual is not None:
            return _common(*usual) if sum(map(len, usual)) <= _COMMON else _usual(*usual)
    return read_in_full(header, after, whole=whole)


def read_in_full(header: bytes, after: bytes = b"", *, whole: bool = True) -> SenderFields:
    """`read_sender` without its short way for headers as nearly all are: every header can be read so."""
    lines = sender_lines(header, after)
    if not whole:
        lines.dispute("header-too-large")
    return _read(lines)


def _usual(author: bytes, sender: bytes, reply_to: bytes) -> SenderFields:
    """The fields of a header in which nothing is odd, by their values; b"" for one that is not there."""
    given = {"from": author, "sender": sender, "reply-to": reply_to}
    return _read(SenderLines({name: [value] for name, value in given.items() if value}))


_common = lru_cache(1024)(_usual)


def _read(lines: SenderLines) -> SenderFields:
    if "from" not in lines.values:
        lines.dispute("no-from")
    mentions: dict[str, None] = {}
    for stray in lines.strays:
        _mention(shown_in(stray), mentions, lines)
    author, sender, reply_to = (_field(name, lines, mentions) for name in _SHOWN)
    resent = _field("resent-from", lines, {}) + _field("resent-sender", lines, {})
    _field("resent-reply-to", lines, {})
    return SenderFields(author, sender, reply_to, resent, tuple(lines.disputes), tuple(mentions))


def _field(name: str, lines: SenderLines, mentions: dict[str, None]) -> tuple[Named, ...]:
    """The mailboxes of all fields with this name."""
    found: tuple[Named, ...] = ()
    for raw in lines.values.get(name, ()):
        if name != "from" and not raw.strip():  # programs write fields that nobody filled in: they name nobody
            continue
        value = read_value(raw)
        for dispute in value.disputes:
            lines.dispute(dispute)
        if value.count > 1 and name in _SINGLE:
            lines.dispute("several-mailboxes")
        _mention(value.shown, mentions, lines)
        found += value.mailboxes
    return found[:_LISTED]


def _mention(addresses: Iterable[str], mentions: dict[str, None], lines: SenderLines) -> None:
    for address in addresses:
        if address not in mentions and len(mentions) == MOST:
            lines.dispute("too-many")
            return
        mentions[address] = None
