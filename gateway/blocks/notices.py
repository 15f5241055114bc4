"""Writes the notices of a sender's standing: to its unit's mailbox and the administrators, what a person needs to act.

Vietnamese with English beside it. What stands in them comes from the directory, the conduct's evidence and whoever
typed a reason: none of it can make a header field. It must not know where notices are kept.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import Final

from gateway.blocks.circle import Circle
from gateway.blocks.deeds import Deed
from gateway.conduct.words import sentences
from gateway.directory.entry import clean_address
from gateway.directory.letters import Letterhead, letter, one_line
from gateway.directory.outbox import Notice
from gateway.errors import StartError
from gateway.rates import Standing, told_by

TEMPLATES: Final = "gateway.blocks.templates"
KINDS: Final = {
    Standing.SUSPECT: "sender-suspect",
    Standing.BLOCKED: "sender-blocked",
    Standing.LOCKED: "sender-locked",
    Standing.RELEASED: "sender-released",
}
_VIETNAM: Final = datetime.timezone(datetime.timedelta(hours=7))  # no summer time
_MOST: Final = 50  # administrators that are told
_SEEN: Final = ("Dấu hiệu đã thấy:", "What was seen:")


class Writer:
    """Writes for one office. `cite`: the clauses that a sender's standing rests on, "AG 8.6, AG 10.2e", "" for none.

    StartError for an administrator's address that is none.
    """

    def __init__(
        self, head: Letterhead, administrators: Sequence[str], cite: Callable[[str, Standing], str] = lambda *_: ""
    ) -> None:
        self._head, self._cite = head, cite
        try:
            self._administrators = tuple(clean_address(one) for one in administrators[:_MOST])
        except ValueError as error:
            raise StartError(f"senders.administrators: {error}") from error

    def __call__(self, deed: Deed, circle: Circle) -> Sequence[Notice]:
        """The notices of one change, one to each reader; none of a suspicion that was dismissed."""
        after = deed.after
        if after.standing is Standing.RELEASED and deed.before and deed.before.standing is Standing.SUSPECT:
            return ()
        readers = {address.lower(): address for address in (circle.reader, *self._administrators) if address}
        readers.pop(told_by(after.who)[0], None)  # whoever stole it must not read what was seen of him
        now = datetime.datetime.fromtimestamp(after.since, _VIETNAM)
        places = self._places(deed, circle, now)
        return [
            letter(KINDS[after.standing], self._head, reader, places, now, about=after.who, templates=TEMPLATES)
            for reader in readers.values()
        ]

    def _places(self, deed: Deed, circle: Circle, now: datetime.datetime) -> dict[str, str]:
        after = deed.after
        address, servers = told_by(after.who)
        clauses = one_line(self._cite(address, after.standing))
        signs, signs_en = _signs(deed)
        why, why_en = _why(deed)
        return {
            "sender": one_line(after.who),
            "mailbox": one_line(address),
            "through": f" (gửi qua máy chủ {one_line(servers)})" if servers else "",
            "through_en": f" (through the servers {one_line(servers)})" if servers else "",
            "holder": f" ({one_line(circle.holder)})" if circle.holder else "",
            "reader": one_line(circle.unit) or "Quản trị hệ thống thư điện tử",
            "time": now.strftime("%H:%M %d/%m/%Y"),
            "basis": f"Thông báo này được gửi theo Quy chế ({clauses}).\n" if clauses else "",
            "basis_en": f"This notice is sent under the regulation ({clauses})." if clauses else "",
            "by": one_line(after.by),
            "reason": one_line(deed.reason),
            "signs": signs,
            "signs_en": signs_en,
            "why": why,
            "why_en": why_en,
        }


def _signs(deed: Deed) -> tuple[str, str]:
    """The evidence as lines; of a lock by hand under a heading, for there it may be empty."""
    said = sentences(deed.after.evidence)
    vietnamese, english = ("\n".join(f"- {one_line(pair[side])}" for pair in said) for side in (0, 1))
    if deed.after.standing is not Standing.LOCKED:
        named = "- " + (one_line(", ".join(deed.after.reasons)) or "?")
        return vietnamese or named, english or named
    return (f"{_SEEN[0]}\n{vietnamese}", f"{_SEEN[1]}\n{english}") if said else ("", "")


def _why(deed: Deed) -> tuple[str, str]:
    number, reason = one_line(deed.confirmation), one_line(deed.reason)
    vietnamese = [f"Số văn bản xác nhận: {number}." if number else "", f"Lý do: {reason}." if reason else ""]
    english = [f"Written confirmation: {number}." if number else "", f"Reason: {reason}." if reason else ""]
    return " ".join(filter(None, vietnamese)), " ".join(filter(None, english))
