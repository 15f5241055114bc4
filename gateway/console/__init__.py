"""The console: pages for the staff who answer for the mail, and public pages for those whose mail was refused.

A process of its own: it reads the stores that the gateway writes, and what people do here is on record before it has an
effect. It must not know SMTP, the pipeline or the workers; the relay does not know it and never waits for it.
"""
