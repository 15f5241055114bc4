-- One reservation. KEYS: the accounts, then the buckets of known addresses. ARGV: the time in seconds ("": this
-- server's); what is asked as JSON [accounts, messages, bytes, force, recipients, key of the bucket of each]; the
-- limits of each account as JSON [measure, tier, window, count, ...]; the digests of the recipients where newness is
-- asked.
-- Returns the time of the hold, whether the message fits, "1" or "0" for each recipient: granted, and: counted as new;
-- then for each limit that was met: which account, which limit, used, seconds until there is room.

local RECIPIENTS, MESSAGES, NEW, BYTES = 1, 2, 3, 4

local asked = cjson.decode(ARGV[2])
local many, messages, bytes, force, count = asked[1], asked[2], asked[3], asked[4] == 1, asked[5]
local found = redis.call("MGET", unpack(KEYS))
local accounts, changed, exact, second = opened(found, many, ARGV[1])
local limits = {}
for at = 1, many do
  limits[at] = cjson.decode(ARGV[2 + at])
end
local today = floor(second / 86400)

-- Who is new, and whose entry is to be written anew.
local fresh, digests, buckets = {}, {}, {}
for at = 1, #asked - 5 do
  local key, digest = asked[5 + at], ARGV[2 + many + at]
  local bucket = buckets[key] or found[key] or ""
  local day = met(bucket, digest, today)
  digests[at], fresh[at] = digest, day == nil
  if day and today - day >= RENEWED then
    buckets[key] = learned(bucket, digest, today)
  end
end

-- When slots that are over make room, if nobody counts anything more; `sum`: what counts now.
local function wait(made, measure, tier, window, limit, need, sum)
  if need > limit then
    return window
  end
  local width, flat, free = WIDTH[tier], made.flat, nil
  local oldest, current = floor((second - window) / width), floor(second / width)
  for slot = made.before[tier], made.before[tier] + made.count[tier] - 1 do
    local at = slot * STEP + 1
    if flat[at] >= oldest and flat[at] < current then
      sum = sum - flat[at + measure]
      if sum + need <= limit then
        free = flat[at]
        break
      end
    end
  end
  return ((free or current) + 1) * width + window - exact
end

local taken = {0, 0, 0, 0} -- what this ask was granted so far

-- What an account's window held before, asked of each once.
local sums = {}
local function held(at, from, measure, tier, window)
  local key = at * 1024 + from
  sums[key] = sums[key] or used(accounts[at], measure, tier, window, second)
  return sums[key]
end

local exceeded = {}
local function full(at, needs)
  local list = limits[at]
  for from = 1, #list, 4 do
    local measure, tier, window, limit = list[from], list[from + 1], list[from + 2], list[from + 3]
    local need = needs[measure]
    if need > 0 then
      local sum = held(at, from, measure, tier, window) + taken[measure]
      if sum + need > limit then
        if not exceeded[at] then
          local seconds = wait(accounts[at], measure, tier, window, limit, need, sum)
          exceeded[at] = {at, (from + 3) / 4, string.format("%.0f", sum), string.format("%.17g", seconds)}
        end
        return true
      end
    end
  end
  return false
end

local function anywhere(needs)
  local any = false
  for at = 1, many do
    any = full(at, needs) or any
  end
  return any
end

local fits = not anywhere({0, messages, 0, bytes})
local granted, new, seen, recipients, others = {}, {}, {}, 0, 0
for at = 1, count do
  local unknown = fresh[at] and not seen[digests[at]]
  local room = fits and not anywhere({1, 0, unknown and 1 or 0, 0})
  granted[at] = room and "1" or "0"
  new[at] = "0"
  if room then
    taken[RECIPIENTS] = taken[RECIPIENTS] + 1
    taken[NEW] = taken[NEW] + (unknown and 1 or 0)
  end
  if room or force then
    recipients = recipients + 1
    if unknown then
      seen[digests[at]], new[at], others = true, "1", others + 1
    end
  end
end

if not force and (not fits or (count > 0 and recipients == 0)) then
  messages, bytes = 0, 0
end
local counts = recipients + messages + bytes > 0
for at = 1, many do
  if counts then
    local bytes_then = counted(accounts[at], second, recipients, messages, others, bytes)
    redis.call("SET", KEYS[at], bytes_then, "EX", KEPT)
  elseif changed[at] then
    redis.call("SET", KEYS[at], accounts[at].bytes, "EX", KEPT)
  end
end
for key, bucket in pairs(buckets) do
  redis.call("SET", KEYS[key], bucket, "EX", KEPT_KNOWN)
end

local reply = {string.format("%.17g", exact), fits and 1 or 0, table.concat(granted), table.concat(new)}
for at = 1, many do
  for _, value in ipairs(exceeded[at] or {}) do
    reply[#reply + 1] = value
  end
end
return reply
