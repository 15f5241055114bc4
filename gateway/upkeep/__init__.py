"""What is kept of mailboxes' use and life: polls, evidence, coverage, records, steps; in the store's database.

It keeps and hands out. What evidence means, and what is due, is for `gateway.lifecycle`; it knows no mail server, no
configuration and no clock: whoever asks says what time it is.
"""
