"""Clauses and regulations as offices cite them: "điểm a khoản 1 Điều 8". Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from gateway.regulations import IDS, Regulation, load
from gateway.reports.texts import clean

_CLAUSE: Final = re.compile(r"(?P<prefix>\S+) (?P<own>QD )?(?P<article>\d+)(?:\.(?P<number>\d+))?(?P<point>[a-zđ])?\Z")


def in_order(clause: str) -> tuple[tuple[str, int], ...]:
    """A key that puts clauses in the order of their regulation: "Q4 4.2" before "Q4 11.7"."""
    return tuple((rest, int(part or 0)) for rest, part in re.findall(r"(\D*)(\d{0,9})", clause))


def cited(clause: str) -> str:
    """A clause's identifier in words: "Q4 8.1a" is "Điểm a khoản 1 Điều 8". One that is none stays as it is."""
    match = _CLAUSE.match(clause)
    if match is None:
        return clean(clause)
    parts = [f"điểm {match['point']}" if match["point"] else "", f"khoản {match['number']}" if match["number"] else ""]
    where = " ".join((*filter(None, parts), f"Điều {match['article']}"))
    where = where[:1].upper() + where[1:]
    return f"{where} của Quyết định" if match["own"] else where


def cited_of(clause: str, regulations: Iterable[Regulation]) -> str:
    """The same with the regulation's short name where several are in force."""
    several = list(regulations)
    prefix = clause.partition(" ")[0]
    found = next((one for one in several if one.prefix == prefix), None)
    return f"{cited(clause)} ({short(found)})" if found is not None and len(several) > 1 else cited(clause)


def short(regulation: Regulation) -> str:
    """ "Quy chế 03/2013/QĐ-UBND"."""
    match = re.search(r"\d+/\d{4}/\S+", regulation.issued)
    return f"Quy chế {match[0]}" if match else "Quy chế"


def text_of(clause: str, most: int = 120) -> str:
    """The beginning of a clause's text; "" for one that no regulation has."""
    prefix = clause.partition(" ")[0]
    for name in IDS:
        regulation = load(name)
        if regulation.prefix == prefix and clause in regulation.clauses:
            return clean(regulation.clauses[clause].text, most)
    return ""


def bases(regulations: Iterable[Regulation]) -> Iterator[str]:
    """ "Căn cứ …", a line for each regulation; the last ends with a full stop (NĐ 30/2020/NĐ-CP, annex I, II.6a)."""
    several = list(regulations)
    for place, one in enumerate(several, 1):
        title = one.title[:1].lower() + one.title[1:] if one.title.startswith("Quy chế") else one.title
        yield f"Căn cứ {one.issued} ban hành {title[:1].upper()}{title[1:]}{'.' if place == len(several) else ';'}"
