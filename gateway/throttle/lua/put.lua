-- Replace a value where nobody else did meanwhile. KEYS: which. ARGV: whether there was one, the value that there was,
-- whether there is to be one, that one, milliseconds to keep it. Returns 1, or 0 where it is another by now.

local old = redis.call("GET", KEYS[1])
if (ARGV[1] == "1") ~= (old ~= false) or (old and old ~= ARGV[2]) then
  return 0
end
if ARGV[3] == "1" then
  redis.call("SET", KEYS[1], ARGV[4], "PX", ARGV[5])
elseif old then
  redis.call("DEL", KEYS[1])
end
return 1
