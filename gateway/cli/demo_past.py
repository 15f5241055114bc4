"""What the invented district did before today: who read its mail in time, who answered, when the gateway was there.

As a server's log of logins would tell it, for polling alone seldom proves that nobody looked. Units differ, and some of
it is not known, so that the reports can be judged. All made up, the same at each run but for the days.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final

from gateway.access import Coverage, Evidence, Kind, Sign, Source, Strength
from gateway.answers.store import AnswerTable
from gateway.config import Settings
from gateway.directory.database import Database
from gateway.lifecycle.answers import Item, key_of
from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.days import DAY, HOUR, day_of, start_of
from gateway.lifecycle.spans import Span
from gateway.reports.presence import GATEWAY, UPSTREAM, PresenceStore, Present

DOMAIN: Final = "tphcm.gov.vn"
UNITS: Final = (
    ("vp", "Văn phòng Ủy ban nhân dân Quận 4"),
    ("pnv", "Phòng Nội vụ"),
    ("ptckh", "Phòng Tài chính - Kế hoạch"),
    ("pqldt", "Phòng Quản lý đô thị"),
    ("pvhtt", "Phòng Văn hóa và Thông tin"),
    ("pgddt", "Phòng Giáo dục và Đào tạo"),
    ("p01", "Ủy ban nhân dân Phường 1"),
    ("p13", "Ủy ban nhân dân Phường 13"),
)
_CARE: Final = {"vp": 0.99, "pnv": 0.96, "ptckh": 0.9, "pqldt": 0.82, "pvhtt": 0.94, "pgddt": 0.71, "p01": 0.88}
_LEAST: Final = 0.6  # of whoever is not named there: days on which both windows were kept
_LOST: Final = ("p13", 41, 34)  # of this unit the log of logins is lost, from so many days ago to so many
_ASKED: Final = 45  # days of which it is known who answered
_RECORDED: Final = 60  # days since the gateway writes that it is there
_AWAY: Final = ((17.4, 26 * 60.0, False), (38.1, 9 * 60.0, True))  # days ago, seconds, the gateway itself


def readings(now: float, days: int) -> Iterator[Evidence]:
    """Logins of the units' mailboxes on working days: in both windows (Q4 8.2a), in one of them, or in none."""
    chance, calendar = random.Random(8), Calendar()  # noqa: S311 -- examples
    for back in range(days, -1, -1):
        midnight = start_of(day_of(now - back * DAY))
        if not calendar.works(day_of(midnight + HOUR)):
            continue
        for code, _ in UNITS:
            for moment in _kept(chance, _CARE.get(code, _LEAST), midnight):
                if moment < now and not _is_lost(code, now - moment):
                    yield _login(f"{code}.q4@{DOMAIN}", moment)


def _kept(chance: random.Random, care: float, midnight: float) -> list[float]:
    """When somebody looked on one day."""
    morning = midnight + chance.uniform(7.2, 8.6) * HOUR
    afternoon = midnight + chance.uniform(12.9, 14.2) * HOUR
    if chance.random() < care:
        return [morning, afternoon]
    return chance.choice(([], [], [afternoon], [morning]))


def _is_lost(code: str, ago: float) -> bool:
    unit, since, until = _LOST
    return code == unit and until * DAY <= ago <= since * DAY


def _login(address: str, moment: float) -> Evidence:
    return Evidence(
        address, Kind.ACCESS, Strength.EXACT, moment - 1, moment, Source.DOVECOT_EVENTS, Sign.LOGIN, "Thunderbird"
    )


def watched(now: float, days: int) -> Iterator[Coverage]:
    """Since when every login of the units' mailboxes is known; of one there is a hole."""
    unit, since, until = _LOST
    for code, _ in UNITS:
        address, begin, end = f"{code}.q4@{DOMAIN}", now - days * DAY, now - 60
        if code == unit:
            yield Coverage(address, Source.DOVECOT_EVENTS, begin, now - since * DAY)
            begin = now - until * DAY
        yield Coverage(address, Source.DOVECOT_EVENTS, begin, end)


def answers(database: Database, now: float) -> None:
    """Messages to the units' mailboxes, and when they were answered."""
    chance, table = random.Random(12), AnswerTable(database)  # noqa: S311 -- examples
    table.prepare()
    table.add([_asked(chance, now, place) for place in range(_ASKED * 6)])


def _asked(chance: random.Random, now: float, place: int) -> Item:
    code = chance.choice(UNITS)[0]
    box, care = f"{code}.q4@{DOMAIN}", _CARE.get(code, _LEAST)
    came = start_of(day_of(now - chance.uniform(0, _ASKED) * DAY)) + chance.uniform(7.5, 16.5) * HOUR
    came = min(came, now - HOUR)
    answered = came + chance.lognormvariate(1.2, 0.9) * HOUR / care**4
    done = chance.random() < care and answered < now
    return Item(box, key_of(f"demo-{place}@{DOMAIN}"), came, answered if done else None, box if done else "")


def presence(database: Database, settings: Settings, now: float) -> None:
    """The gateway and its mail server were there, but for two times."""
    store = PresenceStore(database)
    store.prepare()
    node = settings.gateway.node or settings.gateway.hostname
    absent = [Span(now - days * DAY, now - days * DAY + seconds) for days, seconds, _ in _AWAY]
    ours = [span for span, (_, _, gateway) in zip(absent, _AWAY, strict=True) if gateway]
    whole = Span(now - _RECORDED * DAY, now - 60)
    kept = [Present(node, GATEWAY, span) for span in _without(whole, ours)]
    kept += [Present(node, f"{UPSTREAM}{name}", span) for name in settings.upstream for span in _without(whole, absent)]
    store.keep(kept)


def _without(whole: Span, holes: list[Span]) -> Iterator[Span]:
    since = whole.since
    for hole in sorted(holes, key=lambda span: span.since):
        yield Span(since, hole.since)
        since = hole.until
    yield Span(since, whole.until)
