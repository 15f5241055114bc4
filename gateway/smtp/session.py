"""The whole session class, and the table of verbs that aiosmtpd would build anew for every connection."""

from __future__ import annotations

from gateway.smtp.identify import Identify


class GatewaySMTP(Identify):
    """An SMTP session of the gateway."""


GatewaySMTP.verbs = {
    name.removeprefix("smtp_").encode(): name
    for name in (
        "smtp_EHLO",
        "smtp_HELO",
        "smtp_MAIL",
        "smtp_RCPT",
        "smtp_DATA",
        "smtp_BDAT",
        "smtp_RSET",
        "smtp_NOOP",
        "smtp_QUIT",
        "smtp_VRFY",
        "smtp_HELP",
        "smtp_STARTTLS",
        "smtp_AUTH",
        "smtp_XCLIENT",
        "smtp_XFORWARD",
    )
}
