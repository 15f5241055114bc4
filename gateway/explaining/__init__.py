"""What a refusal means to whoever wrote the message: what was found, by which clause, and what to do about it.

Pure: a finding as the journal keeps it in, sentences in Vietnamese and English out. Evidence is JSON that strangers had
a hand in: any of it is safe here, and comes out bounded and on one line. What is for the staff only stays inside:
scores, addresses of others, how a sender was recognised. It knows no page and no letter.
"""
