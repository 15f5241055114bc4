"""Orders: what people changed of the rules while the gateway runs, kept in the store, over the configuration.

The room keeps them, and says which settings they make of the configuration's. It must not know who judges mail by them.
"""
