"""Files are opened here, in child processes that can do nothing but compute: a pool of them for each gateway worker.

A child gets a message's bytes as a file descriptor, reads the message in every way that a client could, expands
archives, opens documents, and answers with JSON. This room knows processes and what they are asked; what a finding
means, and whether it matters, is not its business. Whatever happens to a child, the answer is a `Result` that says
what was not checked and why.
"""
