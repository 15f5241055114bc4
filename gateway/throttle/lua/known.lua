-- Whom an account has written to: buckets of entries of ten bytes, an address's digest and the day, newest last.

local ENTRY = 10
local MOST = 312 -- entries of a bucket
local REMEMBERED = 90 -- days
local RENEWED = 7 -- days after which an entry is written anew
local KEPT_KNOWN = 91 * 86400 -- seconds

-- The day of an entry that counts today; nil for a stranger.
local function met(bucket, digest, today)
  local from = 1
  while true do
    local at = string.find(bucket, digest, from, true)
    if not at then
      return nil
    end
    if (at - 1) % ENTRY == 0 and #bucket >= at + ENTRY - 1 then
      local day = struct.unpack("<I2", bucket, at + 8)
      if today - day <= REMEMBERED then
        return day
      end
    end
    from = at + 1
  end
end

-- The bucket with this address as its newest.
local function learned(bucket, digest, today)
  local kept = {}
  for at = 1, #bucket - ENTRY + 1, ENTRY do
    if string.sub(bucket, at, at + 7) ~= digest then
      kept[#kept + 1] = string.sub(bucket, at, at + ENTRY - 1)
    end
  end
  kept[#kept + 1] = digest .. struct.pack("<I2", today)
  return table.concat(kept, "", math.max(#kept - MOST + 1, 1))
end
