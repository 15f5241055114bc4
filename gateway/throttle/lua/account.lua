-- What the other scripts share: an account as gateway.throttle.account keeps it, byte for byte, and its sums.
--
-- In memory: `bytes`, `last` (nil where nothing is kept), `count` (slots of each of the three tiers), `before` (slots
-- of the tiers before each), `flat`: index, recipients, messages, new, bytes of every slot. Only what changes is packed.

local WIDTH = {5, 300, 3600}
local SPAN = {60, 3600, 86400}
local KEPT = 86400 + 3600 -- seconds after its last change for which an account can matter
local FULL = 4294967295 -- 2^32 - 1: where seconds and counts end
local FULL_BYTES = 2 ^ 63
local AHEAD = 60 -- seconds for which time stands still where a clock was put back
local HEAD, SLOT, STEP = 8, 24, 5 -- bytes, bytes, fields
local ROW = "I4I4I4I4d"
local floor, min, max, sub = math.floor, math.min, math.max, string.sub

-- Seconds, and whole ones as they are kept.
local function clock(given)
  local exact = tonumber(given)
  if not exact then
    local told = redis.call("TIME")
    exact = tonumber(told[1]) + tonumber(told[2]) / 1000000
  end
  return exact, min(max(floor(exact), 0), FULL)
end

local function account(bytes)
  bytes = bytes or ""
  if #bytes >= HEAD then
    local version, last, one, two, three = struct.unpack("<BI4BBB", bytes)
    local all = one + two + three
    if version == 1 and #bytes == HEAD + SLOT * all then
      local flat = {struct.unpack("<" .. string.rep(ROW, all), bytes, HEAD + 1)}
      return {bytes = bytes, last = last, count = {one, two, three}, before = {0, one, one + two}, flat = flat}
    end
  end
  return {bytes = string.rep("\0", HEAD), count = {0, 0, 0}, before = {0, 0, 0}, flat = {}}
end

local function row(index, recipients, messages, new, bytes)
  recipients, messages, new = min(recipients, FULL), min(messages, FULL), min(new, FULL)
  return struct.pack("<" .. ROW, index, recipients, messages, new, min(bytes, FULL_BYTES))
end

local function head(last, one, two, three)
  return struct.pack("<BI4BBB", 1, last, one, two, three)
end

-- The bytes of some slots of a tier, counted from 0.
local function slots(made, tier, first, many)
  local from = HEAD + SLOT * (made.before[tier] + first)
  return sub(made.bytes, from + 1, from + SLOT * many)
end

-- What lies further ahead than a clock may be put back counts as if it were done now. The account as it is then.
local function rewound(made, second)
  local parts, counts = {}, {}
  for tier = 1, 3 do
    local current, first, sums, kept = floor(second / WIDTH[tier]), made.before[tier], {0, 0, 0, 0}, 0
    while kept < made.count[tier] and made.flat[(first + kept) * STEP + 1] < current do
      kept = kept + 1
    end
    parts[#parts + 1] = slots(made, tier, 0, kept)
    for slot = first + kept, first + made.count[tier] - 1 do
      for field = 1, 4 do
        sums[field] = sums[field] + made.flat[slot * STEP + 1 + field]
      end
    end
    counts[tier] = kept
    if kept < made.count[tier] then
      parts[#parts + 1] = row(current, unpack(sums))
      counts[tier] = kept + 1
    end
  end
  return account(head(second, unpack(counts)) .. table.concat(parts))
end

-- The accounts of one ask at one time, which stands still where a clock was put back a little; which of them were
-- dated anew; the time as it is and in whole seconds.
local function opened(blobs, many, given)
  local exact, start = clock(given)
  local second, accounts, changed = start, {}, {}
  for at = 1, many do
    accounts[at] = account(blobs[at])
    local last = accounts[at].last
    if last and last - start <= AHEAD then
      second = max(second, last)
    end
  end
  for at = 1, many do
    if accounts[at].last and accounts[at].last > second then
      accounts[at], changed[at] = rewound(accounts[at], second), true
    end
  end
  if second ~= floor(exact) then
    exact = second
  end
  return accounts, changed, exact, second
end

-- The sum of a measure (1 recipients, 2 messages, 3 new, 4 bytes) over a window.
local function used(made, measure, tier, window, second)
  local flat, oldest, sum = made.flat, floor((second - window) / WIDTH[tier]), 0
  local first = made.before[tier] * STEP + 1
  for at = first + (made.count[tier] - 1) * STEP, first, -STEP do
    if flat[at] < oldest then
      break
    end
    sum = sum + flat[at + measure]
  end
  return sum
end

-- The bytes of an account with this counted now.
local function counted(made, second, recipients, messages, new, bytes)
  local parts, counts, flat = {""}, {}, made.flat
  for tier = 1, 3 do
    local current, oldest = floor(second / WIDTH[tier]), floor((second - SPAN[tier]) / WIDTH[tier])
    local first, many, gone = made.before[tier], made.count[tier], 0
    while gone < many and flat[(first + gone) * STEP + 1] < oldest do
      gone = gone + 1
    end
    local last = (first + many - 1) * STEP + 1
    local now
    if many > gone and flat[last] == current then
      many = many - 1
      now = row(
        current,
        flat[last + 1] + recipients,
        flat[last + 2] + messages,
        flat[last + 3] + new,
        flat[last + 4] + bytes
      )
    else
      now = row(current, recipients, messages, new, bytes)
    end
    parts[#parts + 1] = slots(made, tier, gone, many - gone)
    parts[#parts + 1] = now
    counts[tier] = many - gone + 1
  end
  parts[1] = head(second, unpack(counts))
  return table.concat(parts)
end
