"""The verbs of a session but DATA, BDAT, AUTH and the X-commands (RFC 5321 4.1.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway import replies
from gateway.accounts import Account
from gateway.errors import UpstreamError
from gateway.logs import get_logger
from gateway.model import Action, Address, Direction, Envelope, Recipient, Reply, Stage, Verdict
from gateway.rates import NO_RATES
from gateway.smtp.paths import MailArguments, PathError, parse_mail, parse_rcpt
from gateway.smtp.transfer import Transfer

_log = get_logger("congthu.smtp")
_ROUTED = re.compile(r"[%!@]")
_BATCH = 100
_MAX_HELO = 255
_PATH_REPLIES = {
    "syntax": replies.BAD_ARGUMENT,
    "utf8": replies.NOT_ASCII,
    "parameter": replies.BAD_PARAMETER,
}


def legible(text: str) -> str:
    """A name as it may stand in a log: "?" for what cannot be printed."""
    return text if text.isprintable() else "".join(one if one.isprintable() else "?" for one in text)


@dataclass(frozen=True, slots=True)
class Refused:
    """A recipient that a rule refuses; the refusal is recorded before it is uttered."""

    recipient: Recipient
    verdict: Verdict


class Commands(Transfer):
    """EHLO, HELO, MAIL, RCPT, RSET, NOOP, VRFY, HELP, QUIT, STARTTLS."""

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        """Say in one write what this listener and the next hop can both do."""
        self.nothing_may_follow()
        if self._hello(hostname):
            self.client.esmtp = True
            made = self.context.hello(
                tls_active=bool(self.client.tls),
                authenticated=bool(self.client.user),
                peer=self.peer,
                owned=self.owned.capabilities if self.owned else None,
            )
            self._out.append(made)

    async def smtp_HELO(self, hostname: str) -> None:  # noqa: N802
        """The old greeting: no extensions."""
        self.nothing_may_follow()
        if self._hello(hostname):
            self.client.esmtp = False
            self.say(Reply(250, None, self.context.hostname))

    def _hello(self, hostname: str) -> bool:
        """Take what the client calls itself: a computer's name with blanks or marks is no reason to refuse mail."""
        self.idle_commands += 1
        name = " ".join(hostname.split())[:_MAX_HELO]
        if not name:
            self.say(replies.BAD_ARGUMENT)
            return False
        self.reset_transaction()
        self.client.helo = legible(name)
        return True

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        """Begin a transaction: syntax, size, who may send; then the rules of the MAIL stage."""
        self.idle_commands += 1
        refusal = self._mail_refusal()
        if refusal is not None:
            self.say(refusal)
            return
        try:
            parsed = parse_mail(arg or "", utf8_offered=self.client.esmtp and self.capabilities.smtputf8)
        except PathError as error:
            self.metrics.protocol_error("syntax")
            self.say(_PATH_REPLIES.get(error.kind, replies.BAD_REVERSE_PATH))
            return
        await self._begin(parsed)

    def _mail_refusal(self) -> Reply | None:
        client, context = self.client, self.context
        if not client.helo:
            return replies.HELLO_FIRST
        if self.mail is not None:
            return replies.NESTED_MAIL
        exempt = bool(client.device_sender)
        if context.direction is Direction.SUBMISSION and not (context.auth_required or self.may_relay):
            return replies.NOT_TRUSTED  # without AUTH only devices and trusted networks submit
        if context.settings.tls_required and not client.tls and not exempt:
            return replies.TLS_REQUIRED
        if context.auth_required and not client.user and not exempt:
            return replies.AUTH_REQUIRED
        if self.owned is not None and not self.owned.alive:
            raise self.quit(replies.STOPPING)
        return None if context.pipeline.ready else replies.NO_DIRECTORY

    async def _begin(self, parsed: MailArguments) -> None:
        client = self.client
        if parsed.size > min(self.context.settings.max_size, self.capabilities.size or parsed.size):
            self.say(replies.TOO_BIG)
            return
        if client.device_sender and not client.user and parsed.path.key != client.device_sender.lower():
            self.say(replies.DEVICE_SENDER)
            return
        envelope = Envelope(
            client, parsed.path, [], parsed.size, parsed.body, parsed.smtputf8, parsed.ret, parsed.envid
        )
        verdict = self.context.pipeline.check(Stage.MAIL, envelope)
        if verdict.action is not Action.ACCEPT:
            self.say(await self.context.pipeline.refuse(Stage.MAIL, envelope, verdict))
            return
        self.bdat_refusal = None
        self.mail, self.account = envelope, self.context.pipeline.account(envelope)
        self.say(replies.MAIL_OK)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        """Take this recipient and those that the client pipelined after it; each gets the next hop's own reply."""
        mail = self.mail
        first = self._recipient(mail, arg or "", "")
        if not self.inbox.starts_with(b"RCPT "):
            await self._answer(mail, [first])
            return
        batch = [first]
        room = min(_BATCH, self.context.settings.max_recipients - len(self.recipients))
        while len(batch) < room and self.inbox.starts_with(b"RCPT "):
            line = self.inbox.line() or b""
            pinned = next((entry.policy_class for entry in batch if isinstance(entry, Recipient)), "")
            problem = self._malformed(line)
            batch.append(problem or self._recipient(mail, line[5:-2].decode("utf-8", "replace"), pinned))
        await self._answer(mail, batch)

    async def _answer(self, mail: Envelope | None, batch: list[Recipient | Refused | Reply]) -> None:
        """Ask the next hop about the good ones, record what a rule refuses, and answer all in their order."""
        account = self.account
        good = [entry for entry in batch if isinstance(entry, Recipient)]
        if good and account is not None and mail is not None:
            batch = await self._charge(account, mail, batch, good)
            good = [entry for entry in batch if isinstance(entry, Recipient)]
        answers = iter(await self._ask_upstream(good) if good else ())
        for entry in batch:
            if isinstance(entry, Recipient):
                answer = next(answers)
                if answer.action is Action.ACCEPT:
                    self.recipients.append(entry)
                else:
                    self.idle_commands += 1
                    self._log_refused(entry, answer)
                    if account is not None:
                        account.answered(answer)
                self.say(answer)
            elif isinstance(entry, Reply):
                self.say(entry)
            else:
                assert mail is not None
                self.idle_commands += 1
                refuse = self.context.pipeline.refuse
                self.say(await refuse(Stage.RCPT, mail, entry.verdict, entry.recipient))

    async def _charge(
        self, account: Account, mail: Envelope, batch: list[Recipient | Refused | Reply], good: list[Recipient]
    ) -> list[Recipient | Refused | Reply]:
        """Count the good ones to their sender; those beyond its limits are judged again, and refused."""
        self.deadline = self.loop.time() + self.context.settings.command_timeout
        rates = await account.reserve(good)
        pipeline, refused = self.context.pipeline, {}
        for recipient, said in zip(good, rates, strict=True):
            if said is not NO_RATES:
                verdict = pipeline.check(Stage.RCPT, mail, recipient=recipient, rates=said)
                if verdict.action is not Action.ACCEPT:
                    refused[id(recipient)] = Refused(recipient, verdict)
        return [refused.get(id(entry), entry) for entry in batch] if refused else batch

    def _log_refused(self, recipient: Recipient, reply: Reply) -> None:
        """What the next hop or the relay check says is no row in the journal; max_errors bounds these lines."""
        assert self.mail is not None
        _log.info(
            "recipient.refused",
            session=self.client.id,
            client=self.client.client_address,
            sender=self.mail.reverse_path.text,
            recipient=recipient.address.text,
            reply=reply.line,
        )

    def _recipient(self, mail: Envelope | None, arg: str, pinned: str) -> Recipient | Refused | Reply:
        """The recipient, or what refuses it; `pinned` is the policy class that this batch began with."""
        if mail is None:
            return replies.MAIL_FIRST
        if self.receiver is not None:
            return replies.DATA_AFTER_BDAT
        if len(mail.recipients) >= self.context.settings.max_recipients:
            return replies.TOO_MANY_RECIPIENTS
        try:
            parsed = parse_rcpt(arg, utf8=mail.smtputf8)
        except PathError as error:
            self.metrics.protocol_error("syntax")
            return _PATH_REPLIES.get(error.kind, replies.BAD_FORWARD_PATH)
        path = parsed.path
        recipient = Recipient(path, parsed.notify, parsed.orcpt)
        if not self.may_relay and not self._is_ours(path):
            self.metrics.protocol_error("other")
            self._log_refused(recipient, replies.NO_RELAY)
            return replies.NO_RELAY
        return self._judge_recipient(mail, recipient, pinned)

    def _is_ours(self, path: Address) -> bool:
        """Whether the mailbox is in our domains, and no route to another: user%other@ours (RFC 1123 5.2.16)."""
        if not path.domain:
            return True  # postmaster
        return self.context.own_domain(path.domain) and not _ROUTED.search(path.local)

    def _judge_recipient(self, envelope: Envelope, recipient: Recipient, pinned: str) -> Recipient | Refused | Reply:
        pipeline = self.context.pipeline
        recipient.policy_class = pipeline.policy.policy_class(envelope, recipient)
        if envelope.recipients:
            pinned = envelope.recipients[0].policy_class
        if pinned and recipient.policy_class != pinned and self.context.direction.client_is_mta:
            return replies.OTHER_POLICY
        verdict = pipeline.check(Stage.RCPT, envelope, recipient=recipient)
        return recipient if verdict.action is Action.ACCEPT else Refused(recipient, verdict)

    async def _ask_upstream(self, recipients: list[Recipient]) -> list[Reply]:
        self.deadline = self.loop.time() + self.context.settings.command_timeout
        self.asking = True
        try:
            return await self.begin_transaction().rcpt(recipients)
        except UpstreamError as error:
            assert self.mail is not None
            if not self.mail.recipients:
                # Nobody was promised anything yet, so the next RCPT may begin anew. Otherwise the dead transaction
                # stays: a new one would deliver to some of those who were told 250, and not to the others.
                self.upstream_transaction = None
            return [self.context.pipeline.upstream_failed(self.mail, error)] * len(recipients)
        finally:
            self.asking = False
            self.upstream_used = self.loop.time()

    async def smtp_RSET(self, arg: str | None) -> None:  # noqa: N802
        """Forget the transaction."""
        self.idle_commands += 1
        self.reset_transaction()
        self.say(replies.OK)

    async def smtp_NOOP(self, arg: str | None) -> None:  # noqa: N802
        """Nothing."""
        self.idle_commands += 1
        self.say(replies.OK)

    async def smtp_VRFY(self, arg: str | None) -> None:  # noqa: N802
        """Tells nobody who exists (RFC 5321 7.3)."""
        self.idle_commands += 1
        self.say(replies.VRFY)

    async def smtp_HELP(self, arg: str | None) -> None:  # noqa: N802
        """A pointer."""
        self.idle_commands += 1
        self.say(replies.HELP)

    async def smtp_QUIT(self, arg: str | None) -> None:  # noqa: N802
        """The end."""
        raise self.quit(replies.BYE)

    async def smtp_STARTTLS(self, arg: str | None) -> None:  # noqa: N802
        """Begin TLS; whatever was pipelined after the command is an injection and ends the session."""
        self.idle_commands += 1
        self.nothing_may_follow()
        context = self.context
        if context.settings.tls != "starttls" or context.tls is None:
            self.say(replies.NOT_OFFERED)
        elif self.client.tls:
            self.say(replies.TLS_ACTIVE)
        elif arg and not arg.isspace():
            self.say(replies.BAD_ARGUMENT)
        else:
            self.reset_transaction()
            self.say(replies.START_TLS)
            await self.upgrade(context.tls)
