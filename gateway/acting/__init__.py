"""Does what the lifecycle finds due: letters, Dovecot's deny file, a command, a webhook; all on record beforehand.

It must not know how anything is judged (`gateway.lifecycle`), nor the configuration: it is handed values and stores.
"""
