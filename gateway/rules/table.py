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
from gateway.rules.secret_marking import SecretMarking
from gateway.rules.unscannable import Unscannable
from gateway.rules.vietnamese_charset import VietnameseCharset
from gateway.rules.vietnamese_diacritics import VietnameseDiacritics

RULES: tuple[ListedRule, ...] = (
    OwnDomain(),  # MAIL     our address from outside
    Malware(),  # MESSAGE  the virus scanner found something
    DangerousType(),  # MESSAGE  a program, a script, macros
    SecretMarking(),  # MESSAGE  a document marked secret
    AttachmentCap(),  # MESSAGE  too much attached
    VietnameseCharset(),  # MESSAGE  text that is not Unicode
    VietnameseDiacritics(),  # MESSAGE  prose without marks
    Unscannable(),  # MESSAGE  what nobody can look into
)
