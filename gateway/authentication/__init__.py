"""Authentication: SPF, DKIM, DMARC and ARC of what comes in, signatures on what goes out.

The room answers `gateway.who.Check`s: what was checked, how it ended and why. It decides nothing about a message, and
knows neither rules nor the directory: which mailbox a proof stands for is asked elsewhere.
"""
