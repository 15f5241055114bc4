"""How the daemon's processes live: sockets held, workers started, watched and ended, the service manager told.

It knows the configuration's shape and nothing of mail: a worker is a process that says "ready" and sends heartbeats.
"""
