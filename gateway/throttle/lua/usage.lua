-- What windows hold. KEYS: the accounts. ARGV: the time ("": this server's), the limits of each as in a reservation.

local accounts, _, _, second = opened(redis.call("MGET", unpack(KEYS)), #KEYS, ARGV[1])
local sums = {}
for at = 1, #KEYS do
  local list = cjson.decode(ARGV[1 + at])
  for from = 1, #list, 4 do
    local sum = used(accounts[at], list[from], list[from + 1], list[from + 2], second)
    sums[#sums + 1] = string.format("%.0f", sum)
  end
end
return sums
