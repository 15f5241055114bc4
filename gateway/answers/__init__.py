"""Which messages wait for a unit's answer, and which have it: digests of identifiers and times, never content.

It keeps, and reckons for reports. What an answer is stands in `gateway.lifecycle.answers`. It knows no mail and no
clock.
"""
