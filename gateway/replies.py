"""Every reply that the listener itself can give, each in one place (RFC 5321 4.2, RFC 3463); see docs/replies.md.

A rule's refusal is built by the rule; the upstream's replies are passed on. All else that a client can hear is here.
"""

from __future__ import annotations

from gateway.model import Reply

OK = Reply(250, "2.0.0", "OK")
MAIL_OK = Reply(250, "2.1.0", "OK")
BYE = Reply(221, "2.0.0", "Bye")
START_DATA = Reply(354, None, "End data with <CR><LF>.<CR><LF>")
START_TLS = Reply(220, "2.0.0", "Ready to start TLS")
VRFY = Reply(252, "2.5.0", "Cannot verify; send the message and see")
HELP = Reply(214, "2.0.0", "RFC 5321; the replies of this gateway are explained in its documentation")

# Syntax and sequence
BAD_SYNTAX = Reply(500, "5.5.2", "Syntax error")
BARE_COMMAND = Reply(500, "5.5.2", "Command lines end in CR LF")
LINE_TOO_LONG = Reply(500, "5.5.2", "Command line too long")
UNKNOWN = Reply(500, "5.5.1", "Command not recognized")
BAD_ARGUMENT = Reply(501, "5.5.4", "Syntax error in parameters")
BAD_REVERSE_PATH = Reply(501, "5.1.7", "Bad sender address syntax")
BAD_FORWARD_PATH = Reply(501, "5.1.3", "Bad recipient address syntax")
NOT_ASCII = Reply(553, "5.6.7", "Non-ASCII address without SMTPUTF8")
BAD_PARAMETER = Reply(555, "5.5.4", "MAIL or RCPT parameter not recognized or not implemented")
HELLO_FIRST = Reply(503, "5.5.1", "Send EHLO first")
MAIL_FIRST = Reply(503, "5.5.1", "Send MAIL first")
RCPT_FIRST = Reply(554, "5.5.1", "No valid recipients")
NESTED_MAIL = Reply(503, "5.5.1", "A transaction is under way; send RSET first")
DATA_AFTER_BDAT = Reply(503, "5.5.1", "BDAT is under way")
NOT_OFFERED = Reply(502, "5.5.1", "Command not offered here")
SURPLUS = Reply(554, "5.5.0", "Data sent before the reply it must wait for; closing")

# TLS and AUTH
TLS_REQUIRED = Reply(530, "5.7.0", "Send STARTTLS first")
TLS_UNAVAILABLE = Reply(454, "4.7.0", "TLS not available now")
TLS_ACTIVE = Reply(503, "5.5.1", "TLS is active already")
AUTH_REQUIRED = Reply(530, "5.7.0", "Can dang nhap truoc khi gui / Authentication required")
AUTH_NEEDS_TLS = Reply(538, "5.7.11", "Encryption required for authentication")
AUTH_DONE = Reply(503, "5.5.1", "Already authenticated")
AUTH_UNKNOWN = Reply(504, "5.5.4", "Authentication mechanism not offered")
AUTH_CANCELLED = Reply(501, "5.7.0", "Authentication cancelled")
AUTH_MALFORMED = Reply(501, "5.5.2", "Cannot decode the response")
AUTH_UNAVAILABLE = Reply(454, "4.7.0", "Tam thoi chua dang nhap duoc, thu lai sau / Temporary authentication failure")

# Who may do what
NO_RELAY = Reply(550, "5.7.1", "May chu nay khong chuyen tiep toi dia chi do / Relay access denied")
NOT_TRUSTED = Reply(554, "5.7.1", "This listener serves configured mail servers only")
DEVICE_SENDER = Reply(
    550, "5.7.1", "Thiet bi chi duoc gui bang dia chi da dang ky / Device may use its registered sender only"
)
XCLIENT_DENIED = Reply(550, "5.7.0", "XCLIENT and XFORWARD are for configured networks")

# Limits
TOO_MANY_CONNECTIONS = Reply(421, "4.3.2", "Too many connections, try again later")
TOO_MANY_FROM_ADDRESS = Reply(421, "4.7.0", "Too many connections from your address")
TOO_MANY_COMMANDS = Reply(421, "4.7.0", "Too many commands without a message")
TOO_MANY_ERRORS = Reply(421, "4.7.0", "Too many errors")
TOO_MANY_MESSAGES = Reply(421, "4.7.0", "Too many messages on one connection, connect again")
TOO_MANY_RECIPIENTS = Reply(452, "4.5.3", "Too many recipients; send the rest separately")
OTHER_POLICY = Reply(452, "4.5.3", "Recipient under another policy; send it separately")
IDLE = Reply(421, "4.4.2", "Idle or connected too long, closing")
TOO_SLOW = Reply(421, "4.4.2", "Data too slow, closing")
TOO_BIG = Reply(552, "5.3.4", "Thu vuot kich thuoc toi da cua may chu / Message exceeds the size limit of this server")
STOPPING = Reply(421, "4.3.2", "Service restarting, try again")

# The message
BARE_NEWLINE = Reply(550, "5.6.0", "Message has a bare CR, bare LF or NUL; lines must end in CR LF")
HEADER_TOO_LARGE = Reply(550, "5.6.0", "The message header is too large")
HIDDEN_FIELD = Reply(550, "5.6.0", "The message header has a line that is no field, and a field of ours after it")
LONG_LINE = Reply(550, "5.6.0", "A line of the message is too long")
LOOP = Reply(554, "5.4.6", "Thu bi lap vong / Routing loop: too many Received fields")

# Trouble of ours: always temporary
TROUBLE = Reply(451, "4.3.0", "Loi tam thoi, hay gui lai sau / Temporary trouble, try again later")
NO_RECORD = Reply(451, "4.3.0", "Chua ghi duoc nhat ky, hay gui lai sau / Cannot keep the record now, try again later")
NOT_COPIED = Reply(
    451, "4.3.0", "Chua luu duoc ban sao thu nay, hay gui lai sau / Cannot archive a copy now, try again later"
)
NO_DIRECTORY = Reply(
    451, "4.3.0", "Chua doc duoc danh ba, hay gui lai sau / Cannot read the directory yet, try again later"
)
NO_SPACE = Reply(452, "4.3.1", "Tam het cho chua, hay gui lai sau / Insufficient storage, try again later")
UPSTREAM_DOWN = Reply(
    451, "4.4.1", "Chua noi duoc may chu thu, hay gui lai sau / Mail server unreachable, try again later"
)
UPSTREAM_BROKEN = Reply(
    451, "4.4.2", "Mat lien lac voi may chu thu, hay gui lai sau / Mail server failed, try again later"
)
UPSTREAM_UNSURE = Reply(
    451, "4.4.2", "May chu thu chua tra loi, hay gui lai sau / No answer from the mail server, try again later"
)
TIMED_OUT = Reply(451, "4.4.2", "Xu ly qua lau, hay gui lai sau / Took too long, try again later")
