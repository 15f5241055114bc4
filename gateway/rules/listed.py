"""What a rule must say about itself to stand in the table, besides what `model.Rule` asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Protocol

from gateway.model import Direction, Mode, Rule

EVERYWHERE: tuple[Direction, ...] = tuple(Direction)
NO_PARAMETERS: Mapping[str, Callable[[object], Any]] = MappingProxyType({})
NO_DEFAULTS: Mapping[str, object] = MappingProxyType({})
NO_MODES: Mapping[Direction, Mode] = MappingProxyType({})


class Need(StrEnum):
    """What a rule must be told that the scan of the message does not show (`Facts.inspection`)."""

    FILES = "files"  # what stands in archives and documents
    MALWARE = "malware"  # the virus scanner's answer
    CHARSET = "charset"  # Vietnamese text in another charset than Unicode
    MARKING = "marking"  # markings of secrecy in its texts
    DIACRITICS = "diacritics"  # Vietnamese prose without marks
    REQUEST = "request"  # whether its texts read as a request about mailboxes (only where it reaches a request channel)
    SPAM = "spam"  # the spam filter's answer
    LOGIN = "login"  # what a login shows of its password (`Facts.sender.password`)
    IDENTITY = "identity"  # who writes, and what was proved of it (`Facts.sender`)


WORDS = frozenset({Need.CHARSET, Need.MARKING, Need.DIACRITICS})
"""Needs for which a message's texts are read."""


NO_NEEDS: frozenset[Need] = frozenset()


class ListedRule(Rule, Protocol):
    """A rule of the table. `clauses` is the union over all regulations; a finding cites those of the governing one.

    `parameters` maps a setting of `[rules.NAME]` to its parser (ValueError says what is accepted), `defaults` gives
    values, as one would configure them, where neither the regulation nor the configuration does. A rule that is left
    without a value for one of them is off there, and so is a rule with a need that the configuration does not serve.
    `modes`: where its own default is another one, by direction.
    """

    default: Mode
    modes: Mapping[Direction, Mode] = NO_MODES
    directions: tuple[Direction, ...]
    parameters: Mapping[str, Callable[[object], Any]]
    defaults: Mapping[str, object]
    needs: frozenset[Need]
