"""From levels that stand on lines of a text to the markings of that text: what is a stamp and what a list of levels.

A decree on state secrets, a form or a manual shows the stamps too: several levels close together, or all three, or a
text that is about state secrets. Knows no files and no mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from gateway.vietnamese.marking_forms import Level, composed, words
from gateway.vietnamese.marking_lines import Candidate, Form, Stands

NEAR_LINES = 12
"""Levels that differ and stand within so many lines are a list."""
TREATISE = 8
"""A text that says "bí mật nhà nước" so often is about secrecy; a stamp then counts in a letterhead only."""

_AROUND = 700  # characters on either side in which a letterhead is looked for
_AROUND_LINES = 8

_LETTERHEAD = re.compile(
    r"^\W{0,20}(?:Số ?:|SỐ ?:|Kính gửi|Bản (?:sao )?số|BẢN SỐ|V/v|HỎA TỐC|HOẢ TỐC|THƯỢNG KHẨN|KHẨN\b)"
    r"|CỘNG H(?:ÒA|OÀ) XÃ HỘI|ĐẢNG CỘNG SẢN|Độc lập ?[-–] ?[Tt]ự do"
    r"|^\W{0,20}(?:ỦY BAN|UỶ BAN|UBND|BỘ|SỞ|CỤC|CÔNG AN|TỈNH ỦY|HUYỆN ỦY|BAN CHỈ HUY|QUÂN KHU) [A-ZĐÀ-Ỹ ]{3,80}$"
    r"|^\W{0,20}(?:So ?:|Kinh gui|Ban so|HOA TOC|THUONG KHAN|KHAN\b)|CONG HOA XA HOI|Doc lap ?[-–] ?Tu do",
    re.MULTILINE,
)
_ADDRESSEE = re.compile(r"^\W{0,20}(?:Kính gửi|Kinh gui)")
_SECRETS = re.compile(r"b(?:í|i\u0301) m(?:ậ|a\u0323\u0302|ạ\u0302|â\u0323)t nhà nước", re.IGNORECASE)
_DECLASSIFIED = re.compile(r"^[^\w\n]{0,20}GI(?:Ả|A\u0309)I M(?:Ậ|A\u0323\u0302)T[^\w\n]{0,20}$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Standing:
    """A level that stands by itself. `start`: offset in the text; `line`: from 1."""

    candidate: Candidate
    how: Stands
    start: int
    line: int

    @property
    def level(self) -> Level:
        return self.candidate.level

    @property
    def form(self) -> Form:
        if self.candidate.plain:
            return Form.UNMARKED
        if self.how is Stands.FIELD:
            return Form.FIELD
        return Form.SPACED if self.candidate.spaced else Form.STAMP


def markings_of(text: str, standing: list[Standing]) -> list[Standing]:
    """Those that mark the text's secrecy."""
    if not any(found.how is not Stands.LISTED for found in standing) or _DECLASSIFIED.search(text):
        return []
    spoken_of = len({found.level for found in standing}) == len(Level) or _is_treatise(text)
    return [found for index, found in enumerate(standing) if _is_marking(text, standing, index, spoken_of=spoken_of)]


def _is_marking(text: str, standing: list[Standing], index: int, *, spoken_of: bool) -> bool:
    found = standing[index]
    if found.how is Stands.LISTED or _has_other_level_near(standing, index):
        return False
    if _stands_for_itself(found) and not spoken_of:
        return True
    if found.how is Stands.FIELD and found.line <= _AROUND_LINES:
        return True
    if found.how is Stands.TITLE and _heads(text, found):
        return True
    # A stamp stands above the addressee (Decree 30/2020/NĐ-CP): below it "Mật" in mixed case may be honey.
    return in_letterhead(text, found.start, behind_addressee=found.how is not Stands.TITLE or _is_higher(found))


def _is_higher(found: Standing) -> bool:
    return found.level is not Level.SECRET


def _heads(text: str, found: Standing) -> bool:
    """In mixed case at a text's head: a higher level, or "Mật" above a text that does not go on about mật."""
    if _is_higher(found):
        return found.candidate.heading
    if text[: found.start].strip() or len(text) < _AROUND // 4:
        return False
    return sum(1 for _ in words(text[found.start : found.start + _AROUND])) == 1


def _stands_for_itself(found: Standing) -> bool:
    """Needs no letterhead, unless the text speaks of the levels."""
    if found.how is Stands.NAMED:
        return found.candidate.heading
    return found.how is Stands.FIELD or (found.how is Stands.STAMP and not _is_plain_single(found))


def _is_plain_single(found: Standing) -> bool:
    return found.candidate.plain and found.level is Level.SECRET


def _has_other_level_near(standing: list[Standing], index: int) -> bool:
    found = standing[index]
    for step in (-1, 1):
        at = index + step
        while 0 <= at < len(standing) and abs(standing[at].line - found.line) <= NEAR_LINES:
            if standing[at].level is not found.level:
                return True
            at += step
    return False


def in_letterhead(text: str, start: int, *, behind_addressee: bool = True) -> bool:
    """A document's head is near: its number, the country's name, the addressee, the urgency, the issuing office.

    `behind_addressee`: False if an addressee above `start` is no sign of it.
    """
    above = composed(text[max(0, start - _AROUND) : start]).split("\n")[-_AROUND_LINES:]
    if not behind_addressee:
        above = [line for line in above if not _ADDRESSEE.match(line)]
    below = composed(text[start : start + _AROUND]).split("\n")[:_AROUND_LINES]
    return any(_LETTERHEAD.search(line) for line in _lines(above, below))


def _lines(*groups: Iterable[str]) -> Iterable[str]:
    return (line.strip() for group in groups for line in group)


def _is_treatise(text: str) -> bool:
    return sum(1 for _ in islice(_SECRETS.finditer(text), TREATISE)) >= TREATISE
