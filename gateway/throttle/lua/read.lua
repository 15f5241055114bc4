-- Values as they are, and the time. KEYS: which. ARGV: the time ("": this server's).

local values = redis.call("MGET", unpack(KEYS))
table.insert(values, 1, string.format("%.17g", (clock(ARGV[1]))))
return values
