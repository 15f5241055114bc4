"""A message's texts, and what is remarkable in them: legacy charsets, markings of secrecy, Vietnamese without marks;
and whether it reads as a request about mailboxes.

Takes text out of header fields, names, bodies and documents' units, asks `gateway.vietnamese` about it and gives values
of `gateway.contents`, so many at most. It opens no files and knows no rules: what a finding means is for others to say.
"""
