"""The policy itself: every rule of this version, in the order in which they are asked.

A stage asks those of its own, the cheap ones first. All of them are asked, so that the record shows everything that is
wrong with a message; the worst enforced finding decides, the first of equals speaks.
"""

from __future__ import annotations

from gateway.rules.attachment_cap import AttachmentCap
from gateway.rules.auto_forward import AutoForward
from gateway.rules.blocked_sender import BlockedSender
from gateway.rules.dangerous_type import DangerousType
from gateway.rules.listed import ListedRule
from gateway.rules.mailbox_state import MailboxState
from gateway.rules.malware import Malware
from gateway.rules.outbound_throttle import OutboundThrottle
from gateway.rules.own_address import OwnAddress
from gateway.rules.own_domain import OwnDomain
from gateway.rules.own_server import OwnServer
from gateway.rules.password_policy import PasswordPolicy
from gateway.rules.private_mailbox import PrivateMailbox
from gateway.rules.request_channel import RequestChannel
from gateway.rules.request_content import RequestContent
from gateway.rules.secret_marking import SecretMarking
from gateway.rules.spam import Spam
from gateway.rules.unscannable import Unscannable
from gateway.rules.vietnamese_charset import VietnameseCharset
from gateway.rules.vietnamese_diacritics import VietnameseDiacritics

RULES: tuple[ListedRule, ...] = (
    OwnDomain(),  # MAIL, MESSAGE  our address from outside
    OwnAddress(),  # MAIL, MESSAGE  somebody else's address after a login
    MailboxState(),  # MAIL, RCPT  a locked or reclaimed mailbox
    BlockedSender(),  # MAIL, MESSAGE  a sender that is stopped
    RequestChannel(),  # RCPT, MESSAGE  a request from anything but a proved unit mailbox
    OutboundThrottle(),  # RCPT, MESSAGE  more than a sender may send
    Malware(),  # MESSAGE  the virus scanner found something
    Spam(),  # MESSAGE  the spam filter calls it spam
    DangerousType(),  # MESSAGE  a program, a script, macros
    SecretMarking(),  # MESSAGE  a document marked secret
    AttachmentCap(),  # MESSAGE  too much attached
    VietnameseCharset(),  # MESSAGE  text that is not Unicode
    VietnameseDiacritics(),  # MESSAGE  prose without marks
    RequestContent(),  # MESSAGE  a request without its reason or its list
    PrivateMailbox(),  # MESSAGE  an official's name on a foreign provider's address
    AutoForward(),  # MESSAGE  official mail forwarded to a private mailbox
    OwnServer(),  # MESSAGE  a unit's mail through a mail system of its own
    PasswordPolicy(),  # AUTH  a password that does not meet the policy
    Unscannable(),  # MESSAGE  what nobody can look into
)
