"""Every other reading that a reasonable mail client could make of a suspicious message's bytes.

`index` goes over the bytes once and keeps what a reading could turn on: lines like delimiters, header blocks, stray
Content- fields. `build` makes a part tree of that in one `dialect`, whatever the message's size; `explore` tries the
dialects that matter; `content` decodes each body that any of them shows, once; `survey` does all that for a document,
`tally` adds up, `judge` names the disagreements, `gather` lists what was found. Knows bytes and MIME, not what its
results are used for; nothing here is on the relay's hot path, and nothing here raises.
"""
