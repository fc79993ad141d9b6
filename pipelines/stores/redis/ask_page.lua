-- Enters a page in the ledger of queries before it is asked, unless the day's budget of its source is spent. Keys begin with KEYS[1]:
--   pages       hash  page -> "asked_on answered_on rows adverts terms"; "-" while no answer came
--   day:<day>   hash  source -> pages entered on that day
-- ARGV: page, source, day, budget, terms. Returns 1, or 0 and nothing is entered.
local base, kept_s = KEYS[1], 14 * 86400
local page, source, day, budget = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local kept = redis.call('HGET', base .. ':pages', page)
local before, rest = nil, '- - - ' .. ARGV[5]
if kept then before, rest = string.match(kept, '^(%S+) (.*)$') end
local others = tonumber(redis.call('HGET', base .. ':day:' .. day, source) or 0)
if before == day then others = others - 1 end
if others >= budget then return 0 end
if before ~= day then
  if before then redis.call('HINCRBY', base .. ':day:' .. before, source, -1) end
  redis.call('HINCRBY', base .. ':day:' .. day, source, 1)
  redis.call('EXPIRE', base .. ':day:' .. day, kept_s)
end
redis.call('HSET', base .. ':pages', page, day .. ' ' .. rest)
return 1
