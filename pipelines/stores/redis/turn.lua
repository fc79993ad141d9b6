-- Whose turn it is at one registrable domain. Keys begin with KEYS[1], "jianwei:turns:{<domain>}":
--   slots          zset  token -> when it is free again though nobody said so
--   next, rest     when the next request may start; until when none may
--   count:<day>    requests of the day
-- ARGV: now in ms (0: this server's clock), token, slots, interval in ms, budget of a day (0: none), ms a slot is held at most.
-- Returns what and ms: go; wait so long, then ask again; rest, or spent, for so long.
local base = KEYS[1]
local kept_ms = 2 * 86400000
local function clock_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local now, token = tonumber(ARGV[1]), ARGV[2]
local slots, interval, budget, hold = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
if now == 0 then now = clock_ms() end
-- Asked again because the answer was lost: the turn is ours already.
if redis.call('ZSCORE', base .. ':slots', token) then return { 'go', 0 } end
local rest = tonumber(redis.call('GET', base .. ':rest') or 0)
if rest > now then return { 'rest', rest - now } end
redis.call('ZREMRANGEBYSCORE', base .. ':slots', '-inf', now)
if redis.call('ZCARD', base .. ':slots') >= slots then return { 'wait', 50 } end
local next_at = tonumber(redis.call('GET', base .. ':next') or 0)
if next_at > now then return { 'wait', next_at - now } end
-- A day begins and ends with that of the sites and of the staff: UTC+8.
local day = math.floor((now + 28800000) / 86400000)
local count = base .. ':count:' .. day
if budget > 0 and tonumber(redis.call('GET', count) or 0) >= budget then
  return { 'spent', (day + 1) * 86400000 - 28800000 - now }
end
if budget > 0 then
  redis.call('INCR', count)
  redis.call('PEXPIRE', count, kept_ms)
end
if interval > 0 then redis.call('SET', base .. ':next', string.format('%.0f', now + interval), 'PX', kept_ms) end
redis.call('ZADD', base .. ':slots', now + hold, token)
redis.call('PEXPIRE', base .. ':slots', kept_ms)
return { 'go', 0 }
