"""The next hop: pooled SMTP client, AUTH pass-through and the embedded Maildir, behind one interface (`base.Upstream`).

Knows SMTP as a client. Must not know listeners, rules, the journal or the message's form.
"""
