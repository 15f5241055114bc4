"""Everything that is wrong with a configuration at once: its keys and values, and whether they make sense together.

Where keys or values are wrong, the rest is judged all the same (see config_mend), and what merely follows from them is
left out.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gateway.checks import check
from gateway.config import Settings
from gateway.config_mend import STAND_IN, Mended, mend
from gateway.config_places import Location, locate
from gateway.config_problems import translate
from gateway.errors import Problem
from gateway.model import Mode

_MODES = frozenset(Mode)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is wrong (the daemon must not start) and doubtful (it may), in file order; None: they are no settings."""

    settings: Settings | None
    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def judge(data: Mapping[str, Any]) -> Judgement:
    """Judge a parsed file, here and on this machine. RecursionError for absurd nesting."""
    mended = mend(data)
    settings = None
    errors: list[Problem] = []
    warnings: list[Problem] = []
    for number, reading in enumerate(mended.readings()):
        settings = reading
        bad, doubtful = check(reading)
        errors = bad if number == 0 else [problem for problem in errors if problem in bad]
        warnings = doubtful if number == 0 else [problem for problem in warnings if problem in doubtful]
    wrong = [(mended.place(detail["loc"]), translate(detail, data)) for detail in mended.details]
    return Judgement(
        None if wrong else settings, _ordered([*wrong, *_own(errors, mended)]), _ordered(_own(warnings, mended))
    )


_Placed = tuple[tuple[int, ...], Problem]


def _ordered(problems: Sequence[_Placed]) -> tuple[Problem, ...]:
    return tuple(dict.fromkeys(problem for _, problem in sorted(problems, key=lambda placed: placed[0])))


def _own(problems: Sequence[Problem], mended: Mended) -> list[_Placed]:
    """Those that do not follow from what else is wrong, with their places."""
    located = [(locate(problem.key, mended.data), problem) for problem in problems]
    return [(mended.place(at), _shown(problem)) for at, problem in located if not _follows(problem, at, mended)]


def _shown(problem: Problem) -> Problem:
    """Without the names that we gave ("write one of mode, limit, …")."""
    return replace(problem, hint=problem.hint.replace(f", {STAND_IN}", ""))


def _follows(problem: Problem, at: Location, mended: Mended) -> bool:
    """Whether it would perhaps not be there without the keys and values that are wrong."""
    not_set = problem.value == "(not set)"
    if mended.is_open(at) or (not_set and _is_meant(at, mended.unread)):
        return True
    if at[0] == "listener" and at[-1] == "upstream":  # the upstreams' names are not all known
        return any(place[0] == "upstream" and len(place) <= 2 for place in mended.unknown)
    if at[0] == "upstream" and len(at) == 2 and not_set:  # some listener's upstream is not known
        return _lacks("upstream", mended)
    if at[0] == "rules" and len(at) == 3 and problem.value.strip("'\"") in _MODES:
        return _lacks("name", mended)  # some listener's name is not known: this may be it
    return False


def _is_meant(at: Location, unread: set[str]) -> bool:
    """Whether one of the keys that nobody knows may be this one: misspelt, or in another table."""
    return bool(difflib.get_close_matches(str(at[-1]), unread))


def _lacks(key: str, mended: Mended) -> bool:
    """Whether a listener's key is not known, or not even the listener."""
    return any(place[0] == "listener" and place[2:] in ((), (key,)) for place in mended.unknown)
