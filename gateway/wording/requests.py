"""How much a message reads as a request about mailboxes (Q4 6.1, AG 6): signs in, `gateway.contents.RequestSigns` out.

All that is told follows from the signs, so what two processes saw of one message is put together by putting their signs
together. Words only: who may ask is for others to say. benchmarks/requests.py measures it and makes the weights.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from gateway.contents import NO_REQUEST, MailboxList, RequestSigns
from gateway.wording.requests_weights import BIAS, WEIGHTS
from gateway.wording.requests_words import KINDS

THRESHOLD = 0.5
"""The score from which on a message reads as a request, where nothing else is configured."""
LISTS = 20
"""Lists of one message that are told."""
SIGNS = 60
"""Signs of one message that are told; there are not many more."""
_STRENGTH = {"title": 4.0, "asks": 3.0, "name": 1.5, "account": 1.5, "says": 1.0}
_QUOTED = 0.3  # of what is quoted


def judged(signs: Iterable[str], lists: Sequence[MailboxList] = ()) -> RequestSigns:
    """What these signs come to."""
    told = tuple(sorted(frozenset(signs)))[:SIGNS]
    if not told and not lists:
        return NO_REQUEST
    score = round(_score(told), 3)
    return RequestSigns(score, _kinds(told), "reason" in told, tuple(lists)[:LISTS], told)


def joined(first: RequestSigns, then: RequestSigns) -> RequestSigns:
    """Two readings of one message, as one."""
    if then == NO_REQUEST or first == then:
        return first
    if first == NO_REQUEST:
        return then
    return judged((*first.signs, *then.signs), tuple(dict.fromkeys((*first.lists, *then.lists))))


def features(signs: Iterable[str]) -> frozenset[str]:
    """The signs as they are weighed: what is asked for does not matter, that it is asked does.

    Where somebody says that all is well now, and asks for nothing, the title and what is quoted speak of the past. What
    is quoted asks nearly as much as what is written where the new text only hands it over, or says next to nothing.
    """
    found = set(map(_feature, signs))
    if "asks" not in found:
        if "settled" in found:
            found -= {"title", "title-account", "quoted-asks", "quoted-says", "quoted-account"}
        if "title-announce" in found or "title-report" in found:
            found.add("tells")
    if "quoted-asks" in found and ("hands" in found or "own" not in found) and "answered" not in found:
        found.add("forwards")
    return frozenset(found)


def _feature(sign: str) -> str:
    stem, _, kind = sign.rpartition("-")
    return stem.removeprefix("document-") if kind in KINDS else sign  # a letter that is attached is a letter


def _score(signs: Iterable[str]) -> float:
    total = BIAS + sum(WEIGHTS.get(feature, 0.0) for feature in features(signs))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def _kinds(signs: Iterable[str]) -> tuple[str, ...]:
    """What is asked for, what more signs speak for first."""
    strength = dict.fromkeys(KINDS, 0.0)
    for sign in signs:
        stem, _, kind = sign.rpartition("-")
        if kind in strength:
            share = _QUOTED if stem.startswith("quoted") else 1.0
            strength[kind] += share * _STRENGTH.get(stem.rpartition("-")[2], 0.0)
    return tuple(sorted((kind for kind in KINDS if strength[kind]), key=lambda kind: -strength[kind]))
