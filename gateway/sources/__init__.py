"""Servers that know when a mailbox was used: Dovecot tells us or keeps a table, Cyrus and LDAP servers are asked.

The room turns what they say into `access.Evidence` and `access.Coverage`, and hands both to one callable. It must not
know where these are kept, what is made of them (gateway/lifecycle) or which mailboxes there are: it is told names.
A source's silence counts only as far as something shows that it would have spoken: see `watch` and `chain`.
"""
