"""The wording of refusals: Vietnamese first, English beside it, within SMTP's limits.

Vietnamese is written once, with its marks. A client that did not use SMTPUTF8 gets it without them (RFC 6531 3.7.4:
UTF-8 in a reply only after a MAIL with SMTPUTF8). It must not know why something is refused.
"""

from __future__ import annotations

import unicodedata

from gateway.model import Reply

_LONGEST_LINE = 512 - len("550-5.7.12 \r\n") - 4  # RFC 5321 4.5.3.1.5, less code, enhanced code and CRLF
_LONGEST_CONTACT = 160  # octets
_STROKES = str.maketrans(
    {"đ": "d", "Đ": "D", "–": "-", "—": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "›": ">"}
)


def refusal(code: int, enhanced: str, vietnamese: str, english: str, *, utf8: bool = False) -> Reply:
    """A two-line reply. `utf8`: the client's MAIL had SMTPUTF8, so Vietnamese keeps its marks."""
    return Reply(code, enhanced, *(line_of(text, utf8=utf8) for text in (vietnamese, english)), utf8=utf8)


def cited(clauses: tuple[str, ...]) -> str:
    """The clauses as they stand in a refusal, " (AG 8.6, AG 10.2e)"; where none binds, whose rule it is."""
    return f" ({', '.join(clauses)})" if clauses else " (quy định riêng của máy chủ này)"


def cited_in_english(clauses: tuple[str, ...]) -> str:
    """The same in English."""
    return cited(clauses) if clauses else " (this server's own rule)"


def without_marks(text: str) -> str:
    """ASCII: Vietnamese letters without their marks, `?` for whatever else is not ASCII."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text.translate(_STROKES)) if not unicodedata.combining(c))
    return bare.encode("ascii", "replace").decode("ascii")


def line_of(text: str, *, utf8: bool = False, longest: int = _LONGEST_LINE) -> str:
    """Text as one reply line: no control characters, at most `longest` octets, ASCII unless `utf8`."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    if not utf8:
        printable = without_marks(printable)
    return printable.encode("utf-8", "replace")[:longest].decode("utf-8", "ignore")


def with_reference(reply: Reply, reference: str, contact: str = "", link: str = "") -> Reply:
    """The reply with `[reference]`, and whom to call, after its last line, or on a line of its own if they do not fit.

    The reference finds the journal's row (`congthu decisions show`); the contact is the administrator's text. `link`:
    where the sender reads why, on a line of its own, so that no mail program breaks it; one that is not ASCII, or too
    long for a line, is left out.
    """
    utf8 = not all(map(str.isascii, reply.lines))
    tail = f"[{line_of(reference, longest=64)}]"
    if contact:
        tail += " Lien he / contact: " + line_of(contact, utf8=utf8, longest=_LONGEST_CONTACT)
    made = _append(reply, tail, utf8=utf8)
    if not link.isascii() or len(link) > _LONGEST_LINE:
        return made
    return Reply(made.code, made.enhanced, *made.lines, *([line_of(link)] if link else []), utf8=utf8)


def with_recipient(reply: Reply, address: str) -> Reply:
    """The reply naming the recipient that caused it, where all recipients of a message share one verdict."""
    utf8 = not all(map(str.isascii, reply.lines))
    return _append(reply, f"<{line_of(address, utf8=utf8, longest=320)}>", utf8=utf8)


def _append(reply: Reply, tail: str, *, utf8: bool) -> Reply:
    *first, last = reply.lines
    together = f"{last} {tail}" if last else tail
    fits = len(together.encode()) <= _LONGEST_LINE
    lines = (*first, together) if fits else (*reply.lines, tail)
    return Reply(reply.code, reply.enhanced, *lines, utf8=utf8)
