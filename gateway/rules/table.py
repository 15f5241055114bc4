"""The policy itself: every rule of this version, in the order in which they are asked.

A stage asks those of its own, the cheap ones first. All of them are asked, so that the record shows everything that is
wrong with a message; the worst enforced finding decides, the first of equals speaks.
"""

from __future__ import annotations

from gateway.rules.attachment_cap import AttachmentCap
from gateway.rules.dangerous_type import DangerousType
from gateway.rules.listed import ListedRule
from gateway.rules.malware import Malware
from gateway.rules.own_domain import OwnDomain
from gateway.rules.unscannable import Unscannable

RULES: tuple[ListedRule, ...] = (
    OwnDomain(),  # MAIL     our address from outside
    Malware(),  # MESSAGE  the virus scanner found something
    DangerousType(),  # MESSAGE  a program, a script, macros
    AttachmentCap(),  # MESSAGE  too much attached
    Unscannable(),  # MESSAGE  what nobody can look into
)
