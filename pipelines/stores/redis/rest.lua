-- ARGV: now in ms (0: this server's clock), ms to be left alone. An earlier, longer wish stands. Keys as in turn.lua.
local time, now = redis.call('TIME'), tonumber(ARGV[1])
if now == 0 then now = time[1] * 1000 + math.floor(time[2] / 1000) end
local ends = now + tonumber(ARGV[2])
if tonumber(redis.call('GET', KEYS[1] .. ':rest') or 0) < ends then
  redis.call('SET', KEYS[1] .. ':rest', string.format('%.0f', ends), 'PX', 2 * 86400000)
end
