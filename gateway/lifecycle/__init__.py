"""What a mailbox's use means under its regulation: warned, locked, reclaimed; read in time; answered; full.

Pure: profile, evidence and now go in, values come out. This room must not know stores, servers, loops or clocks, nor
who carries out what it plans. A wrong lock takes an official's mail away: what is not proved is "cannot tell".
"""
