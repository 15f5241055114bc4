"""What a login shows of its password: its form and how long it is the same (Q4 8.3). Never the password itself.

    watch = Watch(store, key, name_of)
    glance = watch.look(mechanism, login, response)   # at once: the password ends with this call
    signs = await watch.signs(glance)                 # after the mail server has taken the login

What is kept of a mailbox: up to three digests of 8 bits, keyed, each with two days. What follows from it is a rule's
business. This room must not know sockets, sessions or rules.
"""
