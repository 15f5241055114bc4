"""The directory (danh bạ): which units and mailboxes there are, what was changed in them, and who asked for it.

The room keeps entries in the store, takes tables and LDAP in as plans that are applied whole, answers in memory who
holds an address, and remembers requests and the notices that answer them. It knows neither SMTP nor the rules.
"""
