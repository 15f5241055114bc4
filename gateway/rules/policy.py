"""The policy of a configuration: which rules run where, compiled once at start, and asked by the pipeline.

    policy = Policy(settings)                       # ConfigError with every problem at once
    rules = policy.for_listener("inbound")
    verdict = rules.check(Stage.MAIL, envelope)
    recipient.policy_class = rules.policy_class(envelope, recipient)
    verdict = rules.check(Stage.MESSAGE, envelope, recipient.policy_class, message=message)

Which profile governs: on inbound listeners the recipient's; elsewhere the sender's if it is ours, else the recipient's.
At MAIL no recipient is known: a sender of ours brings its profile, any other the gateway's own regulation.
It must not know sockets, stores or the journal.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import replace

from gateway.config import Listener, Settings
from gateway.contents import NOTHING, Inspection
from gateway.errors import ConfigError
from gateway.model import Address, Direction, Envelope, Finding, Message, Mode, Recipient, Stage, Verdict
from gateway.rates import NO_RATES, Rates
from gateway.regulations import Regulation, load
from gateway.rules.compiled import BoundRule, Known, StageTable, Surroundings, decide
from gateway.rules.crash import Crash
from gateway.rules.exemptions import CompiledExemption
from gateway.rules.listed import ListedRule
from gateway.rules.modes import mode_of, parameters_of, unserved
from gateway.rules.ordered import order_of
from gateway.rules.patterns import in_domains
from gateway.rules.problems import problems
from gateway.rules.profiles import Profiles
from gateway.rules.reply_text import with_recipient
from gateway.rules.table import RULES
from gateway.who import NOBODY, Sender

_VIETNAM = datetime.timezone(datetime.timedelta(hours=7))  # no summer time; exemptions end with the day there
_NAMED_RECIPIENTS = 5
_Tables = tuple[StageTable, ...]
_CHANNEL = " request"


def today_in_vietnam() -> datetime.date:
    """The date on an official's desk."""
    return datetime.datetime.now(_VIETNAM).date()


def _ignore(_crash: Crash) -> None:
    """No hook was given."""


class Policy:
    """Every listener's rules. Built once from settings; ConfigError carries every problem of its part.

    `today` gives the date for exemptions; `on_crash` gets each exception of a rule (log it: nothing else does);
    `known` holds the directory in force.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        rules: Sequence[ListedRule] = RULES,
        today: Callable[[], datetime.date] = today_in_vietnam,
        on_crash: Callable[[Crash], None] = _ignore,
        known: Known | None = None,
    ) -> None:
        if wrong := problems(settings, rules):
            raise ConfigError(wrong)
        self._settings, self._rules = settings, rules
        self.own_domains = frozenset(domain.lower() for domain in settings.gateway.domains)
        self.profiles = Profiles(settings.gateway.regulation, ((p.pattern, p.regulation) for p in settings.profile))
        self._around = Surroundings(self.own_domains, today, on_crash, known or Known())
        given = {"providers": settings.directory.providers, "login_domain": settings.authentication.login_domain}
        self._shared = {name: value for name, value in given.items() if value}
        self._exemptions = tuple(CompiledExemption(source) for source in settings.exemption)
        self._listeners = {listener.name: self.compile(listener) for listener in settings.listener}

    def for_listener(self, name: str) -> ListenerPolicy:
        """The rules of a configured listener. KeyError if there is none of this name."""
        return self._listeners[name]

    def compile(self, listener: Listener) -> ListenerPolicy:
        """The rules of a listener, also of one that the settings do not have (`congthu inspect` without a config)."""
        tables = {
            (regulation, internal): self._tables(load(regulation), listener, internal=internal)
            for regulation in self.profiles.regulations
            for internal in (False, True)
        }
        return ListenerPolicy(listener, self.profiles, self.own_domains, tables, self._around.known)

    def bound(self, listener: Listener, regulation: Regulation, *, internal: bool = False) -> tuple[BoundRule, ...]:
        """The rules that run on a listener under a regulation, in order; those that are off are left out."""
        made = (self._bind(rule, listener, regulation, internal=internal) for rule in self._rules)
        return tuple(rule for rule in made if rule is not None)

    def _tables(self, regulation: Regulation, listener: Listener, *, internal: bool) -> _Tables:
        bound = self.bound(listener, regulation, internal=internal)
        return tuple(StageTable(s, [b for b in bound if s in b.rule.stages], self._around) for s in Stage)

    def _bind(
        self, rule: ListedRule, listener: Listener, regulation: Regulation, *, internal: bool
    ) -> BoundRule | None:
        config = self._settings.rules.get(rule.name)
        mode = mode_of(rule, config, regulation, listener, internal=internal)
        parameters = parameters_of(rule, config, regulation, self._shared)
        if mode is Mode.OFF or listener.direction not in rule.directions or parameters is None:
            return None
        if unserved(rule, self._settings):
            return None
        clauses = tuple(clause for clause in rule.clauses if clause in regulation.clauses)
        exemptions = tuple(exemption for exemption in self._exemptions if exemption.rule == rule.name)
        order = order_of(config, listener, internal=internal)
        return BoundRule(rule, mode, regulation.id, clauses, parameters, exemptions, order)


class ListenerPolicy:
    """The rules of one listener. Immutable: a session that began before a reload may keep the one it has."""

    __slots__ = (
        "_alone",
        "_classes",
        "_default",
        "_inbound",
        "_known",
        "_only",
        "_own",
        "_profiles",
        "_splits",
        "_tables",
        "name",
        "needs",
        "waits",
    )

    def __init__(
        self,
        listener: Listener,
        profiles: Profiles,
        own_domains: frozenset[str],
        tables: dict[tuple[str, bool], _Tables],
        known: Known,
    ) -> None:
        self.name = listener.name
        self._known, self._splits = known, listener.direction.client_is_mta
        self._inbound = listener.direction is Direction.INBOUND
        self._profiles, self._own = profiles, own_domains
        self._classes = _classes(tables)
        self._only = next(iter(self._classes.values())) if len(set(self._classes.values())) == 1 else None
        self._tables = {_label(*key): made for key, made in tables.items()}
        self._tables |= {f"{name}{_CHANNEL}": made for name, made in self._tables.items()}
        self._default = self._tables[profiles.default]
        self._alone = self._of_all()
        self.waits = frozenset(need for stages in tables.values() for need in stages[Stage.MESSAGE].waits)
        self.needs = frozenset(need for stages in tables.values() for need in stages[Stage.MESSAGE].needs)

    def mode_of(self, rule: str, policy_class: str) -> Mode:
        """How a rule runs for recipients of a class, at MESSAGE."""
        return self._tables.get(policy_class, self._default)[Stage.MESSAGE].mode_of(rule)

    def runs(self, rule: str, stage: Stage = Stage.MESSAGE) -> bool:
        """Whether a rule runs for anybody here, at a stage."""
        return any(stages[stage].mode_of(rule) is not Mode.OFF for stages in self._tables.values())

    def mail_class(self, envelope: Envelope) -> str:
        """The class at MAIL, for `check(Stage.MAIL, …)`: no recipient is known yet."""
        profiles = self._profiles
        if len(profiles.regulations) == 1:
            return profiles.default
        sender = envelope.reverse_path
        return profiles.of(sender.key) if in_domains(sender.domain, self._own) else profiles.default

    def policy_class(self, envelope: Envelope, recipient: Recipient | Address) -> str:
        """A recipient's class. Equal classes are judged alike, so they may share a transaction.

        Where an MTA can send the copies separately, a request channel is a class of its own: what is refused there is
        not refused for those who got a copy.
        """
        address = recipient.address if isinstance(recipient, Recipient) else recipient
        name = self._only or self._profile_class(envelope, address)
        if self._splits and self._known.directory.channels(address.key):
            return name + _CHANNEL
        return name

    def _profile_class(self, envelope: Envelope, address: Address) -> str:
        sender = envelope.reverse_path
        from_us = not self._inbound and in_domains(sender.domain, self._own)
        regulation = self._profiles.of(sender.key if from_us else address.key)
        return self._classes[regulation, from_us and in_domains(address.domain, self._own)]

    def check(
        self,
        stage: Stage,
        envelope: Envelope,
        policy_class: str | Sequence[str] | None = None,
        *,
        recipient: Recipient | None = None,
        message: Message | None = None,
        inspection: Inspection = NOTHING,
        who: Sender = NOBODY,
        rates: Rates = NO_RATES,
    ) -> Verdict:
        """Ask every rule of a stage. Of several classes the worst verdict wins, and names the recipient it is for.

        Without a class: the recipient's at RCPT, those of all recipients at MESSAGE, `mail_class` before.

        Never raises for what a rule does: an enforced rule's exception is a TEMPFAIL (451 4.3.0), an observed one's
        is only recorded. When nothing is found the verdict is a constant of the table.
        """
        if policy_class is None:
            alone = self._alone[stage]
            if alone is not None:
                return alone.check(envelope, recipient, message, None, inspection, who, rates)
            policy_class = self._class_at(stage, envelope, recipient)
        if isinstance(policy_class, str):
            table = self._tables.get(policy_class, self._default)[stage]
            return table.check(envelope, recipient, message, None, inspection, who, rates)
        if len(policy_class) == 1:
            table = self._tables.get(policy_class[0], self._default)[stage]
            return table.check(envelope, recipient, message, None, inspection, who, rates)
        return self._worst(stage, envelope, policy_class, recipient, message, inspection, who, rates)

    def _of_all(self) -> tuple[StageTable | None, ...]:
        """For each stage the table that holds for everybody, where there is one: `_class_at` would always name it."""
        default = self._default if len(self._profiles.regulations) == 1 else None
        only = None if self._only is None else self._tables.get(self._only, self._default)
        made = (default if stage < Stage.RCPT else only for stage in Stage)
        return tuple(None if tables is None else tables[stage] for stage, tables in zip(Stage, made, strict=True))

    def _class_at(self, stage: Stage, envelope: Envelope, recipient: Recipient | None) -> str | Sequence[str]:
        if stage < Stage.RCPT:
            return self.mail_class(envelope)
        if self._only is not None:
            return self._only
        recipients = envelope.recipients if recipient is None else (recipient,)
        for one in recipients:
            one.policy_class = one.policy_class or self.policy_class(envelope, one)
        return tuple(dict.fromkeys(one.policy_class for one in recipients)) or self.mail_class(envelope)

    def _worst(
        self,
        stage: Stage,
        envelope: Envelope,
        classes: Sequence[str],
        recipient: Recipient | None,
        message: Message | None,
        inspection: Inspection,
        who: Sender,
        rates: Rates,
    ) -> Verdict:
        findings: list[Finding] = []
        checked: dict[str, None] = {}
        for name in classes or ("",):
            covered = [r for r in envelope.recipients if r.policy_class == name]
            table = self._tables.get(name, self._default)[stage]
            verdict = table.check(envelope, recipient, message, covered, inspection, who, rates)
            checked.update(dict.fromkeys(verdict.checked))
            findings += (_name(finding, covered) for finding in verdict.findings)
        return Verdict(*decide(findings), tuple(findings), tuple(checked))


def _label(regulation: str, internal: bool) -> str:
    return f"{regulation} internal" if internal else regulation


def _classes(tables: dict[tuple[str, bool], _Tables]) -> dict[tuple[str, bool], str]:
    """A class for each profile; those whose recipients are judged alike (RCPT, MESSAGE) share the first one's."""
    seen: dict[tuple[object, ...], str] = {}
    classes = {}
    for key, stages in tables.items():
        signature = tuple(stages[stage].signature for stage in (Stage.RCPT, Stage.MESSAGE))
        classes[key] = seen.setdefault(signature, _label(*key))
    return classes


def _name(finding: Finding, recipients: Sequence[Recipient]) -> Finding:
    """The finding with the recipients it is for; the reply names the first, and how a client can tell them apart."""
    if not recipients:
        return finding
    named = [recipient.address.text for recipient in recipients[:_NAMED_RECIPIENTS]]
    evidence = {**finding.evidence, "recipients": named, "recipient_count": len(recipients)}
    return replace(finding, evidence=evidence, reply=with_recipient(finding.reply, named[0]))
