-- What the other scripts share: an account as gateway.throttle.account keeps it, byte for byte, and its sums.
-- An account in memory: last, and for each of three tiers a flat list of slots, oldest first:
-- index, recipients, messages, new, bytes, index, ...

local WIDTH = {5, 300, 3600}
local SPAN = {60, 3600, 86400}
local KEPT = 86400 + 3600 -- seconds after its last change for which an account can matter
local FULL = 4294967295 -- 2^32 - 1: where seconds and counts end
local FULL_BYTES = 2 ^ 63
local STEP = 5 -- fields of a slot
local AHEAD = 60 -- seconds for which time stands still where a clock was put back
local floor = math.floor

-- Seconds, and whole ones as they are kept.
local function clock(given)
  local exact = tonumber(given)
  if not exact then
    local told = redis.call("TIME")
    exact = tonumber(told[1]) + tonumber(told[2]) / 1000000
  end
  return exact, math.min(math.max(floor(exact), 0), FULL)
end

local function account(blob)
  local empty = {last = nil, {}, {}, {}}
  if not blob or #blob < 8 then
    return empty
  end
  local version, last, one, two, three = struct.unpack("<BI4BBB", blob)
  local count = one + two + three
  if version ~= 1 or #blob ~= 8 + 24 * count then
    return empty
  end
  local made = {last = last, {}, {}, {}}
  local flat = {struct.unpack("<" .. string.rep("I4I4I4I4d", count), blob, 9)}
  local from = 0
  for tier, slots in ipairs({one, two, three}) do
    local into = made[tier]
    for field = 1, slots * STEP do
      into[field] = flat[from + field]
    end
    from = from + slots * STEP
  end
  return made
end

local function packed(made)
  local flat, counts = {}, {}
  for tier = 1, 3 do
    for _, value in ipairs(made[tier]) do
      flat[#flat + 1] = value
    end
    counts[tier] = #made[tier] / STEP
  end
  local count = #flat / STEP
  local head = struct.pack("<BI4BBB", 1, made.last, counts[1], counts[2], counts[3])
  return head .. struct.pack("<" .. string.rep("I4I4I4I4d", count), unpack(flat))
end

-- What lies further ahead than a clock may be put back counts as if it were done now.
local function rewound(made, now)
  for tier = 1, 3 do
    local slots, current = made[tier], floor(now / WIDTH[tier])
    local sums, cut = {0, 0, 0, 0}, nil
    for at = 1, #slots, STEP do
      if slots[at] >= current then
        cut = cut or at
        for field = 1, 4 do
          sums[field] = sums[field] + slots[at + field]
        end
      end
    end
    if cut then
      for at = #slots, cut, -1 do
        slots[at] = nil
      end
      slots[cut] = current
      for field = 1, 4 do
        slots[cut + field] = math.min(sums[field], field < 4 and FULL or FULL_BYTES)
      end
    end
  end
end

-- The accounts of one ask at one time, which stands still where a clock was put back a little; which of them were dated
-- anew; the time as it is and in whole seconds.
local function opened(blobs, many, given)
  local exact, start = clock(given)
  local second, accounts, changed = start, {}, {}
  for at = 1, many do
    accounts[at] = account(blobs[at])
    local last = accounts[at].last
    if last and last - start <= AHEAD then
      second = math.max(second, last)
    end
  end
  for at = 1, many do
    if accounts[at].last and accounts[at].last > second then
      rewound(accounts[at], second)
      accounts[at].last, changed[at] = second, true
    end
  end
  if second ~= floor(exact) then
    exact = second
  end
  return accounts, changed, exact, second
end

-- The sum of a measure (1 recipients, 2 messages, 3 new, 4 bytes) over a window.
local function used(made, measure, tier, window, now)
  local slots, first, sum = made[tier], floor((now - window) / WIDTH[tier]), 0
  for at = #slots - STEP + 1, 1, -STEP do
    if slots[at] < first then
      break
    end
    sum = sum + slots[at + measure]
  end
  return sum
end

local function add(made, now, recipients, messages, new, bytes)
  for tier = 1, 3 do
    local slots, current = made[tier], floor(now / WIDTH[tier])
    local first, kept = floor((now - SPAN[tier]) / WIDTH[tier]), {}
    for at = 1, #slots, STEP do
      if slots[at] >= first then
        for field = at, at + STEP - 1 do
          kept[#kept + 1] = slots[field]
        end
      end
    end
    local at = #kept - STEP + 1
    if at < 1 or kept[at] ~= current then
      at = #kept + 1
      kept[at], kept[at + 1], kept[at + 2], kept[at + 3], kept[at + 4] = current, 0, 0, 0, 0
    end
    kept[at + 1] = math.min(kept[at + 1] + recipients, FULL)
    kept[at + 2] = math.min(kept[at + 2] + messages, FULL)
    kept[at + 3] = math.min(kept[at + 3] + new, FULL)
    kept[at + 4] = math.min(kept[at + 4] + bytes, FULL_BYTES)
    made[tier] = kept
  end
  made.last = now
end
