-- The end of a transaction. KEYS: accounts and buckets of known addresses. ARGV: the time ("": this server's), JSON of
-- the holds, in order: [at, recipients, messages, bytes and new ones to give back, [keys of accounts],
-- [key of the bucket, number of the argument with the digest, ... of each to be learned]], then digests.

local _, second = clock(ARGV[1])
local today = floor(second / 86400)
local accounts, buckets, changed = {}, {}, {}

-- Take from the slots of that time what was counted there.
local function back(made, at, recipients, messages, new, bytes)
  for tier = 1, 3 do
    local index = floor(at / WIDTH[tier])
    for slot = made.before[tier], made.before[tier] + made.count[tier] - 1 do
      local flat = made.flat
      local from = slot * STEP + 1
      if flat[from] == index then
        local left = row(
          index,
          max(flat[from + 1] - recipients, 0),
          max(flat[from + 2] - messages, 0),
          max(flat[from + 3] - new, 0),
          max(flat[from + 4] - bytes, 0)
        )
        local place = HEAD + SLOT * slot
        made = account(sub(made.bytes, 1, place) .. left .. sub(made.bytes, place + SLOT + 1))
      end
    end
  end
  return made
end

for _, hold in ipairs(cjson.decode(ARGV[2])) do
  local at, recipients, messages, bytes, new, keys, learn = unpack(hold)
  for from = 1, #learn, 2 do
    local key, digest = learn[from], ARGV[learn[from + 1]]
    local bucket = buckets[key] or redis.call("GET", KEYS[key]) or ""
    if met(bucket, digest, today) then
      new = new + 1 -- somebody else has learned it meanwhile
    end
    buckets[key] = learned(bucket, digest, today)
  end
  if recipients + messages + bytes + new > 0 then
    for _, key in ipairs(keys) do
      if accounts[key] == nil then
        accounts[key] = account(redis.call("GET", KEYS[key]))
      end
      if accounts[key].last then
        accounts[key] = back(accounts[key], at, recipients, messages, new, bytes)
        changed[key] = true
      end
    end
  end
end

for key in pairs(changed) do
  redis.call("SET", KEYS[key], accounts[key].bytes, "KEEPTTL")
end
for key, bucket in pairs(buckets) do
  redis.call("SET", KEYS[key], bucket, "EX", KEPT_KNOWN)
end
return 1
