"""Findings of one message, so many at most: where there are more, the gravest stay. Knows no text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Generic, TypeVar

from gateway.contents import NO_WORDS, LegacyText, SecretMarking, UnmarkedText, Words
from gateway.wording.requests import joined

LEGACY, MARKINGS, UNMARKED = 50, 50, 20  # findings of one message
_FORMS = ("unmarked", "spaced", "field", "stamp")  # from the least certain on

T = TypeVar("T")


class Kept(Generic[T]):
    """Takes findings in the order of the message; `gravity` tells which one gives way when there is no room."""

    def __init__(self, most: int, gravity: Callable[[T], int]) -> None:
        self._most, self._gravity = most, gravity
        self._items: list[T] = []
        self._fresh: list[T] = []

    def add(self, items: Iterable[T]) -> None:
        """Keep these, each once."""
        for item in items:
            if item not in self._items and self._has_room(item):
                self._items.append(item)
                self._fresh.append(item)

    def _has_room(self, item: T) -> bool:
        """Whether there is room, made where need be."""
        if len(self._items) < self._most:
            return True
        least = min(self._items, key=self._gravity)
        if self._gravity(least) >= self._gravity(item):
            return False
        self._items.remove(least)
        return True

    @property
    def items(self) -> tuple[T, ...]:
        """All that are kept."""
        return tuple(self._items)

    def fresh(self) -> tuple[T, ...]:
        """Those that were added since this was asked last, and are still kept."""
        fresh, self._fresh = self._fresh, []
        return tuple(item for item in fresh if item in self._items)


class KeptWords:
    """All three kinds of findings. What a message asks for is none: there is one of it."""

    def __init__(self) -> None:
        self.legacy: Kept[LegacyText] = Kept(LEGACY, _damage)
        self.markings: Kept[SecretMarking] = Kept(MARKINGS, _certainty)
        self.unmarked: Kept[UnmarkedText] = Kept(UNMARKED, _length)

    def add(self, words: Words) -> None:
        """Keep all of these."""
        self.legacy.add(words.legacy)
        self.markings.add(words.markings)
        self.unmarked.add(words.unmarked)

    @property
    def words(self) -> Words:
        """All that are kept."""
        return Words(self.legacy.items, self.markings.items, self.unmarked.items)

    def fresh(self) -> Words:
        """What was added since this was asked last."""
        return Words(self.legacy.fresh(), self.markings.fresh(), self.unmarked.fresh())


def merged(first: Words, then: Words) -> Words:
    """Both, each finding once, within the bounds of one message."""
    if first == then or then == NO_WORDS:
        return first
    kept = KeptWords()
    kept.add(first)
    kept.add(then)
    return replace(kept.words, request=joined(first.request, then.request))


def _damage(text: LegacyText) -> int:
    return text.damaged


def _certainty(marking: SecretMarking) -> int:
    return _FORMS.index(marking.form) if marking.form in _FORMS else -1


def _length(text: UnmarkedText) -> int:
    return text.unmarked
