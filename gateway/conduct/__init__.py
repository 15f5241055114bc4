"""Conduct: does a sender do what it is used to doing, or does somebody else sit in its mailbox?

From what was seen of its transactions (`gateway.rates.Deed`) a small state is kept of each sender: what the last day
held, and the habits of the days before. A score is made of both, with reasons and figures that a person can judge. All
of it is pure and takes `now`; only `watch` has a loop, and it knows no store but `gateway.rates.LimitStore`. The room
decides nothing: whether a sender is stopped, and who is told, is for others to say.
"""
