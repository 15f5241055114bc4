"""A listener's rules for one policy class, compiled at start: a tuple a stage, and a constant for "nothing found".

It must not know where modes come from, nor which profile governs.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from gateway.contents import NOTHING, Inspection
from gateway.model import Action, Envelope, Facts, Finding, Message, Mode, Recipient, Stage, Verdict
from gateway.rates import NO_BLOCKS, NO_RATES, Blocks, Rates
from gateway.rules.crash import Crash, crashed
from gateway.rules.exemptions import CompiledExemption, exempt
from gateway.rules.listed import ListedRule
from gateway.rules.signs import ALL, ALWAYS, signs_of
from gateway.who import NO_DIRECTORY, NOBODY, Lookup, Sender


class Known:
    """The directory in force, and who is stopped. Whoever keeps them puts new snapshots here; a check keeps to one.

    `missing`, `unread`: the one or the other could not be read yet, so no mail can be judged; `unruled`: nor what was
    ordered of the rules.
    """

    __slots__ = ("blocks", "directory", "missing", "unread", "unruled")

    def __init__(self, directory: Lookup = NO_DIRECTORY) -> None:
        self.directory, self.missing, self.unread = directory, False, False
        self.blocks: Blocks = NO_BLOCKS
        self.unruled = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every table of a policy shares. `today` is asked only when an exemption might apply."""

    own_domains: frozenset[str]
    today: Callable[[], datetime.date]
    on_crash: Callable[[Crash], None]
    known: Known


@dataclass(frozen=True, slots=True)
class BoundRule:
    """A rule as it stands in a table: its mode, the clauses it may cite there, its parameters and exemptions."""

    rule: ListedRule
    mode: Mode
    regulation: str
    clauses: tuple[str, ...]
    parameters: Mapping[str, Any]
    exemptions: tuple[CompiledExemption, ...]
    order: int = 0  # the order that set the mode; 0 for the configuration

    @property
    def signs(self) -> int:
        """Those of which one must be seen, or the rule finds nothing (see `gateway.rules.signs`)."""
        found: int = getattr(self.rule, "signs", ALWAYS)
        return found

    @property
    def signature(self) -> tuple[object, ...]:
        """Equal for two bound rules that judge and speak alike."""
        return self.rule.name, self.mode, self.order, self.clauses, tuple(sorted(self.parameters.items()))


_Asked = tuple[Callable[[Facts], Finding | None], BoundRule]


class StageTable:
    """The rules of one stage, in order. `check` returns the same `clean` verdict whenever nothing is found.

    Rules that could find nothing, by what is plain to see (`gateway.rules.signs`), are not asked.
    """

    __slots__ = ("_around", "_by_signs", "_rules", "_stage", "_wanted", "clean")

    def __init__(self, stage: Stage, rules: Sequence[BoundRule], around: Surroundings) -> None:
        self._stage, self._around = stage, around
        self._rules = tuple((bound.rule.check, bound) for bound in rules)
        self._by_signs: dict[int, tuple[_Asked, ...]] = {}  # an entry a set of signs that was seen: 2,048 at most
        self._wanted = 0
        for bound in rules:
            self._wanted |= bound.signs
        self.clean = Verdict(Action.ACCEPT, checked=tuple(bound.rule.name for bound in rules))

    def mode_of(self, rule: str) -> Mode:
        """How a rule runs here; OFF for one that does not."""
        return next((bound.mode for _, bound in self._rules if bound.rule.name == rule), Mode.OFF)

    @property
    def needs(self) -> frozenset[str]:
        """What the rules must be told beyond the scan."""
        return frozenset(need for _, bound in self._rules for need in bound.rule.needs)

    @property
    def waits(self) -> frozenset[str]:
        """The needs without which a message gets 451: the virus scanner's answer, the spam filter's."""
        strict = (
            bound
            for _, bound in self._rules
            if bound.mode is Mode.ENFORCE and bound.parameters.get("unavailable") == "tempfail"
        )
        return frozenset(need for bound in strict for need in bound.rule.needs)

    @property
    def signature(self) -> tuple[object, ...]:
        """Equal for two tables that judge and speak alike."""
        return tuple(bound.signature for _, bound in self._rules)

    def check(
        self,
        envelope: Envelope,
        recipient: Recipient | None,
        message: Message | None,
        recipients: Sequence[Recipient] | None = None,
        inspection: Inspection = NOTHING,
        sender: Sender = NOBODY,
        rates: Rates = NO_RATES,
    ) -> Verdict:
        """Ask every rule. `recipients` are those the class covers, where there are several classes; for exemptions."""
        known, own_domains = self._around.known, self._around.own_domains
        directory, blocks = known.directory, known.blocks
        try:
            seen = signs_of(
                self._wanted, envelope, recipient, message, inspection, rates, directory, blocks, own_domains
            )
        except Exception:  # the rules meet the same trouble, and each answers for itself
            seen = ALL
        rules = self._by_signs.get(seen)
        if rules is None:
            rules = self._by_signs[seen] = tuple(one for one in self._rules if one[1].signs & seen)
        if not rules:
            return self.clean
        found: list[Finding] | None = None
        for check, bound in rules:
            try:
                facts = Facts(
                    self._stage,
                    envelope,
                    bound.regulation,
                    own_domains,
                    recipient,
                    message,
                    bound.parameters,
                    bound.clauses,
                    inspection,
                    sender,
                    directory,
                    rates,
                    blocks,
                )
                finding = check(facts)
                if finding is None:
                    continue
                finding = self._settle(finding, bound, envelope, recipient, recipients)
            except Exception as error:  # promise 4: whatever it is, it does not decide the message's fate
                finding, crash = crashed(bound.rule.name, self._stage, bound.mode, error)
                with suppress(Exception):  # a log that fails must not change what happens to the message
                    self._around.on_crash(crash)
            found = [*found, finding] if found else [finding]
        return self.clean if found is None else Verdict(*decide(found), tuple(found), self.clean.checked)

    def _settle(
        self,
        finding: Finding,
        bound: BoundRule,
        envelope: Envelope,
        recipient: Recipient | None,
        recipients: Sequence[Recipient] | None,
    ) -> Finding:
        if finding.mode is not Mode.ENFORCE:  # it would not refuse this in any mode: a warning
            finding = replace(finding, action=Action.ACCEPT)
        elif bound.mode is not Mode.ENFORCE:  # a rule may only be milder than its mode
            finding = replace(finding, mode=bound.mode)
        if bound.order:  # a person's word while we ran, not the file
            finding = replace(finding, evidence={**finding.evidence, "order": bound.order})
        if not bound.exemptions:
            return finding
        if recipients is None:
            recipients = envelope.recipients if recipient is None else (recipient,)
        return exempt(finding, bound.exemptions, envelope, recipients, self._around.today())


def decide(findings: Sequence[Finding]) -> tuple[Action, Any]:
    """The worst enforced finding's action and reply, the first of equals; (ACCEPT, None) if none is enforced."""
    enforced = [finding for finding in findings if finding.mode is Mode.ENFORCE]
    if not enforced:
        return Action.ACCEPT, None
    worst = max(enforced, key=lambda finding: finding.action)
    return worst.action, worst.reply
